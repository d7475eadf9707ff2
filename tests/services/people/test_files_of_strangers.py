"""Files of people that say something else than they seem to: no wrong number, nothing endless."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gateway.services.people import columns, import_rows, row_numbers, vcard
from gateway.services.people.import_rows import ImportableRow, ImportPlan, RowChecker
from gateway.services.people.text_files import TextFile
from tests.services.people.files_world import ANN, card


@pytest.fixture(autouse=True)
def _store(store: Path) -> None:
    """Numbers are compared with those that wrote."""


def look(content: str) -> list[ImportableRow]:
    sheet = import_rows.read(content.encode(), "KE")
    plan = ImportPlan(columns.guess(sheet, "KE"))
    return RowChecker(plan, sheet.header, "KE").look(sheet.rows).good


# cells ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["712,000,003", "254,712,000,001", "1,000", "712;000;003", "0712 000 001, 45"]
)
def test_pieces_of_a_number_are_no_numbers(cell):
    """Groups of thousands are not a list: 712 would be a service that costs."""
    (one,) = look(f'Name,Phone\nBob,0712000009\nAnn,"{cell}"\n')[1:]
    assert one.contact.number in ("", ANN, "+254712000003")
    assert one.contact.number or cell in one.contact.notes, "nothing is dropped in silence"


@pytest.mark.parametrize(
    "cell",
    [
        "0712000001/0712000002", "0712 000 001 / 0712 000 002", "0712000001 & 0712000002",
        "0712000001 or 0712000002", "0712000001\n0712000002", "0712000001; 0712000002",
        "0712000001, 0712000002", "0712000001 ::: 0712000002",
    ],
)  # fmt: skip
def test_two_numbers_in_a_cell_are_two(cell):
    (one,) = look(f'Name,Phone\nAnn,"{cell}"\n')
    assert one.contact.number == ANN
    assert "Other numbers: 0712" in one.contact.notes


@pytest.mark.parametrize("head", ["Fax", "Pager", "Home Fax", "Assistant's Phone", "Telex"])
def test_what_gets_no_sms_is_not_the_number_because_it_looks_like_one(head):
    (one,) = look(f"Full name,Phone,{head}\nAnn,,0712000001\n")
    assert one.contact.number == ""


@pytest.mark.parametrize(
    ("heads", "cells", "name"),
    [
        ("Surname,Other Names", "Otieno,Ann Mary", "Ann Mary Otieno"),
        ("Prénom(s),Nom(s)", "Ann,Diop", "Ann Diop"),
        ("Nombre(s),Apellido(s)", "Ana,López", "Ana López"),
        ("Nombre,Apellido paterno,Apellido materno", "Ana,López,García", "Ana López García"),
        ("Nombre,Primer apellido,Segundo apellido", "Ana,López,López", "Ana López López"),
        ("Voornaam,Tussenvoegsel,Achternaam", "Jan,van der,Berg", "Jan van der Berg"),
        ("Meno,Priezvisko", "Ján,Novák", "Ján Novák"),
        ("Jméno,Příjmení", "Jan,Novák", "Jan Novák"),
    ],
)
def test_every_part_of_a_name_goes_in(heads, cells, name):
    (one,) = look(f"{heads},Mobile\n{cells},0712000001\n")
    assert one.contact.name == name


def test_a_column_that_is_empty_for_long_is_no_empty_column():
    heads = "Full name,Name,Mobile Phone,Home Phone,Notes,Phone 2 - Type,Phone 2 - Value,Company\n"
    many = "".join(f"P{i},,07120{i:05d},,,,,\n" for i in range(300))
    sheet = import_rows.read((heads + many).encode(), "KE")
    assert columns.guess(sheet, "KE") == (
        "name", "", "mobile", "other", "notes", "kind", "number", "",
    )  # fmt: skip


@pytest.mark.parametrize("between", [" " * 130_000, "; " * 40_000, "\u00a0 " * 60_000])
def test_a_cell_of_nothing_is_read_in_no_time(between):
    began = time.process_time()
    row_numbers.several(f"0712000001{between}x", "KE")
    assert time.process_time() - began < 1


def test_a_cell_of_numbers_gives_as_many_as_a_person_has():
    began = time.process_time()
    typed = row_numbers.labelled("0712000001;" * 11_000, "", "number", "", "KE")
    row_numbers.choose(typed, "KE")
    assert time.process_time() - began < 1


# cards ------------------------------------------------------------------------------------------


def test_the_order_of_preference_counts_among_mobiles():
    (one,) = look(
        card("FN:Ann", "TEL;TYPE=CELL;PREF=2:0712000002", "TEL;TYPE=CELL;PREF=1:0712000001",
             "TEL;TYPE=CELL:0712000003", version="4.0")
    )  # fmt: skip
    assert one.contact.number == ANN


@pytest.mark.parametrize(
    ("version", "folded", "name"),
    [
        ("2.1", "FN:Ann\r\n Otieno", "Ann Otieno"),  # versit 2.1.3: the blank belongs to it
        ("3.0", "FN:Ann O\r\n tieno", "Ann Otieno"),
        ("4.0", "FN:Ann \r\n Otieno", "Ann Otieno"),
        ("2.1", "FN;ENCODING=QUOTED-PRINTABLE:Ann O=\r\n tieno", "Ann Otieno"),
        ("2.1", "FN;ENCODING=QUOTED-PRINTABLE:Ann=20=\r\n\tOtieno", "Ann Otieno"),
    ],
)
def test_a_folded_name_is_whole(version, folded, name):
    (one,) = look(card(folded, "TEL;CELL:0712000001", version=version))
    assert one.contact.name == name


@pytest.mark.parametrize(
    "name",
    ["FN;ENCODING=b;CHARSET=UTF-8:w4FubiBPdGllbm8=", "FN;ENCODING=BASE64:w4FubiBPdGllbm8="],
)
def test_a_name_in_base64_is_read(name):
    (one,) = look(card(name, "TEL;CELL:0712000001"))
    assert one.contact.name == "Ánn Otieno"


def test_a_person_in_no_end_of_groups_is_read_in_no_time():
    groups = "".join(
        f"BEGIN:VCARD\nKIND:group\nFN:G{i}\nMEMBER:1\nEND:VCARD\n" for i in range(3000)
    )
    people = "BEGIN:VCARD\nVERSION:4.0\nUID:1\nFN:A\nEND:VCARD\n" * 10
    (first, *_) = vcard.cards(TextFile.of(groups + people))
    assert len(first.groups) <= vcard.MOST
