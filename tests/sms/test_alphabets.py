"""The default alphabet, the national languages, Unicode; packing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import sms
from gateway.sms import gsm7, national, septets, ucs2

# Where a shared Indic layout is left for letters of one script only.
OWN_LETTERS = (0x60, *range(0x7B, 0x80))
SCRIPTS = dict(
    zip(range(4, 13), (0x980, 0xA80, 0x900, 0xC80, 0xD00, 0xB00, 0xA00, 0xB80, 0xC00), strict=True)
)

some_septets = st.binary(max_size=200).map(lambda octets: bytes(o & 0x7F for o in octets))


def test_the_default_alphabet_stands_where_the_standard_puts_it() -> None:
    expected = {
        0x00: "@", 0x02: "$", 0x09: "Ç", 0x0A: "\n", 0x0B: "Ø", 0x10: "Δ", 0x11: "_", 0x13: "Γ",
        0x1C: "Æ", 0x1F: "É", 0x24: "¤", 0x40: "¡", 0x5B: "Ä", 0x5C: "Ö", 0x5D: "Ñ", 0x5E: "Ü",
        0x5F: "§", 0x60: "¿", 0x7B: "ä", 0x7C: "ö", 0x7D: "ñ", 0x7E: "ü", 0x7F: "à",
    }  # fmt: skip
    assert {place: gsm7.MAIN[place] for place in expected} == expected
    for plain in "abcxyzABCXYZ0189 !\"#%&'()*+,-./:;<=>?":
        assert gsm7.MAIN[ord(plain)] == plain
    assert len(set(gsm7.MAIN)) == 128


@pytest.mark.parametrize("char", ["ç", "`", "á", "\t", "–", "ş", "\xa0", "\u20ab"])
def test_what_looks_like_gsm_and_is_not_makes_the_text_unicode(char: str) -> None:
    assert gsm7.tokens(char) is None


@pytest.mark.parametrize("char", "^{}\\[~]|€\f")
def test_an_extension_character_takes_two_septets(char: str) -> None:
    (coded,) = gsm7.tokens(char) or ()
    assert coded[0] == gsm7.ESCAPE
    assert gsm7.decode(coded) == char


@given(some_septets, st.integers(0, 6))
def test_septets_come_out_of_octets_as_they_went_in(values: bytes, fill: int) -> None:
    packed = septets.pack(values, fill)
    assert septets.unpack(packed, len(values), fill) == values
    if values:
        assert len(packed) == (len(values) * 7 + fill + 7) // 8


def test_the_example_that_every_phone_maker_knows_is_packed_as_always() -> None:
    assert septets.pack(b"hellohello").hex() == "e8329bfd4697d9ec37"


def test_a_value_above_127_is_no_septet() -> None:
    with pytest.raises(sms.EncodeError):
        septets.pack(b"\x80")


@given(some_septets, st.integers(0, 20), st.integers(0, 20))
def test_any_septets_in_any_languages_are_some_text(values: bytes, lock: int, single: int) -> None:
    text = gsm7.decode(values, lock, single)
    assert len(text) <= len(values)
    assert "\x1b" not in text


def test_every_language_has_its_tables_and_spanish_no_locking_one() -> None:
    assert len(national.LANGUAGES) == 13
    for language in national.LANGUAGES:
        locking = national.locking(language)
        single = national.single_shift(language)
        assert single is not None
        assert gsm7.ESCAPE not in single
        assert (locking is None) == (language == 2)
        if locking is not None:
            assert len(locking) == 128
            assert locking[gsm7.ESCAPE] == "\x1b"
            assert locking[0x0A] == "\n"
            assert locking[0x0D] == "\r"
            assert locking[0x30:0x3A] == "0123456789"
    assert national.locking(14) is None
    assert national.single_shift(0) is None


def test_every_single_shift_keeps_the_usual_extension_where_it_was() -> None:
    for language in national.LANGUAGES:
        single = national.single_shift(language) or {}
        kept = {place: char for place, char in gsm7.EXTENSION.items() if char != "\f"}
        assert {place: single.get(place) for place in kept} == kept
        assert single[0x0A] == "\f"


def test_the_nine_indic_languages_share_one_layout() -> None:
    """Unicode gave their scripts parallel blocks, and the standard used that."""
    for place in range(128):
        if place in OWN_LETTERS:
            continue
        offsets = set()
        for language, block in SCRIPTS.items():
            char = (national.locking(language) or "")[place]
            if ord(char) >= 0x900:
                offsets.add(ord(char) - block)
            else:
                assert char in (" ", chr(place), ")", "(", "\x1b"), (language, hex(place))
        assert len(offsets) <= 1, hex(place)


def test_indic_digits_stand_behind_the_escape_in_one_place() -> None:
    for language, block in SCRIPTS.items():
        single = national.single_shift(language) or {}
        start = 0x1C if language != 4 else 0x19
        places = [place for place in range(start, 0x30) if place != gsm7.ESCAPE][:10]
        assert [single[place] for place in places] == [chr(block + 0x66 + n) for n in range(10)]


@pytest.mark.parametrize(
    ("language", "codes", "points"),
    [
        (1, "0407", "20AC 0131"),
        (3, "1517407F", "221E 005C 00CD 00E0"),
        (4, "607B7C7D7E7F", "09CE 09D7 09DC 09DD 09F0 09F1"),
        (5, "607B7C7D7E7F", "0AD0 0AE0 0AE1 0AE2 0AE3 0AF1"),
        (6, "607B7C7D7E7F", "0950 0972 097B 097C 097E 097F"),
        (7, "607B7C7D7E7F", "0CD5 0CD6 0CE0 0CE1 0CE2 0CE3"),
        (8, "607B7C7D7E7F", "0D57 0D60 0D61 0D62 0D63 0D79"),
        (9, "607B7C7D7E7F", "0B56 0B57 0B60 0B61 0B62 0B63"),
        (10, "607B7C7D7E7F", "0A51 0A70 0A71 0A72 0A73 0A74"),
        (11, "607B7C7D7E7F", "0BD0 0BD7 0BF0 0BF1 0BF2 0BF9"),
        (12, "607B7C7D7E7F", "0C55 0C56 0C60 0C61 0C62 0C63"),
        (13, "0001022627535B", "0627 0622 0628 0691 0693 0648 06D2"),
    ],
)
def test_letters_of_one_language_only(language: int, codes: str, points: str) -> None:
    assert gsm7.decode(bytes.fromhex(codes), language) == letters(points)


@pytest.mark.parametrize(
    ("language", "codes", "points"),
    [
        (1, "47495363676973", "011E 0130 015E 00E7 011F 0131 015F"),
        (2, "0941494F55616F", "00E7 00C1 00CD 00D3 00DA 00E1 00F3"),
        (3, "05090B0E1F415B", "00EA 00E7 00D4 00C1 00CA 00C0 00C3"),
        (3, "5C617B7C7F1216", "00D5 00C2 00E3 00F5 00E2 03A6 03A0"),
        (4, "242A2B34", "09DF 09E3 09F2 09FA"),
        (6, "191A26273A", "0964 0965 0951 0952 0971"),
        (7, "26272A", "0CDE 0CF1 0CF2"),
        (8, "2E34", "0D7A 0D7F"),
        (9, "26272A2C", "0B5C 0B5D 0B5F 0B71"),
        (10, "26272C2D", "0A59 0A5A 0A5E 0A75"),
        (11, "26272E", "0BF3 0BF4 0BFA"),
        (12, "26272A32", "0C58 0C59 0C78 0C7F"),
        (13, "191A1C253F", "0600 0601 06F0 06F9 06D4"),
    ],
)
def test_letters_behind_the_escape(language: int, codes: str, points: str) -> None:
    coded = b"".join(bytes((gsm7.ESCAPE, code)) for code in bytes.fromhex(codes))
    assert gsm7.decode(coded, 0, language) == letters(points)


def letters(points: str) -> str:
    """Code points, not letters: editors compose and decompose some of them."""
    return "".join(chr(int(point, 16)) for point in points.split())


def test_half_a_surrogate_pair_is_no_crash() -> None:
    assert ucs2.decode(b"\xd8\x3d") == "\ufffd"
    assert ucs2.decode(b"\xde\x00\x00a") == "\ufffda"
    assert ucs2.encode("\ud83d") == b"\xd8\x3d"
    assert ucs2.decode(b"\x04") == ""
