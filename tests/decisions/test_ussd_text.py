"""USSD texts on the line: what modems want and what they give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.at.answers import cusd
from gateway.decisions.ussd_text import UssdForm, decode, encode, is_lost, pack, shows_form, unpack
from gateway.sms import gsm7


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        ("*100#", "AA180C3602"),
        ("*101#", "AA182C3602"),
        ("*111#", "AA582C3602"),
        ("*123#", "AA986C3602"),
        ("*100*1#", "AA180CA68A8D1A"),  # seven septets: a CR fills the spare bits
    ],
)
def test_requests_are_packed_as_sticks_want_them(text: str, packed: str) -> None:
    assert encode(text, UssdForm.PACKED) == packed


def test_other_forms_of_a_request() -> None:
    assert encode("*100#", UssdForm.PLAIN) == "*100#"
    assert encode("*100#", UssdForm.UCS2) == "002A0031003000300023"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('+CUSD: 0,"EBB79B1E0685E9ECF4BADE9E03",15', "konta atlikums"),
        ("+CUSD: 0,EBB79B1E0685E9ECF4BADE9E03,15", "konta atlikums"),
        ("+CUSD: 0,EBB79B1E0685E9ECF4BADE9E03", "konta atlikums"),
        ('+CUSD: 0,"EBB79B1E0685E9ECF4BADE9E03"', "konta atlikums"),
        (
            '+CUSD: 1,"Kontostand: 3.00 EUR Bitte w{hlen"',
            "Kontostand: 3.00 EUR Bitte wählen",
        ),
        ('+CUSD: 2,"Maaf...",0', "Maaf..."),
        (
            '+CUSD: 0,"00590065006E0069002000420061006B0069007900650020003500200054004C",15',
            "Yeni Bakiye 5 TL",
        ),
        ('+CUSD: 0,"041204300448002004310430043B",72', "Ваш бал"),
        ('+CUSD: 0,"041204300448002004310430043B",15', "Ваш бал"),
        ('+CUSD: 0,"Dell: 5.00\nEUR",15', "Dell: 5.00\nEUR"),
        ('+CUSD: 0,"1234",15', "1234"),
        ('+CUSD: 0,"1234"', "1234"),
        ('+CUSD: 0,"0031003200330034FFFFFFFF",17', "1234"),
        ('+CUSD: 0,"00530061006C0064006F00200035FFFF0000",17', "Saldo 5"),
        ('+CUSD: 0,"327700530061006C0064006F",17', "Saldo"),
        ('+CUSD: 0,"53616C646F2035",68', "Saldo 5"),
        ('+CUSD: 0,"CAFE",15', "CAFE"),
        ('+CUSD: 0,"53616C646F2035",15', "Saldo 5"),
        ('+CUSD: 0,"Bal:$100.00 *",15', "Bal:$100.00 *"),
        ('+CUSD: 0,"mail a_b@c.de",15', "mail a_b@c.de"),
        ('+CUSD: 0,"Saldo 5 \xc3\xa9",15', "Saldo 5 é"),
        ('+CUSD: 0,"Saldo 5 \xe9",15', "Saldo 5 é"),
        ('+CUSD: 0,"\x1be 5",15', "€ 5"),
        ('+CUSD: 0,"info\x00shop.example \x01 5",15', "info@shop.example £ 5"),
        ('+CUSD: 0,"Saldo 5\x00\x00\x00",15', "Saldo 5"),
        ('+CUSD: 0,"\xe9\x00a",15', "é@a"),
    ],
)
def test_answers_are_read_whatever_the_coding_scheme_says(line: str, text: str) -> None:
    fields = cusd(line)
    assert fields is not None
    assert decode(fields.text, fields.dcs) == text


@pytest.mark.parametrize(
    ("raw", "dcs", "lost"),
    [
        ("?????? 5.00 ???.", 15, True),
        ("??: 5.00", 72, True),
        ("Balance 5.00 EUR. Continue?", 15, False),
        ("Really??? 5.00 EUR for this bundle of everything", 15, False),
        ("003F003F003F003F", 72, False),
        ("", None, False),
    ],
)
def test_question_marks_in_place_of_letters_are_noticed(raw, dcs, lost) -> None:
    assert is_lost(raw, dcs) is lost


def test_what_was_asked_in_ucs2_is_read_so_whatever_scripts_are_mixed() -> None:
    text = "Баланс № 1: 5 €, Δ"
    assert decode(text.encode("utf-16-be").hex(), 15, form=UssdForm.WIDE) == text


def test_a_stick_that_was_asked_packed_is_read_packed() -> None:
    assert decode("31D98C06", 15, form=UssdForm.PACKED) == "1234"
    assert decode("31D98C5603", 15, form=UssdForm.PACKED).startswith("1234")


def test_language_in_front_of_packed_text_is_left_out() -> None:
    raw = pack(b"en\rBalance").hex()
    assert decode(raw, 16) == "Balance"


@given(st.text(st.sampled_from("".join(c for c in gsm7.MAIN if c.isalnum())), min_size=1))
def test_what_is_packed_is_unpacked(text: str) -> None:
    septets = b"".join(gsm7.tokens(text) or [])
    assert unpack(pack(septets)) == septets


SENTENCES = st.lists(
    st.sampled_from(["Your", "balance", "is", "EUR", "valid", "until", "saldo", "5.00", "12,30"]),
    min_size=3,
).map(" ".join)


@given(SENTENCES.filter(lambda t: len(t) <= 180))
def test_a_sentence_is_read_in_every_form_without_a_hint(text: str) -> None:
    for form in (UssdForm.PLAIN, UssdForm.PACKED, UssdForm.UCS2):
        assert decode(encode(text, form), None) == text
        assert decode(encode(text, form), 15) == text


@given(st.text(st.characters(max_codepoint=255)), st.none() | st.integers(0, 255))
def test_reading_never_raises(raw: str, dcs: int | None) -> None:
    for form in (None, *UssdForm):
        decode(raw, dcs, form=form)


@given(st.binary(max_size=60), st.none() | st.integers(0, 255))
def test_reading_octets_never_raises(octets: bytes, dcs: int | None) -> None:
    decode(octets.hex(), dcs)


def test_only_hexadecimal_answers_prove_a_hexadecimal_form() -> None:
    assert shows_form("EBB79B1E", UssdForm.PACKED)
    assert not shows_form("Unknown code", UssdForm.PACKED)
    assert not shows_form("EBB79B1E", UssdForm.UCS2)
    assert shows_form("0035002E0030", UssdForm.UCS2)
    assert shows_form("anything", UssdForm.PLAIN)
