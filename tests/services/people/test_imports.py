"""Files of contacts, in every shape that programs write them, and rubbish."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.events import Events
from gateway.services.jobs.long_work import LongWork, WorkKind
from gateway.services.people import export, import_rows, sheets, vcard
from gateway.services.people import imports as importing
from gateway.services.people.columns import OWN
from gateway.services.people.import_rows import ImportPlan
from gateway.services.people.imports import KIND, ContactImports
from gateway.services.people.people import People, TypedContact
from gateway.services.people.text_files import TextFile
from gateway.store.file import jobs
from gateway.store.file.database import execute
from gateway.store.people import groups, imports, people
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock
from tests.support.work import finish

FILE = "Name,Phone number,Town,Groups\nAnn,0712000001,Kisumu,Red; Blue\nBob,0712000002,,\n"
ALL = people.ContactFilter()


@pytest.fixture
def service(clock: FakeClock, store: Path) -> ContactImports:
    return ContactImports(clock, Events(), lambda: "KE")


@pytest.fixture
def folk(clock: FakeClock, store: Path) -> People:
    return People(clock, Events(), lambda: "KE")


def run(
    service: ContactImports,
    content: bytes | str,
    *,
    ticked: tuple[str, ...] = (),
    **changes: object,
) -> imports.ImportInfo:
    """`ticked`: heads of columns that become own fields."""
    octets = content.encode() if isinstance(content, str) else content
    kept = service.upload("file.csv", octets, "admin")
    sheet = service.sheet(imports.get(kept))
    plan = service.guess(sheet)
    columns = tuple(
        OWN + head if head in ticked else kind
        for head, kind in zip(sheet.header, plan.columns, strict=True)
    )
    assert service.start(kept, ImportPlan(columns, **changes))
    return imports.get(kept)


def returned(service: ContactImports, done: imports.ImportInfo) -> str:
    """The file of rows that did not go in."""
    return "".join(service.bad_file(done.id))


def everybody() -> list[people.ContactInfo]:
    return people.by_ids(people.ids(ALL))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_and_separator_is_read(service, encoding, separator, end):
    rows = ["Name|Mobile", "José|0712000001", '"Ann|Bob"|0712000002']
    content = end.join(row.replace("|", separator) for row in rows).encode(encoding)
    assert run(service, content).added == 2
    names = [c.name for c in everybody()]
    assert names == [f"Ann{separator}Bob".replace("\t", " "), "José"]


def test_columns_are_matched_by_the_words_at_their_heads(service):
    done = run(service, FILE, ticked=("Town",))
    assert (done.state, done.total, done.done, done.added, done.bad) == ("done", 2, 2, 2, 0)
    ann = people.by_number("+254712000001")
    (town,) = groups.fields()
    assert (ann.name, ann.groups, ann.fields) == ("Ann", ("Blue", "Red"), {town.id: "Kisumu"})


def test_first_and_last_names_are_joined_and_empty_columns_left_out(service):
    text = (
        "First Name,Last Name,Phone 1 - Type,Phone 1 - Value,Fax\nAnn,Otieno,Mobile,0712000001,\n"
    )
    run(service, text)
    assert people.by_number("+254712000001").name == "Ann Otieno"


def test_a_file_without_a_header_is_read_from_its_first_row(service):
    run(service, "0712000001;Ann\n0712000002;Bob\n")
    assert [c.name for c in everybody()] == ["Ann", "Bob"]


def test_bad_rows_come_back_as_a_file_and_the_good_ones_go_in(service):
    text = (
        "Name,Number\nAnn,0712000001\n,far away\nTwin,0712 000 001\n,\n"
        f"{'Eve' * 40},12345678901234567\n"
    )
    done = run(service, text)
    assert done.added == 1
    file = returned(service, done)
    rows = [row.cells for row in sheets.rows(TextFile.of(file))]
    assert rows[0] == ("Name", "Number", "Problem")
    assert [row[0] for row in rows[1:]] == ["", "Twin", "Eve" * 40]
    assert "“far away” is not a phone number." in rows[1][2]
    assert "line 2" in rows[2][2]
    again = run(service, file.replace("far away", "0712000009"))
    assert again.added == 1, "mended, the file goes in as it is"


def test_known_numbers_are_left_alone_or_updated(service, folk):
    folk.add(TypedContact("Old name", "0712000001", "keep"))
    done = run(service, FILE)
    assert (done.added, done.skipped) == (1, 1)
    assert people.by_number("+254712000001").name == "Old name"
    done = run(service, FILE, update=True, group="Everybody")
    assert (done.added, done.updated) == (0, 2)
    ann = people.by_number("+254712000001")
    assert (ann.name, ann.notes, ann.groups) == ("Ann", "keep", ("Blue", "Everybody", "Red"))


def test_a_plan_that_makes_no_sense_is_refused_and_can_be_mended(service):
    kept = service.upload("f.csv", FILE.encode(), "admin")
    for columns in (("", "", "", ""), ("name", "number", "name", ""), ("name", "number")):
        with pytest.raises(Refused):
            service.start(kept, ImportPlan(columns))
    assert imports.get(kept).state == "new"
    assert service.start(kept, ImportPlan(("name", "number", "", "")))
    assert not service.start(kept, ImportPlan(("name", "number", "", ""))), "it was started already"


def test_an_import_cut_short_goes_on_where_it_stopped(service, monkeypatch, clock):
    text = "Name,Number\n" + "".join(f"P{n},+2547120{n:05d}\n" for n in range(350))
    kept = service.upload("f.csv", text.encode(), "admin")
    add, calls = people.add, []

    def fail(contact, now):
        calls.append(contact)
        if len(calls) == 250:
            raise KeyboardInterrupt
        return add(contact, now)

    with monkeypatch.context() as patch:
        patch.setattr(people, "add", fail)
        with pytest.raises(KeyboardInterrupt):
            service.start(kept, ImportPlan(("name", "number")))
    assert (imports.get(kept).state, imports.get(kept).done) == ("running", 200)
    work = long_work(clock)
    ContactImports(clock, Events(), lambda: "KE", work).resume(kept)
    finish(work)
    assert (imports.get(kept).state, imports.get(kept).added) == ("done", 350)


@pytest.mark.parametrize(
    "content", [b"", b" \n\n", b"Name,Number\n", b"BEGIN:VCARD"[:0] + b"\n,,\n"]
)
def test_a_file_with_nobody_in_it_is_refused(service, content):
    with pytest.raises(Refused):
        service.upload("f.csv", content, "admin")


def test_a_file_that_is_too_large_is_refused(service):
    with pytest.raises(Refused, match="4 MB"):
        service.upload("f.csv", b"x" * (importing.MOST_OCTETS + 1), "admin")


def long_work(clock: FakeClock) -> LongWork:
    """As after a start of the box: nothing is remembered but what is in the store."""
    piece = ContactImports(clock, Events(), lambda: "KE").piece
    return LongWork(clock, Events(), {KIND: WorkKind(piece, changes=False)})


def crowd_file(people: int, *bad: str) -> bytes:
    rows = [f"P{n},+2547{n:08d},T{n % 9}" for n in range(people)]
    return "\n".join(["Name,Number,Town", *rows, *bad]).encode()


def test_a_large_file_goes_in_as_long_work_and_a_restart_in_between_loses_nothing(clock, store):
    work = long_work(clock)
    service = ContactImports(clock, Events(), lambda: "KE", work)
    kept = service.upload("f.csv", crowd_file(1000, "Moon,far", "Twin,+254700000001"), "ann")
    plan = service.guess(service.sheet(imports.get(kept)))
    assert service.start(kept, plan)
    assert imports.get(kept).done == 0, "the page does not wait for it"
    for _ in range(7):
        work._round()
    assert 0 < imports.get(kept).done < 1000
    again = long_work(clock)
    finish(again)
    done = imports.get(kept)
    assert (done.state, done.added, done.skipped, done.bad) == ("done", 1001, 0, 1)
    rows = [row.cells for row in sheets.rows(TextFile.of(returned(service, done)))]
    assert [row[0] for row in rows] == ["Name", "Twin"]
    assert "line 3" in rows[1][3], "what came before the restart is known"
    assert importing.work_of(kept) is None
    said = "1,001 added, 1 of them without a number, 1 did not go in."
    assert jobs.newest(1)[0].result == said


def test_two_that_put_the_same_file_in_do_not_double_or_miss_a_row(clock, store):
    work = long_work(clock)
    service = ContactImports(clock, Events(), lambda: "KE", work)
    kept = service.upload("f.csv", crowd_file(500), "ann")
    service.start(kept, service.guess(service.sheet(imports.get(kept))))
    other = ContactImports(clock, Events(), lambda: "KE")
    for _ in range(20):
        work._round()
        other._step(kept)
    finish(work)
    done = imports.get(kept)
    assert (done.state, done.added, done.skipped, done.bad) == ("done", 500, 0, 0)


def test_a_preview_looks_at_the_first_rows_only(service, monkeypatch):
    monkeypatch.setattr(import_rows, "LOOKED_AT", 20)
    looked_at = []
    examine = import_rows.examine
    monkeypatch.setattr(import_rows, "examine", lambda *a: (looked_at.append(a), examine(*a))[1])
    kept = imports.get(service.upload("f.csv", crowd_file(300), "ann"))
    sheet = service.sheet(kept)
    looked = service.look(sheet, service.guess(sheet))
    assert (kept.total, len(looked.good)) == (300, 20)
    assert len(looked_at) == 20


def test_a_cell_that_is_never_closed_does_not_swallow_the_rest_in_silence(service):
    for rest in ("", "x" * 200_000):
        text = f'Name,Number\nAnn,0712000001\n"Bob,0712000002\nCy,0712000003\n{rest}'
        with pytest.raises(Refused, match="line 3 begins with a quotation mark"):
            service.upload("f.csv", text.encode(), "ann")


def test_line_breaks_and_quotation_marks_in_cells_stay(service):
    text = (
        'Name,Number,Notes\n"Ann ""A"" Otieno",0712000001,"one\ntwo, three"\nBob 5",0712000002,x\n'
    )
    assert run(service, text).added == 2
    ann = people.by_number("+254712000001")
    assert (ann.name, ann.notes) == ('Ann "A" Otieno', "one\ntwo, three")
    assert people.by_number("+254712000002").name == 'Bob 5"'


def test_cells_beside_the_columns_are_not_dropped_in_silence(service, monkeypatch):
    monkeypatch.setattr(import_rows, "LOOKED_AT", 2)
    done = run(service, "Name,Number\nA,0712000001\nB,0712000002\nC,0712000003,,\nD,0712000004,x\n")
    assert (done.added, done.bad) == (3, 1)
    assert "more cells than the 2 columns" in returned(service, done)


def test_a_card_with_a_photograph_of_megabytes_is_read_in_no_time(service):
    photo = "PHOTO;ENCODING=b;TYPE=JPEG:" + ("\r\n " + "A" * 72) * 40_000
    text = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nTEL:0712000001\r\n{photo}\r\nEND:VCARD\r\n"
    assert run(service, text).added == 1


# vCard ------------------------------------------------------------------------------------------

CARDS = """BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=81lvarez;Jos=\r
=C3=A9;;;\r
TEL;HOME;FAX:0712000009\r
TEL;HOME:0712000002\r
TEL;CELL:0712 000 001\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
FN:Ann \\, the\r
  Great\r
item1.TEL;VALUE=uri;TYPE="cell,voice":tel:+254712000003;ext=5\r
NOTE:two\\nlines\r
CATEGORIES:Red,Blue\r
ORG:Clinic;Ward 3\r
END:VCARD\r
"""


def test_cards_of_all_versions_are_read(service):
    assert run(service, CARDS, ticked=("Organisation",)).added == 2
    jose, ann = people.by_number("+254712000001"), people.by_number("+254712000003")
    assert jose.name == "José Álvarez"
    assert "0712000002" in jose.notes, "further numbers are not dropped in silence"
    assert (ann.name, ann.notes, ann.groups) == ("Ann , the Great", "two\nlines", ("Blue", "Red"))
    assert list(ann.fields.values()) == ["Clinic, Ward 3"]


# round trips ------------------------------------------------------------------------------------

printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), max_size=30
)
text_lines = st.lists(printable, max_size=3).map("\n".join)
group_names = st.text(string.ascii_letters + "\\é'=+", min_size=3, max_size=8).map(
    lambda s: "G" + s
)
number = st.integers(0, 99_999_999).map(lambda n: f"+2547{n:08d}")
person = st.tuples(printable, number, text_lines, printable, st.sets(group_names, max_size=2))


def _fill(folk: People, crowd) -> None:
    for table in ("contact", '"group"', "own_field"):
        execute(f"DELETE FROM {table}")
    town = folk.add_field("=Town, {1}".replace("{", "").replace("}", ""))
    for name, tel, notes, value, member in crowd:
        ids = []
        for group in sorted(member):
            known = groups.named(people.fold(group))
            ids.append(known.id if known else folk.make_group(group))
        folk.add(TypedContact(name, tel, notes, {town: value}), ids)


def _picture(*, with_fields: bool) -> list[object]:
    names = {f.id: f.name for f in groups.fields()}
    return sorted(
        (
            c.number,
            c.name,
            c.notes,
            c.groups,
            {names[i]: v for i, v in c.fields.items()} if with_fields else None,
        )
        for c in everybody()
    )


crowds = st.lists(person, max_size=5, unique_by=lambda p: p[1])
relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@relaxed
@given(crowd=crowds)
def test_csv_comes_back_in_as_it_went_out(service, folk, crowd):
    _fill(folk, crowd)
    before = _picture(with_fields=True)
    file = "".join(export.csv(ALL))
    _fill(folk, ())
    execute("DELETE FROM own_field")
    if crowd:
        assert run(service, file).bad == 0
    assert _picture(with_fields=True) == before


@relaxed
@given(crowd=crowds)
def test_cards_come_back_in_as_they_went_out(service, folk, crowd):
    _fill(folk, crowd)
    before = _picture(with_fields=False)
    file = "".join(export.cards(ALL))
    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    _fill(folk, ())
    if crowd:
        assert run(service, file).bad == 0
    assert _picture(with_fields=False) == before


@given(cell=st.text())
def test_no_cell_going_out_is_a_formula(cell):
    out = sheets.guarded(cell)
    assert out[:1] not in set("=+-@\t\r\n") or sheets.HARMLESS.fullmatch(out)
    assert sheets.unguarded(out) == cell.strip(" \u00a0\ufeff") or cell != cell.strip()


@relaxed
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda t: ("Name,Number\n" + t).encode("utf-8", "replace"))
)
def test_rubbish_is_read_or_refused_but_never_breaks_anything(service, content):
    try:
        kept = service.upload("f", content, "admin")
    except Refused:
        return
    sheet = service.sheet(imports.get(kept))
    plan = service.guess(sheet)
    if not service.check(sheet, plan):
        looked = service.look(sheet, plan)
        assert len(looked.good) + len(looked.bad) == len(sheet.rows)
        service.start(kept, plan)
        done = imports.get(kept)
        assert done.state == "done"
        assert done.done == done.total == done.added + done.updated + done.skipped + done.bad


@given(text=st.text(max_size=200))
def test_rubbish_among_cards_breaks_nothing(text):
    list(vcard.cards(TextFile.of("BEGIN:VCARD\n" + text)))
    list(vcard.cards(TextFile.of(text)))
