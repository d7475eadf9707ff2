"""Files as real programs write them (their headings and quirks, nobody's data) -> who goes in."""

from __future__ import annotations

import pytest

from gateway.store.people import groups, people
from tests.services.people.files_world import ANN, bring_in, names, table, the_only_one

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


def test_outlook_with_all_its_92_columns(importing):
    assert len(OUTLOOK) == 92
    row = {
        "Title": "Dr.", "First Name": "Ann", "Middle Name": "Akinyi", "Last Name": "Otieno",
        "Business Street": "Moi Avenue 1\r\nBuilding B", "Business Phone": "020 2345678",
        "Business Fax": "020 2345679", "Mobile Phone": "0712 000 001", "Categories": "Staff;Nurses",
        "E-mail Display Name": "Ann (ann@example.org)", "Government ID Number": "12345678",
        "Birthday": "0/0/00", "Account": "712000009", "Notes": "first line\r\nsecond line",
        "Priority": "Normal", "Private": "False", "Sensitivity": "Normal",
    }  # fmt: skip
    done = bring_in(importing, table(OUTLOOK, row, quote=True))
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
def test_headings_in_other_languages(importing, heads, encoding):
    text = f"{heads}\r\nAnn;Otieno;020 2345678;;0712000001;020 2345679;Staff;hello\r\n"
    bring_in(importing, text.encode(encoding))
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


def test_google_as_it_was(importing):
    row = {
        "Name": "Ann Otieno", "Given Name": "Ann", "Family Name": "Otieno",
        "Group Membership": "Family ::: Nurses ::: * myContacts", "Phone 1 - Type": "Work",
        "Phone 1 - Value": "020 2345678", "Phone 2 - Type": "Mobile",
        "Phone 2 - Value": "0712 000001 ::: 0712 000002",
    }  # fmt: skip
    bring_in(importing, table(GOOGLE_OLD, row).encode("utf-16"))
    ann = the_only_one()
    assert (ann.name, ann.number, ann.groups) == ("Ann Otieno", ANN, ("Family", "Nurses"))
    assert "020 2345678" in ann.notes
    assert "0712 000002" in ann.notes


def test_google_as_it_is(importing):
    row = {
        "First Name": "Ann", "Last Name": "Otieno", "Labels": "Nurses ::: * myContacts",
        "Phone 1 - Label": "Home", "Phone 1 - Value": "0712000002", "Phone 2 - Label": "Mobile",
        "Phone 2 - Value": "0712000001", "Organization Name": "Clinic",
    }  # fmt: skip
    bring_in(importing, table(GOOGLE_NEW, row))
    ann = the_only_one()
    assert (ann.name, ann.number, ann.groups) == ("Ann Otieno", ANN, ("Nurses",))
    assert "0712000002" in ann.notes
    assert groups.fields() == []


def test_thunderbird(importing):
    text = (
        "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,"
        "Work Phone,Home Phone,Fax Number,Pager Number,Mobile Number,Home Address\n"
        "Ann,Otieno,Ann Otieno,annie,ann@example.org,,,0202345678,,0202345679,0712000009,"
        "0712000001,1 Road\n"
    )
    bring_in(importing, text)
    ann = the_only_one()
    assert (ann.name, ann.number) == ("Ann Otieno", ANN)


# other gateways ---------------------------------------------------------------------------------


def test_frontlinesms2(importing):
    text = (
        '"Name","Mobile Number","Email","Group(s)","Notes"\n'
        '"Ann","+254712000001","ann@example.org","Farmers\\\\Youth","said ""hi"", twice"\n'
        '"Bob","0712000002","","",""\n'
    )
    assert bring_in(importing, text).added == 2
    ann = people.by_number(ANN)
    assert (ann.groups, ann.notes) == (("Farmers", "Youth"), 'said "hi", twice')
    assert groups.fields() == []


def test_frontlinesms_of_the_first_version(importing):
    text = (
        '"Name","Mobile Number","Other Mobile Number","E-mail Address","Current Status","Notes",'
        '"Group(s)"\n"Ann","+254712000001","+254712000002","","active","","Farmers\\\\Youth"\n'
    )
    bring_in(importing, text)
    ann = the_only_one()
    assert (ann.number, ann.groups) == (ANN, ("Farmers", "Youth"))
    assert "254712000002" in ann.notes.replace(" ", "")


def test_rapidpro(importing):
    text = (
        "Contact UUID,Name,Language,Status,Created On,Last Seen On,URN:Tel,URN:Telegram,Field:Age,"
        "Group:Testers\n"
        "4a4b1c2e-0000-4000-8000-000000000001,Ann,eng,active,2024-01-02 10:00:00,,"
        "254712000001,,33,true\n"
    )
    bring_in(importing, text)
    ann = the_only_one()
    assert (ann.name, ann.number) == ("Ann", ANN)
    assert groups.fields() == []


def test_kalkun_and_phones_write_little(importing):
    assert bring_in(importing, '"Name","Number"\n"Ann","+254712000001"\n').added == 1
    assert bring_in(importing, '"1","Bob","+254712000002"\n"2","Cy","+254712000003"\n').added == 2
    assert names() == ["Ann", "Bob", "Cy"]
