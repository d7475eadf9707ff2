"""Filled databases of every version come up to date, and nothing in them is lost or altered.

tests/data/databases/filled/NNNN.sql was written by the program when NNNN was the migration that had
been added last. They were not added in the order of their numbers: 0001 to 0004, 0008, 0009, 0012,
0005, 0007, 0006, 0013 to 0016, 0020, 0025, 0022, 0018, 0021. make_database.py writes the next one.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from playhouse.schema_diff import diff_models

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchState
from gateway.services.messages.bulk import Selection
from gateway.services.messages.messages_csv import MessagesCsv
from gateway.services.messages.searches import MessageSearch, SearchQuestion
from gateway.services.people import export
from gateway.services.schedules import schedule_report
from gateway.store import opening
from gateway.store.accounts import accounts, tokens
from gateway.store.activities import activities, runs
from gateway.store.connections import connections, rules
from gateway.store.credit import credit
from gateway.store.file import audit, data_folder, database, jobs, schema_versions, settings
from gateway.store.messages import details, inbox, large_messages, outbox
from gateway.store.messages import lists as queries
from gateway.store.messages.pdus import RawPdu
from gateway.store.people import blocked, groups, imports, people
from gateway.store.schedules import schedules
from gateway.store.search import views
from gateway.store.search.views import View
from gateway.store.sending import queue
from gateway.text import tokenizer
from gateway.text.comparison import fold
from tests.store import make_database
from tests.store.given import ANN, CAT, NOW, restore, state
from tests.store.models import tables
from tests.store.pdus import deliver, status_report

FILLED = Path(__file__).parents[2] / "data" / "databases" / "filled"
DUMPS = sorted(FILLED.glob("*.sql"))
NOW_ALSO = "today"  # filled by the code that is tested: so the maker of the next file works

Row = dict[str, Any]
Rows = list[Row]

# What the program counts and indexes for itself: looked at below by what it is good for.
DERIVED = ("schema_migration", "sqlite_sequence", "tally", "spelling")

# (table, column) -> what a migration makes of it on purpose.
#   0020 compares names in one way (gateway.text.comparison): how they sort and are found
#   changes, and of two names that are the same now the later one gets a number.
#   0016 makes "pending" of dispatches that are "scheduled", which no version has ever written.
ALIKE_NOW = {"Lodz": "Lodz 2", "Grosse": "Grosse 2"}
CHANGED = {
    ("contact", "sort"): lambda row: fold(row["name"]) or row["sort"],
    ("contact", "search"): lambda row: row["search"].replace(
        f" {row['sort']}", f" {fold(row['name'])}" if row["name"] else f" {row['sort']}", 1
    ),
    ("group", "name"): lambda row: ALIKE_NOW.get(row["name"], row["name"]),
    ("group", "sort"): lambda row: fold(ALIKE_NOW.get(row["name"], row["name"])),
    ("own_field", "name"): lambda row: ALIKE_NOW.get(row["name"], row["name"]),
    ("own_field", "sort"): lambda row: fold(ALIKE_NOW.get(row["name"], row["name"])),
}
# 0003 was mended after it had been added, when its column had another name; 0008 looks after that.
RENAMED = {("credit_check", "raw"): "answer"}


@dataclass(frozen=True, slots=True)
class Old:
    """`before`: the rows of every table as that version wrote them; `folder`: brought up to date"""

    before: dict[str, Rows]
    schema: dict[str, str]
    folder: Path

    def rows(self, table: str, **wanted: object) -> Rows:
        """There are none when that version did not have the table yet."""
        rows = self.before.get(table, [])
        return [row for row in rows if all(row.get(k) == v for k, v in wanted.items())]


def contents(path: Path) -> dict[str, Rows]:
    with closing(sqlite3.connect(path)) as file:
        file.row_factory = sqlite3.Row
        names = [
            name
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name != "found" and not name.startswith("found_")
        ]
        return {name: [dict(r) for r in file.execute(f'SELECT * FROM "{name}"')] for name in names}


@pytest.fixture(scope="module", params=[*(path.stem for path in DUMPS), NOW_ALSO])
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Old:
    folder = tmp_path_factory.mktemp("old")
    path = folder / data_folder.FILE_NAME
    dump = folder / "new.sql"
    if request.param == NOW_ALSO:
        make_database.write(dump)
    else:
        dump = FILLED / f"{request.param}.sql"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(dump.read_text(encoding="utf-8"))
    before, made = contents(path), schema(path)
    opening.open_store(folder)
    with database.connected():
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opening.close_store()
    return Old(before, made, folder)


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    opening.open_store(folder)
    try:
        with database.connected():
            yield
    finally:
        opening.close_store()


@pytest.fixture
def brought_up(old: Old) -> Iterator[None]:
    with opened(old.folder):
        yield


@pytest.fixture
def copy(old: Old, tmp_path: Path) -> Iterator[None]:
    """To be changed."""
    shutil.copyfile(old.folder / data_folder.FILE_NAME, tmp_path / data_folder.FILE_NAME)
    with opened(tmp_path):
        yield


# the file ----------------------------------------------------------------------------------------


def test_there_is_one_of_every_migration_up_to_0018() -> None:
    """Later ones get theirs when the next is added (make_database.py)."""
    wanted = {path.stem[:4] for path in schema_versions.MIGRATIONS.glob("00[01]*.py")}
    assert wanted <= {path.stem for path in DUMPS}


@pytest.mark.usefixtures("brought_up")
def test_it_is_what_the_models_say_and_whole(old: Old) -> None:
    assert str(diff_models(database.database, tables())) == ""
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.execute("INSERT INTO found (found) VALUES ('integrity-check')")
    applied = {name for (name,) in database.execute("SELECT name FROM schema_migration")}
    assert applied == {path.stem for path in schema_versions.MIGRATIONS.glob("[0-9]*.py")}


def test_its_indexes_and_triggers_are_those_of_a_new_store(old: Old, empty_store: Path) -> None:
    """Which schema_diff does not look at where they are partial, or made by hand."""
    found, new = schema(old.folder / data_folder.FILE_NAME), schema(empty_store)
    assert set(found) == set(new)
    assert [n for n in new if not new[n].startswith("CREATE TABLE") and new[n] != found[n]] == []


def test_every_row_is_there_as_it_was(old: Old) -> None:
    after = contents(old.folder / data_folder.FILE_NAME)
    assert set(old.before) <= set(after)
    for table, rows in old.before.items():
        if table in DERIVED:
            continue
        expected = [become(table, row) for row in rows]
        found = [{name: row[name] for name in expected[0]} for row in after[table]]
        assert found == expected, table


def become(table: str, row: Row) -> Row:
    new = row | {name: make(row) for (of, name), make in CHANGED.items() if of == table}
    return {RENAMED.get((table, name), name): value for name, value in new.items()}


def test_the_migrations_of_then_still_make_what_they_made(
    old: Old, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is changed after it was released changes new stores alone, and no old one."""
    names = [row["name"] for row in old.rows("schema_migration")]
    (tmp_path / "then").mkdir()
    for name in names:
        shutil.copy(schema_versions.MIGRATIONS / f"{name}.py", tmp_path / "then")
    monkeypatch.setattr(schema_versions, "MIGRATIONS", tmp_path / "then")
    with opened(tmp_path / "data"):
        made = schema(tmp_path / "data" / data_folder.FILE_NAME)
    before = {n: s.replace('"raw"', '"answer"', n == "credit_check") for n, s in old.schema.items()}
    assert before == made


def schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as file:
        sql = "SELECT name, sql FROM sqlite_master WHERE sql <> '' AND name NOT LIKE 'found_%'"
        return {name: " ".join(made.split()) for name, made in file.execute(sql)}


def test_it_has_something_of_everything(old: Old) -> None:
    """So that the tests here say something."""
    empty = {name for name, rows in old.before.items() if not rows and name not in DERIVED}
    assert not empty
    states = {row["state"] for row in old.rows("dispatch")}
    assert states == set(DispatchState)


# what the program reads ---------------------------------------------------------------------------


@pytest.mark.usefixtures("brought_up")
def test_counts_are_those_of_the_views(old: Old) -> None:
    counts = views.counts()
    for view in View:
        found = views.ids(view, None, 1000)
        assert found or (view is View.CALLS and not old.rows("message", kind="call")), view
        assert getattr(counts, view) == len(found), view
    here = [row for row in old.rows("message", direction="in") if row["deleted_at"] is None]
    assert counts.unread == sum(row["read_at"] is None for row in here)
    assert counts.received == sum(row["kind"] == "sms" for row in here)


@pytest.mark.usefixtures("brought_up")
def test_lists_and_details_show_every_message(old: Old) -> None:
    lists = [queries.page(view, None, 1000) for view in View]
    listed = {row.id for rows in lists for row in rows}
    assert listed == {row["id"] for row in old.rows("message")}
    for row in old.rows("message"):
        found = details.get(row["id"])
        assert found
        said = (found.text, found.peer, found.kind, found.incoming, found.note)
        assert said == (*(row[n] for n in ("text", "peer", "kind")), found.incoming, row["note"])
        assert (found.created_at, found.read_at) == (row["created_at"], row["read_at"])
        out = {d.id: d for d in found.dispatches}
        for sms in old.rows("dispatch", message_id=row["id"]):
            one = out.pop(sms["id"])
            assert (one.number, one.state, one.reason) == (
                sms["number"],
                sms["state"],
                sms["reason"],
            )
            parts = [(part.seq, part.state) for part in one.parts]
            assert parts == [
                (p["seq"], p["state"]) for p in old.rows("part", dispatch_id=sms["id"])
            ]
            assert len(one.history) == len(old.rows("attempt", dispatch_id=sms["id"]))
        assert out == {}


@pytest.mark.usefixtures("brought_up")
def test_people_are_read(old: Old) -> None:
    found = {contact.id: contact for _, contact in people.page(people.ContactFilter(), None, 1000)}
    assert len(found) == len(old.rows("contact"))
    for row in old.rows("contact"):
        assert (found[row["id"]].name, found[row["id"]].number) == (row["name"], row["number"])
    assert {g.id: g.people for g in groups.groups()} == {
        row["id"]: len(old.rows("membership", group_id=row["id"])) for row in old.rows("group")
    }
    assert len(groups.fields()) == len(old.rows("own_field"))
    assert {b.number for b in blocked.page()} == {row["number"] for row in old.rows("blocked")}
    stored = {row["id"]: row for row in old.rows("import")}
    assert {i.id: i.state for i in imports.newest()} == {n: r["state"] for n, r in stored.items()}
    assert len({c.shown for c in found.values()} - {""}) == len(found)
    written = "".join(export.csv(people.ContactFilter()))
    assert all(row["name"] in written for row in old.rows("contact"))


@pytest.mark.usefixtures("brought_up")
def test_everything_else_is_read(old: Old) -> None:
    assert len(connections.all_by_id()) == len(old.rows("connection"))
    assert len(connections.all_modems()) == len(old.rows("modem"))
    pins = {n for n, found in connections.all_by_id().items() if found.has_pin}
    assert pins == {row["id"] for row in old.rows("connection") if row["pin"]}
    assert [s.position for s in rules.all_rules()] == [1, 2, 3, 4]
    users = {user.name: user.password for user in accounts.users()}
    assert users == {row["name"]: row["password"] for row in old.rows("user")}
    assert len(accounts.sessions(NOW)) == len(old.rows("session"))
    assert [token.name for token in tokens.tokens()] == ["till"]
    assert len(audit.page(None, 1000)) >= len(old.rows("audit"))
    assert settings.get("time_zone") == "Africa/Nairobi"
    assert len(credit.history(1)) == len(old.rows("credit_check"))
    assert {job.id for job in jobs.newest(100)} == {row["id"] for row in old.rows("job")}
    told = [schedule_report.schedule(one) for one in schedule_report.everything()]
    waiting = [r for r in old.rows("schedule") if r["state"] in ("active", "paused")]
    assert sorted(t["number"] for t in told) == [row["id"] for row in waiting]
    assert len(schedules.finished()) == len(old.rows("schedule")) - len(waiting)
    kept = {a.id: (a.name, len(a.actions)) for a in activities.activities()}
    assert kept == {
        r["id"]: (r["name"], len(old.rows("activity_action", activity_id=r["id"])))
        for r in old.rows("activity")
    }
    for row in old.rows("activity_run"):
        (run,) = runs.set_off(row["message_id"])
        assert (run.name, run.at) == (row["name"], row["at"])
        assert [step.state for step in run.steps] == [
            step["state"] for step in old.rows("activity_step", run_id=row["id"])
        ]


@pytest.mark.usefixtures("brought_up")
def test_every_message_is_written_to_a_sheet_and_found(old: Old) -> None:
    chosen = Selection(view=View.ALL, upto=views.newest(View.ALL))
    pieces = MessagesCsv(people.names, lambda: UTC).pieces(chosen)
    written = "".join(piece.text for piece in pieces)
    for row in old.rows("message", deleted_at=None):
        own = [sms.get("text") for sms in old.rows("dispatch", message_id=row["id"])]
        assert all((text or row["text"]) in written for text in own or [row["text"]])
        if said := tokenizer.distinct_words(row["text"]):
            assert row["id"] in found(said[0]), said[0]
    assert found("Straße") == found("strasse") == found("0711000001 bitte") != []
    assert found("Łodzi") == found("lodzi") != []


def found(typed: str) -> list[int]:
    searching = MessageSearch(lambda: "KE", lambda: UTC)
    return searching.page(searching.plan(SearchQuestion(q=typed)), None, 50).ids


# and goes on --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("copy")
def test_a_report_of_what_was_sent_before_is_understood() -> None:
    assert state(3) is DispatchState.SENT
    inbox.keep(1, [RawPdu(status_report(5, ANN, 0, NOW + 60_000, NOW + DAY))], NOW + DAY)
    assert state(3) is DispatchState.DELIVERED


@pytest.mark.usefixtures("copy")
def test_a_long_message_of_which_a_part_came_before_is_put_together() -> None:
    parts = [deliver(text, CAT, part=(300, 3, n), wide=True) for n, text in ((1, "a, "), (3, ".."))]
    kept = inbox.keep(1, [RawPdu(pdu) for pdu in parts], NOW + 700_000)
    found = details.get(kept[-1].message_id or 0)
    assert found
    assert found.complete
    assert found.text.startswith("a, ")
    assert "second" in found.text
    assert found.text.endswith("..")


@pytest.mark.usefixtures("copy")
def test_what_was_read_before_and_is_read_again_is_no_second_message(old: Old) -> None:
    before = views.counts()
    read = old.rows("incoming", erased_at=None, kind="deliver")
    read = [row for row in read if row["sent_at"]]  # without an instant it may be another message
    assert len(read) > 5
    for slot, row in enumerate(read):
        raw = RawPdu(row["pdu"], row["memory"] or "SM", row["slot"] if row["memory"] else slot)
        (again,) = inbox.keep(row["connection_id"], [raw], row["arrived_at"] + 1000)
        assert not again.new, row
    assert views.counts() == before


@pytest.mark.usefixtures("copy")
def test_what_waited_goes_out_and_what_was_deleted_comes_back(old: Old) -> None:
    large_messages.settle_all(NOW + 3 * DAY)
    due = {one.dispatch_id for one in queue.due(NOW + 2 * DAY, {1: 100, 2: 100}, 100)}
    assert due <= {row["id"] for row in old.rows("dispatch", state="pending")}
    assert due
    gone = [row["id"] for row in old.rows("message") if row["deleted_at"] is not None]
    assert restore(gone, NOW + 3 * DAY, "root") == len(gone)
    assert views.counts().deleted == 0
    assert outbox.resend([7], NOW + 3 * DAY, "root") == 1
