"""Spreadsheets and vCards, as they are exported and as people spoil them -> who goes in."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from gateway.services.people import headings
from gateway.store.people import imports, people
from gateway.text.refusal import Refused
from tests.services.people.files_world import ANN, BOB, bring_in, card, names, table, the_only_one

# spreadsheets -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\r\nName;Phone\r\nÁnn;0712000001\r\n".encode("cp1252"),
        "Name\tPhone\r\nÁnn\t0712000001\r\n".encode("utf-16"),
        "\ufeffName,Phone\rÁnn,0712000001\r".encode(),
        "\n\n,,\nName,Phone,,\n,,,\nÁnn,0712000001,,\n\n".encode(),
        'Name,Phone\nÁnn,"=""0712000001"""\n'.encode(),
        "Name,Phone\nÁnn,254712000001.0\n".encode(),
        "Phone,Name\n'+254712000001,Ánn\n".encode(),
        "Staff of the clinic,\nName,Phone\nÁnn,0712000001\n".encode(),
        "Ánn,0712000001\n".encode(),
        "0712000001|Ánn\n".encode(),
    ],
    ids=["sep", "utf16", "mac", "empty", "formula", "decimal", "apostrophe", "title", "bare",
         "bar"],
)  # fmt: skip
def test_what_spreadsheets_make_of_a_table(importing, content):
    bring_in(importing, content)
    ann = the_only_one()
    assert (ann.name, ann.number) == ("Ánn", ANN)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Иван Петров", "cp1251"),
        ("Łukasz Święty", "cp1250"),
        ("Şükrü Yıldız", "cp1254"),
        ("محمد العلي", "cp1256"),
        ("José Muñoz", "cp1252"),
    ],
)
def test_encodings_of_windows_are_told_apart(importing, name, encoding):
    bring_in(importing, f"Name;Phone\r\n{name};0712000001\r\n".encode(encoding))
    assert the_only_one().name == name


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "CSV"),
        (b"%PDF-1.7\n", "CSV"),
    ],
    ids=["xlsx", "xls", "pdf"],
)
def test_what_is_no_table_of_text_is_refused_with_what_to_do(importing, start, said):
    with pytest.raises(Refused) as refused:
        importing.upload("people.csv", start + b"\x00\x01Name,Phone\n" * 40, "admin")
    assert said in refused.value.errors[0].words


def test_a_column_that_is_no_phone_stays_out_of_the_number(importing):
    text = (
        "Member number,Name,House number,Number of children,Phone,Postcode,ID number\n"
        "1001,Ann,12,3,0712000001,00100,28765432\n1002,Bob,7,0,0712000002,00200,30123456\n"
    )
    assert bring_in(importing, text).added == 2
    assert {people.by_number(n).name for n in (ANN, BOB)} == {"Ann", "Bob"}


def test_columns_are_known_by_what_is_in_them(importing):
    text = "x1,x2,x3\n" + "".join(f"{n},Person {chr(65 + n)},071200000{n}\n" for n in range(1, 6))
    assert bring_in(importing, text).added == 5
    assert people.by_number(ANN).name == "Person B"


# rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"Name": "Ann Otieno", "First name": "Ann", "Last name": "Otieno"}, "Ann Otieno"),
        ({"First name": "Ann", "Last name": "Otieno"}, "Ann Otieno"),
        ({"Name": "Ann Otieno"}, "Ann Otieno"),
        ({"Name": "Otieno, Ann", "First name": "Ann", "Last name": "Otieno"}, None),
    ],
)
def test_names_are_not_doubled(importing, cells, name):
    heads = ["Name", "First name", "Last name", "Phone"]
    bring_in(importing, table(heads, {**cells, "Phone": "0712000001"}))
    said = the_only_one().name
    assert said == name or sorted(said.replace(",", "").split()) == ["Ann", "Otieno"]


def test_the_mobile_wins_wherever_it_stands(importing):
    heads = ["Name", "Business Phone", "Home Phone", "Mobile Phone"]
    bring_in(
        importing,
        table(
            heads,
            {"Name": "All", "Business Phone": "0202345678", "Home Phone": "0712000002",
             "Mobile Phone": "0712000001"},
            {"Name": "Home", "Business Phone": "0202345677", "Home Phone": "0712000003"},
            {"Name": "Fixed", "Business Phone": "0202345676"},
            {"Name": "Wrong", "Business Phone": "0712000004", "Mobile Phone": "n/a"},
        ),
    )  # fmt: skip
    found = {c.name: c for c in people.by_ids(people.ids(people.ContactFilter()))}
    assert {n: c.number for n, c in found.items()} == {
        "All": ANN, "Home": "+254712000003", "Fixed": "+254202345676", "Wrong": "+254712000004",
    }  # fmt: skip
    assert "0202345678" in found["All"].notes
    assert "0712000002" in found["All"].notes


def test_an_unusable_number_does_not_spoil_the_row(importing):
    bring_in(importing, "Name,Phone,Mobile\nAnn,0712000001,12-unknown\nMoon,far away,\n")
    found = {c.name: c for c in people.by_ids(people.ids(people.ContactFilter()))}
    assert found["Ann"].number == ANN
    assert "12-unknown" in found["Ann"].notes
    assert found["Moon"].number == ""
    assert "far away" in found["Moon"].notes


def test_an_update_keeps_what_somebody_wrote_beside_the_numbers_of_the_file(importing):
    bring_in(importing, "Name,Mobile,Notes\nAnn,0712000001,left-handed\n")
    again = "Name,Mobile,Home Phone\nAnn Otieno,0712000001,0202345678\n"
    for _ in range(2):
        kept = importing.upload("file", again.encode(), "admin")
        plan = importing.guess(importing.sheet(imports.get(kept)))
        assert importing.start(kept, replace(plan, update=True))
    ann = the_only_one()
    assert ann.name == "Ann Otieno"
    assert ann.notes == "left-handed\nOther numbers: 0202345678 (Home Phone)"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Mob No", "mobile"), ("Телефон (моб.)", "mobile"), ("MobileNo", "mobile"),
        ("Numéro de portable", "mobile"), ("Company Main Phone", "other"), ("Ph. No.", "number"),
        ("Cell group", None), ("Mobile money account", None), ("Assistant's Phone", None),
        ("Phonetic First Name", None), ("Company Name", None), ("E-mail Type", None),
    ],
)  # fmt: skip
def test_heads(head, kind):
    assert headings.kind_of(head) == kind


# vCard ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        ["FN:Ann Otieno", "TEL;TYPE=HOME,PREF:020 2345678", "TEL;TYPE=CELL:0712000001"],
        ["FN:Ann Otieno", "TEL;WORK;PREF:020 2345678", "TEL;CELL:0712000001"],
        ["FN:Ann Otieno", "item1.TEL;type=pref:020 2345678", "item1.X-ABLabel:_$!<Work>!$_",
         "item2.TEL:0712000001", "item2.X-ABLabel:_$!<Mobile>!$_"],
        ["FN:Ann Otieno", 'TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+254-20-2345678',
         'TEL;VALUE=uri;TYPE="voice,cell":tel:+254-712-000-001'],
        ["N:Otieno;Ann;;;", "TEL;TYPE=FAX:020 2345678", "TEL:0712000001"],
        ["N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4F=74=69=65=6E=6F;=41=\r\n=6E=6E;;;",
         "TEL;CELL;PREF:0712000001", "TEL;HOME:020 2345678"],
        ["FN;ENCODING=QUOTED-PRINTABLE:Ann Oti=\r\n eno", "TEL;CELL:0712000001",
         "TEL;HOME:0202345678"],
        ["FN:Ann\r\n  Otieno", "TEL;CELL:0712000001", "TEL;X-CUSTOM=Desk:0202345678",
         "PHOTO;ENCODING=BASE64;JPEG:" + base64.b64encode(b"x" * 300).decode(), ""],
        ["PRODID:-//Example//EN", "N:Otieno;Ann;;Dr.;", "FN:Ann Otieno",
         "AGENT:", "BEGIN:VCARD", "FN:Secretary", "TEL:0712000008", "END:VCARD",
         "TEL;TYPE=work:0202345678", "TEL;TYPE=x-mobile:0712000001"],
    ],
    ids=["pref3", "pref21", "apple", "uri", "fax", "quoted", "soft-blank", "fold-photo", "agent"],
)  # fmt: skip
def test_the_mobile_of_a_card_wins(importing, lines):
    bring_in(importing, card(*lines))
    ann = people.by_number(ANN)
    assert ann is not None
    assert ann.name in ("Ann Otieno", "Dr. Ann Otieno")
    assert "2345678" in ann.notes.replace(" ", "").replace("-", "")


def test_escapes_and_groups_of_a_card(importing):
    text = card(
        r"FN:Ann \"A\"\, Otieno", r"NOTE:one\ntwo\; three\\four\Nfive", "TEL:0712000001",
        r"CATEGORIES:Staff,Nurses\, night,myContacts", version="4.0",
    )  # fmt: skip
    bring_in(importing, text)
    ann = the_only_one()
    assert ann.name == 'Ann "A", Otieno'
    assert ann.notes == "one\ntwo; three\\four\nfive"
    assert "Staff" in ann.groups
    assert "myContacts" not in ann.groups


def test_cards_of_groups_are_no_people(importing):
    text = card("UID:1", "FN:Ann", "TEL:0712000001", version="4.0")
    text += card("KIND:group", "FN:Nurses", "MEMBER:urn:uuid:1", version="4.0")
    bring_in(importing, text)
    assert names() == ["Ann"]
