"""Files that want much memory, more fields than there may be, or to be read as nobody meant."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.events import Events
from gateway.services.people import encodings, export, import_rows
from gateway.services.people import imports as importing
from gateway.services.people.columns import OWN
from gateway.services.people.import_rows import ImportPlan
from gateway.services.people.imports import ContactImports
from gateway.services.people.people import MOST_FIELDS, MOST_GROUPS, People, TypedContact
from gateway.services.people.text_files import BadFile
from gateway.store.file.database import execute
from gateway.store.people import groups, imports, people
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock

LARGEST = importing.MOST_OCTETS
MOST_MEMORY = 24 << 20  # octets beside the file itself; a card took 434 MB


@pytest.fixture
def service(clock: FakeClock, store: Path) -> ContactImports:
    return ContactImports(clock, Events(), lambda: "KE")


@pytest.fixture
def folk(clock: FakeClock, store: Path) -> People:
    return People(clock, Events(), lambda: "KE")


def card(inside: bytes) -> bytes:
    return b"BEGIN:VCARD\r\nFN:Ann\r\nTEL:0712000001\r\n" + inside + b"\r\nEND:VCARD\r\n"


@pytest.mark.parametrize(
    "content",
    [
        card(b"ORG:" + b"x;" * (LARGEST // 2 - 100)),
        card(b"CATEGORIES:" + b"a," * (LARGEST // 2 - 100)),
        card(b"PHOTO;ENCODING=b:" + b"A" * (LARGEST - 200)),
        card(b"PHOTO;ENCODING=b:" + (b"\r\n " + b"A" * 600) * (LARGEST // 604)),
        card(b'TEL;X="' + b'";"' * (LARGEST // 3 - 100) + b":1"),
        b'Name,Number\n"' + b"x" * (LARGEST - 50) + b'",0712000001\n',
        b"Name,Number" + b"," * (LARGEST - 50) + b"\nAnn,0712000001\n",
        b"Name,Number\n" + b'"' * (LARGEST - 20),
        ("Name,Number\n" + "\U0001f600" * (LARGEST // 4 - 10)).encode(),
        ("Name,Number\n" + "Ann,0712000001\n" * 60_000).encode("utf-16"),
    ],
    ids=["org", "groups", "photo", "folded", "quotes", "cell", "columns", "open", "emoji", "rows"],
)
def test_little_of_a_large_file_is_held(content):
    tracemalloc.start()
    try:
        _, rows, _ = import_rows.opened(content, "KE")
        assert sum(1 for _ in rows) == 1
    except BadFile:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.parametrize(("page", "text"), [
    ("cp1251", "Иван Петров"), ("cp1251", "ИВАНОВ"), ("cp1250", "Łukasz Święty"),
    ("cp1254", "Şükrü Yıldız"), ("cp1256", "محمد العلي"), ("cp1253", "Γιώργος Παπαδόπουλος"),
    ("cp1255", "משה כהן"), ("cp1252", "José Muñoz"), ("cp1252", "Größe"), ("cp1252", "10 €"),
    ("cp1252", "John’s Café"), ("mac_roman", "José"), ("cp850", "José"), ("cp866", "Иван Петров"),
    ("koi8-r", "Иван Петров"), ("utf-8", "Иван"), ("utf-8", "plain"), ("utf-16-le", "Ann"),
])  # fmt: skip
def test_an_encoding_is_known_by_the_words_it_makes(page, text):
    assert encodings.guess(f"Name;Phone\r\n{text};0712000001\r\n".encode(page)) == page


def test_one_broken_letter_does_not_turn_utf8_into_something_else():
    assert encodings.guess("José, Zoë, Müller, Łódź".encode() + b"\xff") == "utf-8"


@given(content=st.binary(max_size=200), page=st.sampled_from(sorted(encodings.CHOICES)))
def test_every_encoding_reads_everything_or_refuses_it(content, page):
    with suppress(BadFile):
        list(import_rows.opened(content, "KE", page)[1])


def test_no_file_makes_more_own_fields_than_there_may_be(service):
    heads = [f"Field {n}" for n in range(MOST_FIELDS + 1)]
    text = f"Name,Phone,{','.join(heads)}\nAnn,0712000001,{','.join(heads)}\n"
    kept = service.upload("f.csv", text.encode(), "admin")
    kinds = ("name", "number", *(OWN + head for head in heads))
    with pytest.raises(Refused) as refused:
        service.start(kept, ImportPlan(kinds))
    assert f"At most {MOST_FIELDS} own fields" in refused.value.errors[0].words
    assert groups.fields() == []
    assert service.start(kept, ImportPlan((*kinds[:-1], "")))
    assert len(groups.fields()) == MOST_FIELDS


def test_no_file_makes_more_groups_than_there_may_be(service):
    rows = "".join(f"P{n},+2547{n:08d},Group {n}\n" for n in range(MOST_GROUPS + 2))
    kept = service.upload("f.csv", f"Name,Phone,Groups\n{rows}".encode(), "admin")
    assert service.start(kept, service.guess(service.sheet(imports.get(kept))))
    done = imports.get(kept)
    assert (done.added, done.bad, len(groups.groups())) == (MOST_GROUPS, 2, MOST_GROUPS)


def test_a_row_that_would_be_a_formula_or_a_shortened_number_is_told(service):
    text = "Name,Phone\n=1+2,0712000001\nBob,2.54712E+11\n"
    kept = imports.get(service.upload("f.csv", text.encode(), "admin"))
    sheet = service.sheet(kept)
    looked = service.look(sheet, service.guess(sheet))
    assert (len(looked.good), looked.numberless) == (2, 1)
    (told,) = looked.incomplete
    assert (told.line, "shortened" in told.words) == (3, True)


# our own export ---------------------------------------------------------------------------------

hostile = st.text(st.sampled_from("=+-@'\"|:\\*/ 0x"), max_size=12)
cells = st.one_of(
    hostile, st.sampled_from(["=HYPERLINK(1)", "007", "'007", "a\nb", '"', "1E5", ""])
)
member = hostile.map(lambda s: f"G{s}g")
FIELDS = ("Mobile", "First name", "E-mail", "Group:Red", "=1+1", "sep=;")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    crowd=st.lists(
        st.tuples(cells, st.lists(cells, min_size=6, max_size=6), st.sets(member, max_size=2)),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_our_own_export_comes_back_in_whatever_it_says(service, folk, crowd):
    _empty()
    own = [folk.add_field(name) for name in FIELDS]
    for at, (name, values, wanted) in enumerate(crowd):
        ids = {people.fold(g): g for g in wanted}
        made = [groups.named(f) for f in ids]
        known = [g.id if g else folk.make_group(ids[f]) for f, g in zip(ids, made, strict=True)]
        fields = dict(zip(own, values, strict=True))
        folk.add(TypedContact(name, f"+2547120000{at:02d}", "", fields), known)
    before = _everybody()
    file = "".join(export.csv(people.ContactFilter()))
    _empty()
    kept = service.upload("f.csv", file.encode(), "admin")
    assert service.start(kept, service.guess(service.sheet(imports.get(kept))))
    assert imports.get(kept).bad == 0
    assert _everybody() == before


def _empty() -> None:
    for table in ("contact", '"group"', "own_field"):
        execute(f"DELETE FROM {table}")


def _everybody() -> list[object]:
    names = {f.id: f.name for f in groups.fields()}
    found = people.by_ids(people.ids(people.ContactFilter()))
    return sorted(
        (c.number, c.name, c.groups, sorted((names[i], v) for i, v in c.fields.items()))
        for c in found
    )
