"""Files as real programs write them (their headings and quirks, nobody's data) -> who goes in."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.events import Events
from gateway.services import headings
from gateway.services.importing import Importing
from gateway.services.refusals import Refused
from gateway.store import groups, imports, people
from tests.services.conftest import FakeClock

ANN, BOB, LANDLINE = "+254712000001", "+254712000002", "+254202345678"


@pytest.fixture
def service(clock: FakeClock, store: Path) -> Importing:
    return Importing(clock, Events(), lambda: "KE")


def bring_in(service: Importing, content: bytes | str) -> imports.Import:
    octets = content.encode() if isinstance(content, str) else content
    kept = service.upload("file", octets, "admin")
    assert service.start(kept, service.guess(service.sheet(imports.get(kept))))
    done = imports.get(kept)
    assert done is not None
    return done


def table(head: Sequence[str], *rows: dict[str, str], sep: str = ",", quote: bool = False) -> str:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(out, head, delimiter=sep, quoting=quoting, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def the_only_one() -> people.Contact:
    (one,) = people.by_ids(people.ids(people.Filter()))
    return one


def names() -> list[str]:
    return sorted(c.name for c in people.by_ids(people.ids(people.Filter())))


# spreadsheets of address books ------------------------------------------------------------------

OUTLOOK = [
    "Title",
    "First Name",
    "Middle Name",
    "Last Name",
    "Suffix",
    "Company",
    "Department",
    "Job Title",
    "Business Street",
    "Business Street 2",
    "Business Street 3",
    "Business City",
    "Business State",
    "Business Postal Code",
    "Business Country/Region",
    "Home Street",
    "Home Street 2",
    "Home Street 3",
    "Home City",
    "Home State",
    "Home Postal Code",
    "Home Country/Region",
    "Other Street",
    "Other Street 2",
    "Other Street 3",
    "Other City",
    "Other State",
    "Other Postal Code",
    "Other Country/Region",
    "Assistant's Phone",
    "Business Fax",
    "Business Phone",
    "Business Phone 2",
    "Callback",
    "Car Phone",
    "Company Main Phone",
    "Home Fax",
    "Home Phone",
    "Home Phone 2",
    "ISDN",
    "Mobile Phone",
    "Other Fax",
    "Other Phone",
    "Pager",
    "Primary Phone",
    "Radio Phone",
    "TTY/TDD Phone",
    "Telex",
    "Account",
    "Anniversary",
    "Assistant's Name",
    "Billing Information",
    "Birthday",
    "Business Address PO Box",
    "Categories",
    "Children",
    "Directory Server",
    "E-mail Address",
    "E-mail Type",
    "E-mail Display Name",
    "E-mail 2 Address",
    "E-mail 2 Type",
    "E-mail 2 Display Name",
    "E-mail 3 Address",
    "E-mail 3 Type",
    "E-mail 3 Display Name",
    "Gender",
    "Government ID Number",
    "Hobby",
    "Home Address PO Box",
    "Initials",
    "Internet Free Busy",
    "Keywords",
    "Language",
    "Location",
    "Manager's Name",
    "Mileage",
    "Notes",
    "Office Location",
    "Organizational ID Number",
    "Other Address PO Box",
    "Priority",
    "Private",
    "Profession",
    "Referred By",
    "Sensitivity",
    "Spouse",
    "User 1",
    "User 2",
    "User 3",
    "User 4",
    "Web Page",
]


def test_outlook_with_all_its_92_columns(service):
    assert len(OUTLOOK) == 92
    row = {
        "Title": "Dr.", "First Name": "Ann", "Middle Name": "Akinyi", "Last Name": "Otieno",
        "Business Street": "Moi Avenue 1\r\nBuilding B", "Business Phone": "020 2345678",
        "Business Fax": "020 2345679", "Mobile Phone": "0712 000 001", "Categories": "Staff;Nurses",
        "E-mail Display Name": "Ann (ann@example.org)", "Government ID Number": "12345678",
        "Birthday": "0/0/00", "Account": "712000009", "Notes": "first line\r\nsecond line",
        "Priority": "Normal", "Private": "False", "Sensitivity": "Normal",
    }  # fmt: skip
    done = bring_in(service, table(OUTLOOK, row, quote=True))
    ann = the_only_one()
    assert (done.added, done.bad) == (1, 0)
    assert (ann.name, ann.number) == ("Ann Akinyi Otieno", ANN)
    assert ann.groups == ("Nurses", "Staff")
    assert ann.notes.startswith("first line\nsecond line")
    assert "020 2345678" in ann.notes
    assert groups.fields() == [], "what was not ticked is left out"


@pytest.mark.parametrize(
    ("heads", "encoding"),
    [
        ("Vorname;Nachname;Telefon geschäftlich;Telefon privat;Mobiltelefon;Fax privat;Kategorien;"
         "Notizen", "cp1252"),
        ("Prénom;Nom;Téléphone (bureau);Téléphone (domicile);Tél. mobile;Télécopie (domicile);"
         "Catégories;Notes", "cp1252"),
        ("Nombre;Apellidos;Teléfono del trabajo;Particular;Teléfono móvil;Fax particular;"
         "Categorías;Notas", "cp1252"),
        ("Nome;Sobrenome;Telefone comercial;Telefone residencial;Telefone celular;Fax residencial;"
         "Categorias;Anotações", "cp1252"),
        ("Nome;Cognome;Ufficio;Abitazione;Cellulare;Fax abitazione;Categorie;Note", "cp1252"),
        ("Voornaam;Achternaam;Telefoon op werk;Telefoon thuis;Mobiele telefoon;Fax thuis;"
         "Categorieën;Notities", "cp1252"),
        ("Imię;Nazwisko;Telefon służbowy;Telefon domowy;Telefon komórkowy;Faks domowy;Kategorie;"
         "Notatki", "cp1250"),
        ("Имя;Фамилия;Рабочий телефон;Домашний телефон;Телефон переносной;Домашний факс;Категории;"
         "Заметки", "cp1251"),
        ("الاسم الأول;اسم العائلة;هاتف العمل;هاتف المنزل;الهاتف المحمول;فاكس المنزل;الفئات;"
         "ملاحظات", "cp1256"),
        ("Jina la kwanza;Jina la mwisho;Simu ya kazi;Simu ya nyumbani;Simu ya mkononi;Faksi;"
         "Vikundi;Maelezo", "utf-8"),
    ],
    ids=["de", "fr", "es", "pt", "it", "nl", "pl", "ru", "ar", "sw"],
)  # fmt: skip
def test_headings_in_other_languages(service, heads, encoding):
    text = f"{heads}\r\nAnn;Otieno;020 2345678;;0712000001;020 2345679;Staff;hello\r\n"
    bring_in(service, text.encode(encoding))
    ann = the_only_one()
    assert (ann.name, ann.number, ann.groups) == ("Ann Otieno", ANN, ("Staff",))
    assert ann.notes.startswith("hello")
    assert "020 2345678" in ann.notes


GOOGLE_OLD = [
    "Name",
    "Given Name",
    "Additional Name",
    "Family Name",
    "Yomi Name",
    "Given Name Yomi",
    "Name Prefix",
    "Name Suffix",
    "Initials",
    "Nickname",
    "Short Name",
    "Birthday",
    "Gender",
    "Location",
    "Notes",
    "Language",
    "Photo",
    "Group Membership",
    "E-mail 1 - Type",
    "E-mail 1 - Value",
    "Phone 1 - Type",
    "Phone 1 - Value",
    "Phone 2 - Type",
    "Phone 2 - Value",
    "Organization 1 - Type",
    "Organization 1 - Name",
]
GOOGLE_NEW = [
    "First Name",
    "Middle Name",
    "Last Name",
    "Phonetic First Name",
    "Phonetic Middle Name",
    "Phonetic Last Name",
    "Name Prefix",
    "Name Suffix",
    "Nickname",
    "File As",
    "Organization Name",
    "Organization Title",
    "Organization Department",
    "Birthday",
    "Notes",
    "Photo",
    "Labels",
    "E-mail 1 - Label",
    "E-mail 1 - Value",
    "Phone 1 - Label",
    "Phone 1 - Value",
    "Phone 2 - Label",
    "Phone 2 - Value",
]


def test_google_as_it_was(service):
    row = {
        "Name": "Ann Otieno", "Given Name": "Ann", "Family Name": "Otieno",
        "Group Membership": "Family ::: Nurses ::: * myContacts", "Phone 1 - Type": "Work",
        "Phone 1 - Value": "020 2345678", "Phone 2 - Type": "Mobile",
        "Phone 2 - Value": "0712 000001 ::: 0712 000002",
    }  # fmt: skip
    bring_in(service, table(GOOGLE_OLD, row).encode("utf-16"))
    ann = the_only_one()
    assert (ann.name, ann.number, ann.groups) == ("Ann Otieno", ANN, ("Family", "Nurses"))
    assert "020 2345678" in ann.notes
    assert "0712 000002" in ann.notes


def test_google_as_it_is(service):
    row = {
        "First Name": "Ann", "Last Name": "Otieno", "Labels": "Nurses ::: * myContacts",
        "Phone 1 - Label": "Home", "Phone 1 - Value": "0712000002", "Phone 2 - Label": "Mobile",
        "Phone 2 - Value": "0712000001", "Organization Name": "Clinic",
    }  # fmt: skip
    bring_in(service, table(GOOGLE_NEW, row))
    ann = the_only_one()
    assert (ann.name, ann.number, ann.groups) == ("Ann Otieno", ANN, ("Nurses",))
    assert "0712000002" in ann.notes
    assert groups.fields() == []


def test_thunderbird(service):
    text = (
        "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,"
        "Work Phone,Home Phone,Fax Number,Pager Number,Mobile Number,Home Address\n"
        "Ann,Otieno,Ann Otieno,annie,ann@example.org,,,0202345678,,0202345679,0712000009,"
        "0712000001,1 Road\n"
    )
    bring_in(service, text)
    ann = the_only_one()
    assert (ann.name, ann.number) == ("Ann Otieno", ANN)


# other gateways ---------------------------------------------------------------------------------


def test_frontlinesms2(service):
    text = (
        '"Name","Mobile Number","Email","Group(s)","Notes"\n'
        '"Ann","+254712000001","ann@example.org","Farmers\\\\Youth","said ""hi"", twice"\n'
        '"Bob","0712000002","","",""\n'
    )
    assert bring_in(service, text).added == 2
    ann = people.by_number(ANN)
    assert (ann.groups, ann.notes) == (("Farmers", "Youth"), 'said "hi", twice')
    assert groups.fields() == []


def test_frontlinesms_of_the_first_version(service):
    text = (
        '"Name","Mobile Number","Other Mobile Number","E-mail Address","Current Status","Notes",'
        '"Group(s)"\n"Ann","+254712000001","+254712000002","","active","","Farmers\\\\Youth"\n'
    )
    bring_in(service, text)
    ann = the_only_one()
    assert (ann.number, ann.groups) == (ANN, ("Farmers", "Youth"))
    assert "254712000002" in ann.notes.replace(" ", "")


def test_rapidpro(service):
    text = (
        "Contact UUID,Name,Language,Status,Created On,Last Seen On,URN:Tel,URN:Telegram,Field:Age,"
        "Group:Testers\n"
        "4a4b1c2e-0000-4000-8000-000000000001,Ann,eng,active,2024-01-02 10:00:00,,"
        "254712000001,,33,true\n"
    )
    bring_in(service, text)
    ann = the_only_one()
    assert (ann.name, ann.number) == ("Ann", ANN)
    assert groups.fields() == []


def test_kalkun_and_phones_write_little(service):
    assert bring_in(service, '"Name","Number"\n"Ann","+254712000001"\n').added == 1
    assert bring_in(service, '"1","Bob","+254712000002"\n"2","Cy","+254712000003"\n').added == 2
    assert names() == ["Ann", "Bob", "Cy"]


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
def test_what_spreadsheets_make_of_a_table(service, content):
    bring_in(service, content)
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
def test_encodings_of_windows_are_told_apart(service, name, encoding):
    bring_in(service, f"Name;Phone\r\n{name};0712000001\r\n".encode(encoding))
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
def test_what_is_no_table_of_text_is_refused_with_what_to_do(service, start, said):
    with pytest.raises(Refused) as refused:
        service.upload("people.csv", start + b"\x00\x01Name,Phone\n" * 40, "admin")
    assert said in refused.value.errors[0].words


def test_a_column_that_is_no_phone_stays_out_of_the_number(service):
    text = (
        "Member number,Name,House number,Number of children,Phone,Postcode,ID number\n"
        "1001,Ann,12,3,0712000001,00100,28765432\n1002,Bob,7,0,0712000002,00200,30123456\n"
    )
    assert bring_in(service, text).added == 2
    assert {people.by_number(n).name for n in (ANN, BOB)} == {"Ann", "Bob"}


def test_columns_are_known_by_what_is_in_them(service):
    text = "x1,x2,x3\n" + "".join(f"{n},Person {chr(65 + n)},071200000{n}\n" for n in range(1, 6))
    assert bring_in(service, text).added == 5
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
def test_names_are_not_doubled(service, cells, name):
    heads = ["Name", "First name", "Last name", "Phone"]
    bring_in(service, table(heads, {**cells, "Phone": "0712000001"}))
    said = the_only_one().name
    assert said == name or sorted(said.replace(",", "").split()) == ["Ann", "Otieno"]


def test_the_mobile_wins_wherever_it_stands(service):
    heads = ["Name", "Business Phone", "Home Phone", "Mobile Phone"]
    bring_in(
        service,
        table(
            heads,
            {"Name": "All", "Business Phone": "0202345678", "Home Phone": "0712000002",
             "Mobile Phone": "0712000001"},
            {"Name": "Home", "Business Phone": "0202345677", "Home Phone": "0712000003"},
            {"Name": "Fixed", "Business Phone": "0202345676"},
            {"Name": "Wrong", "Business Phone": "0712000004", "Mobile Phone": "n/a"},
        ),
    )  # fmt: skip
    found = {c.name: c for c in people.by_ids(people.ids(people.Filter()))}
    assert {n: c.number for n, c in found.items()} == {
        "All": ANN, "Home": "+254712000003", "Fixed": "+254202345676", "Wrong": "+254712000004",
    }  # fmt: skip
    assert "0202345678" in found["All"].notes
    assert "0712000002" in found["All"].notes


def test_an_unusable_number_does_not_spoil_the_row(service):
    bring_in(service, "Name,Phone,Mobile\nAnn,0712000001,12-unknown\nMoon,far away,\n")
    found = {c.name: c for c in people.by_ids(people.ids(people.Filter()))}
    assert found["Ann"].number == ANN
    assert "12-unknown" in found["Ann"].notes
    assert found["Moon"].number == ""
    assert "far away" in found["Moon"].notes


def test_an_update_keeps_what_somebody_wrote_beside_the_numbers_of_the_file(service):
    bring_in(service, "Name,Mobile,Notes\nAnn,0712000001,left-handed\n")
    again = "Name,Mobile,Home Phone\nAnn Otieno,0712000001,0202345678\n"
    for _ in range(2):
        kept = service.upload("file", again.encode(), "admin")
        plan = service.guess(service.sheet(imports.get(kept)))
        assert service.start(kept, replace(plan, update=True))
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


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


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
def test_the_mobile_of_a_card_wins(service, lines):
    bring_in(service, card(*lines))
    ann = people.by_number(ANN)
    assert ann is not None
    assert ann.name in ("Ann Otieno", "Dr. Ann Otieno")
    assert "2345678" in ann.notes.replace(" ", "").replace("-", "")


def test_escapes_and_groups_of_a_card(service):
    text = card(
        r"FN:Ann \"A\"\, Otieno", r"NOTE:one\ntwo\; three\\four\Nfive", "TEL:0712000001",
        r"CATEGORIES:Staff,Nurses\, night,myContacts", version="4.0",
    )  # fmt: skip
    bring_in(service, text)
    ann = the_only_one()
    assert ann.name == 'Ann "A", Otieno'
    assert ann.notes == "one\ntwo; three\\four\nfive"
    assert "Staff" in ann.groups
    assert "myContacts" not in ann.groups


def test_cards_of_groups_are_no_people(service):
    text = card("UID:1", "FN:Ann", "TEL:0712000001", version="4.0")
    text += card("KIND:group", "FN:Nurses", "MEMBER:urn:uuid:1", version="4.0")
    bring_in(service, text)
    assert names() == ["Ann"]
