"""What comes in is kept as text that can be shown: no control characters, right octet order."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sms import Dcs, UserData, join_text, ucs2, visible
from gateway.sms.header import Element
from gateway.sms.octets import charset

DATA = Dcs(0x04)


def joined(*payloads: bytes, dcs: Dcs = DATA, header: tuple[Element, ...] = ()) -> str:
    parts = {n: (UserData(header, p), dcs) for n, p in enumerate(payloads, 1)}
    return join_text(parts, len(payloads)).text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc\x0cd\u2028e\x85f", "a\nb\nc\nd\ne\nf"),
        ("STOP\0\0", "STOP"),
        ("STOP\uffff", "STOP"),
        ("\ufeffhello", "hello"),
        ("a\0b\x1b[31mc\x7f\x9b", "a\ufffdb\ufffd[31mc\ufffd\ufffd"),
        ("half \ud83d", "half \ufffd"),
        ("👍🏽 \u200f\u0627", "👍🏽 \u200f\u0627"),
    ],
)
def test_what_nobody_can_see_is_replaced_and_line_ends_are_one(text, shown):
    assert visible(text) == shown


@given(st.text(st.characters(categories=("Cc", "Cs", "Lu", "Nd", "Zl", "Zp", "Cf", "Cn"))))
def test_no_control_character_is_left(text):
    found = visible(text)
    assert all(
        c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in found
    )
    assert visible(found) == found


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ufeff\ufffe")))
def test_a_byte_order_mark_is_obeyed(text):
    assert ucs2.decode(b"\xff\xfe" + text.encode("utf-16-le")) == text
    assert ucs2.decode(b"\xfe\xff" + text.encode("utf-16-be")) == text


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=3))
def test_ascii_in_the_other_order_is_read_without_a_mark_too(text):
    assert ucs2.decode(text.encode("utf-16-le")) == text
    assert ucs2.decode(text.encode("utf-16-be")) == text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_ideographs_stay_what_they_are(text):
    if all(ord(c) % 256 == 0 for c in text):
        return
    assert ucs2.decode(text.encode("utf-16-be")) == text


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16-be", "utf-16-le", "utf-16"])
@pytest.mark.parametrize("text", ["STOP", "Pump 3 has stopped.\r\nCome!", "Überdruck in Gerät ß"])
def test_readable_data_without_ports_is_text(text, codec):
    assert joined(text.encode(codec)) == text
    assert joined(text.encode(codec) + b"\0\0") == text


def test_a_letter_may_lie_in_two_parts():
    whole = "Grüße an alle".encode()
    assert joined(whole[:3], whole[3:]) == "Grüße an alle"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\x01\x02\x03",
        bytes(range(256)),
        b"\x89PNG\r\n\x1a\n",
        b"\x06\x05\x04\x0b\x84\x23\xf0",
        b"\xff\xd8\xff\xe0JFIF",
        b"temp\x01\x02",
        b"\xb0\xb1\xb2ab",
        b"\0\x01\0\x02",
        b"MMS \x8c\x82\x98 http://mms.example/a",
    ],
)
def test_what_does_not_read_as_text_stays_data(data):
    assert charset(data) == ""
    assert joined(data) == ""


@pytest.mark.parametrize("dcs", [Dcs(0x16), Dcs(0xF6), Dcs(0x24)])  # for the SIM; compressed
def test_data_for_the_sim_and_what_is_compressed_stay_data(dcs):
    assert joined(b"STOP", dcs=dcs) == ""


def test_data_for_a_port_stays_data():
    assert joined(b"STOP", header=(Element(5, bytes((0x23, 0xF0, 0, 0))),)) == ""


@given(st.binary(max_size=140))
def test_reading_octets_never_raises(data):
    codec = charset(data)
    if codec:
        assert visible(data.decode(codec)).strip("\0") == visible(data.decode(codec))
