"""Messages as CSV: what is in it, safe in spreadsheets, in pieces, cut short and gone on with."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from gateway.cli.main import main
from gateway.events import Events
from gateway.services.jobs.long_work import LongWork, WorkKind
from gateway.services.messages import messages_csv
from gateway.services.messages.bulk import Selection
from gateway.services.messages.export_files import KIND, ExportFiles, selection
from gateway.services.messages.messages_csv import HEADER, MARK, MessagesCsv
from gateway.services.messages.searches import MessageSearch, SearchQuestion
from gateway.services.people.people import People
from gateway.store import opening
from gateway.store.connections import connections
from gateway.store.file import audit, database, jobs
from gateway.store.messages import inbox, outbox, trash
from gateway.store.messages.outbox import OutgoingMessage
from gateway.store.messages.pdus import RawPdu
from gateway.store.people import people
from gateway.store.people.people import ContactInfo
from gateway.store.search.views import NEWEST, View
from tests.services.conftest import FakeClock
from tests.store.given import dispatches
from tests.store.pdus import deliver
from tests.support.work import finish

pytestmark = pytest.mark.usefixtures("store")
NOW = 1_795_208_400_000  # 21 November 2026, 00:00 in Nairobi
ANN, BOB, CAT = "+254712345678", "+254733000111", "+254733000112"
ALL = Selection(view=View.ALL, upto=NEWEST - 1)


@pytest.fixture
def written(clock: FakeClock) -> MessagesCsv:
    zone = ZoneInfo("Africa/Nairobi")
    return MessagesCsv(People(clock, Events(), lambda: "KE").names, lambda: zone)


@pytest.fixture
def work(store: Path, clock: FakeClock, written: MessagesCsv) -> LongWork:
    files = ExportFiles(store, written)
    return LongWork(clock, Events(), {KIND: WorkKind(files.piece, changes=False)})


def sent(text: str, *numbers: str) -> int:
    return outbox.add(OutgoingMessage(text, numbers or (ANN,), 1, NOW, NOW))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK), newline="")))


def exported(written: MessagesCsv, chosen: Selection = ALL) -> list[dict[str, str]]:
    return rows(written.header() + "".join(p.text for p in written.pieces(chosen)))


def test_a_line_for_each_received_and_for_each_recipient_newest_first(
    written: MessagesCsv,
) -> None:
    people.add(ContactInfo("Ann Otieno", ANN), NOW)
    c = connections.upsert_connection("8944", "", NOW)
    m = outbox.add(OutgoingMessage("hello", (ANN, BOB), 1, NOW, NOW, connection_id=c.connection_id))
    outbox.give_up(dispatches(m)[1:], "No credit.", "CMS 38", NOW)
    inbox.keep(c.connection_id, [RawPdu(deliver("yes\nindeed", sender=ANN))], NOW + 1000)
    inbox.called(c.connection_id, BOB, NOW + 2000)
    time = "2026-11-21T00:00:0{}+03:00"
    name = c.name
    assert [tuple(r.values()) for r in exported(written)] == [
        (time.format(2), "in", "", BOB, "", "missed call", "", name),
        (time.format(1), "in", "Ann Otieno", ANN, "yes\nindeed", "received", "", name),
        (time.format(0), "out", "Ann Otieno", ANN, "hello", "pending", "", name),
        (time.format(0), "out", "", BOB, "hello", "failed", "No credit. (CMS 38)", name),
    ]
    assert tuple(exported(written)[0]) == HEADER


def test_of_a_view_only_the_recipients_that_belong_there(written: MessagesCsv) -> None:
    m = sent("hello", ANN, BOB)
    outbox.give_up(dispatches(m)[1:], "No credit.", "", NOW)
    failed = exported(written, Selection(view=View.FAILED, upto=NEWEST - 1))
    assert [r["number"] for r in failed] == [BOB]
    searching = MessageSearch(lambda: "KE", lambda: None)
    chosen = searching.chosen(SearchQuestion("hello", state="pending"), View.ALL)
    assert [r["number"] for r in exported(written, chosen)] == [ANN]


def test_deleted_ones_are_in_their_own_view_only(written: MessagesCsv) -> None:
    trash.delete([sent("gone")], NOW, "ann")
    sent("here")
    assert [r["text"] for r in exported(written)] == ["here"]
    deleted = Selection(view=View.DELETED, upto=NEWEST - 1)
    assert [r["text"] for r in exported(written, deleted)] == ["gone"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_no_text_becomes_a_formula_and_numbers_stay_numbers(
    written: MessagesCsv, text: str
) -> None:
    sent(text, ANN)
    people.add(ContactInfo(text.strip(), ANN), NOW)
    (row,) = exported(written)
    assert row["text"].startswith("'")
    assert row["name"][0] in "'x"
    assert row["number"] == ANN


def test_a_message_to_thousands_goes_out_in_pieces(written: MessagesCsv) -> None:
    numbers = tuple(f"+25471{n:07}" for n in range(2500))
    sent("hello", *numbers)
    pieces = list(written.pieces(ALL))
    assert max(p.text.count("\r\n") for p in pieces) == messages_csv.LINES
    assert [r["number"] for r in rows(written.header() + "".join(p.text for p in pieces))] == [
        *numbers
    ]
    assert sum(p.messages for p in pieces) == 1


def test_long_work_writes_a_file_that_is_fetched_when_it_is_done(
    store: Path, work: LongWork, written: MessagesCsv
) -> None:
    for n in range(450):
        sent(f"message {n}")
    files = ExportFiles(store, written)
    job_id = files.begin(work, ALL, 450, "ann")
    job = jobs.get(job_id)
    assert job
    assert files.path(job) is None
    finish(work)
    job = jobs.get(job_id)
    assert job
    assert (job.state, job.done, job.result) == ("done", 450, "450 messages are in the file.")
    path = files.path(job)
    assert path
    assert path.stat().st_mode & 0o777 == 0o600
    assert [r["text"] for r in rows(path.read_text())] == [f"message {n}" for n in range(450)][::-1]


def test_cut_short_between_two_pieces_nothing_is_missing_or_twice(
    store: Path, written: MessagesCsv, work: LongWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.services.messages.export_files.BITE", -1)
    for n in range(450):
        sent(f"message {n}")
    files = ExportFiles(store, written)
    job = jobs.get(files.begin(work, ALL, 450, "ann"))
    assert job
    first = files.piece(job)
    assert first.result is None
    files.piece(replace(job, done=first.done, place=first.place))  # and the note of it was lost
    again = replace(job, done=first.done, place=first.place)
    while (progress := files.piece(again)).result is None:
        again = replace(again, done=progress.done, place=progress.place)
    text = (store / "exports" / f"{job.id}.csv").read_text()
    assert [r["text"] for r in rows(text)] == [f"message {n}" for n in range(450)][::-1]


def test_only_the_newest_files_are_kept(store: Path, work: LongWork, written: MessagesCsv) -> None:
    sent("hello")
    for _ in range(8):
        ExportFiles(store, written).begin(work, ALL, 1, "ann")
        finish(work)
    assert len(list((store / "exports").iterdir())) == 5


def test_what_is_to_be_exported_survives_a_restart() -> None:
    import json
    from dataclasses import asdict

    searching = MessageSearch(lambda: "KE", lambda: None)
    for chosen in (ALL, searching.chosen(SearchQuestion("pump", who=ANN), View.SENT)):
        assert selection(json.dumps(asdict(chosen))) == chosen


def test_the_command_line_exports_what_a_search_finds(store: Path, tmp_path: Path) -> None:
    sent("the pump")
    sent("the well")
    database.database.close()
    run = CliRunner().invoke
    said = run(main, ["export", "--data", str(store), "--search", "pump"])
    assert said.exit_code == 0
    assert [r["text"] for r in rows(said.stdout)] == ["the pump"]
    target = tmp_path / "out.csv"
    assert run(main, ["export", "--data", str(store), "--output", str(target)]).exit_code == 0
    assert len(rows(target.read_text())) == 2
    again = run(main, ["export", "--data", str(store), "--output", str(target)])
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)
    wrong = run(main, ["export", "--data", str(store), "--since", "yesterday"])
    assert (wrong.exit_code, "2026-11-27" in wrong.stderr) == (1, True)
    opening.open_store(store)
    with database.connected():
        assert [a.action for a in audit.page(None, 9)].count("export") >= 2
