"""What a number is written with: nothing that changes it is dropped, nothing else counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.people import digits as writing
from gateway.services.people.digits import WrittenNumber, written_number
from gateway.services.people.numbers import BadNumber, beginning, normalise, service_centre

NUMBER = "254712345678"


@pytest.mark.parametrize(
    "typed",
    [
        "254712345678.0",
        "254712345678,0",  # a spreadsheet of a country with decimal commas
        "254712345678.00",
        "'254712345678",
        "=+254712345678",
        '="254712345678"',
        '"254712345678"',
        "tel:+254-712-345-678",
        "TEL:+254712345678",
        "sms:+254712345678",
        "+254 (0)712 345678",
        "(+254) 712.345.678",
        "+254 712/345678",
        "+254\u00a0712\u202f345\u2009678",  # blanks that do not break
        "254712\u00ad345678",  # soft hyphen
        "\u200e+254712345678\u200f",
        "\u2068+254 712 345 678\u2069",
        "\ufeff254712345678",
        "+254\u2011712\u2013345\u2212678",
        "２５４７１２３４５６７８",
        "＋２５４（０）７１２３４５６７８",
        "٢٥٤٧١٢٣٤٥٦٧٨",
        "۲۵۴۷۱۲۳۴۵۶۷۸",
        "  254712345678\t",
    ],
)
def test_one_number_however_it_is_written(typed):
    assert normalise(typed, "KE") == f"+{NUMBER}"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("254712345678.5", writing.DECIMAL),
        ("2.54712E+11", writing.SHORTENED),
        ("2,54712e11", writing.SHORTENED),
        ("0712345678x12", writing.EXTENSION),
        ("0712345678 ext. 12", writing.EXTENSION),
        ("0712345678;ext=12", writing.EXTENSION),
        ("tel:+254712345678;ext=12", writing.EXTENSION),
        ("0712345678#12", writing.EXTENSION),
        ("0712345678 / 0713345678", writing.TWO),
        ("0712345678/9", writing.TWO),
        ("0712345678 0713345678", writing.TWO),
        ("2026-11-27", writing.DATE),
        ("27.11.2026", writing.DATE),
        ("0712345678.", writing.NO_NUMBER),
        ("-712345678", writing.NO_NUMBER),
        ("12.5", writing.NO_NUMBER),
        ("1/2", writing.NO_NUMBER),
        ("192.168.1.10", writing.NO_NUMBER),
        ("0712345678, 0713345678", writing.NO_NUMBER),
        ("0712345678\n0713345678", writing.NO_NUMBER),
        ("0712345678 & 9", writing.NO_NUMBER),
        ("254'712'345'678", writing.NO_NUMBER),
        ("0712²345678", writing.NO_NUMBER),
        ("(0712345678", writing.NO_NUMBER),
        ("+254+712345678", writing.NO_NUMBER),
        ("1-800-FLOWERS", writing.NO_NUMBER),
        ("0712\x00345678", writing.NO_NUMBER),
        ("0" * 100, writing.TOO_LONG),
    ],
)
@pytest.mark.parametrize("country", ["KE", "DE", "DK", "US"])
def test_what_would_become_another_number_is_refused_and_said(typed, why, country):
    refused = normalise(typed, country)
    assert isinstance(refused, BadNumber)
    assert refused.why == why


SEPARATORS = st.sampled_from(["", " ", "-", ".", " - ", "\u00a0", "\u2011", "\u00ad", "\u200b"])
GROUPS = st.lists(st.text("123456789", min_size=2, max_size=4), min_size=2, max_size=5)


@given(groups=GROUPS, between=st.lists(SEPARATORS, min_size=4, max_size=4), plus=st.booleans())
def test_what_stands_between_groups_changes_no_digit(groups, between, plus):
    typed = ("+" if plus else "") + groups[0]
    typed += "".join(a + b for a, b in zip(between, groups[1:], strict=False))
    found = written_number(typed)
    if isinstance(found, WrittenNumber):
        assert found.digits == ("+" if plus else "") + "".join(groups)
    else:
        assert found in (writing.DATE, writing.DECIMAL)


@given(st.text("0123456789+-./() ,;x'\"=*#eE\u00ad\u200e٣２", max_size=24))
def test_every_digit_counts_or_is_the_zero_of_a_decimal_or_of_a_bracket(typed):
    found = written_number(typed)
    if isinstance(found, str):
        return
    every = "".join(c for c in map(writing._plain, typed) if c.isdigit())
    bare = re.sub("[^0-9]", "", found.digits)
    assert every == bare or (every.startswith(bare) and not every[len(bare) :].strip("0"))
    if found.without_zero:
        assert len(found.without_zero) < len(found.digits)


@given(st.text(max_size=90))
def test_no_text_makes_it_stumble(typed):
    assert isinstance(normalise(typed, "KE"), str | BadNumber)
    assert isinstance(beginning(typed, "KE"), str | BadNumber)
    assert isinstance(service_centre(typed), str)


@pytest.mark.parametrize(
    ("typed", "country", "begins"),
    [
        ("000 44", "KE", "+44"),
        ("0044", "KE", "+44"),
        ("011 44", "US", "+44"),
        ("8 10 44", "RU", "+44"),
        ("0011 44", "AU", "+44"),
        ("07\u00ad12", "KE", "+254712"),
        ("*1", "KE", "*1"),
    ],
)
def test_beginnings_of_routing_rules_are_read_as_numbers_are(typed, country, begins):
    assert beginning(typed, country) == begins


@pytest.mark.parametrize("typed", ["+044", "00", "000", "07x", "12.5", "+", ""])
def test_what_no_number_begins_with_is_refused(typed):
    assert isinstance(beginning(typed, "KE"), BadNumber)


def test_a_service_centre_is_read_as_numbers_are():
    assert service_centre("+49 (0)171-0760000") == "+491710760000"
    for typed in ("0171 0760000", "+0491710760000", "+491710760000.5", "+49171x0760000", ""):
        assert service_centre(typed) == ""
