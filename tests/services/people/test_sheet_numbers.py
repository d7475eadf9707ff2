"""Phone numbers in files for spreadsheets: they stay text, and come back as the same numbers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.people import sheets
from gateway.services.people.numbers import normalise
from gateway.services.people.text_files import TextFile

LIKE_A_NUMBER = re.compile(r"[+-]?\d+([.,]\d*)?")  # what a spreadsheet makes one of


def through_a_file(cell: str) -> tuple[str, str]:
    """What stands in the file, and what is read from it."""
    text = sheets.write([(cell, "x")])
    (row,) = sheets.rows(TextFile.of(text))
    return text.partition(",")[0].strip('"'), row.cells[0]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+254712345678", "+254 712 345678"),
        ("+447700900123", "+44 7700 900123"),
        ("+345906000012345", "+34 5906000012345"),
        ("+99912345678901", "+999 12345678901"),
        ("22333", "22333"),
        ("BANK", "BANK"),
        ("", ""),
    ],
)
def test_a_number_is_written_as_text(number, written):
    assert through_a_file(sheets.phone(number))[0] == written


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_no_spreadsheet_makes_a_sum_of_it_and_it_comes_back(number):
    written, read = through_a_file(sheets.phone(number))
    assert not LIKE_A_NUMBER.fullmatch(written)
    assert not written.startswith("'")
    assert normalise(read, "KE") == number


@pytest.mark.parametrize("cell", ["+1-2", "+1+2", "-2", "+1 2*3", "=+1 2"])
def test_what_could_be_a_sum_is_none(cell):
    written, read = through_a_file(cell)
    assert written == f"'{cell}"
    assert read == cell


@pytest.mark.parametrize("number", ["+12025550123", "+41446681800", "+551155256325"])
def test_numbers_with_hyphens_are_no_sums(number):
    written, read = through_a_file(sheets.phone(number))
    assert written == sheets.phone(number)
    assert normalise(read, "KE") == number
