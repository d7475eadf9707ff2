"""How a text is cut, counted and put together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import sms
from gateway.sms import breaks
from gateway.sms.header import Element
from tests.sms import strategies

FAMILY = "👨\u200d👩\u200d👧"  # eight UTF-16 units, one emoji
GERMANY = "🇩🇪"


def payloads(text: str, **options: int) -> list[bytes]:
    return [part.payload for part in sms.segment(text, reference=1, **options)[0]]


def texts(text: str, **options: int) -> list[str]:
    parts, dcs = sms.segment(text, reference=1, **options)
    return [part.text(dcs) for part in parts]


@pytest.mark.parametrize(
    ("text", "bits", "single_shift", "sizes"),
    [
        ("", 8, None, [0]),
        ("a" * 160, 8, None, [160]),
        ("a" * 161, 8, None, [153, 8]),
        ("a" * 161, 16, None, [152, 9]),
        ("ж" * 70, 8, None, [140]),
        ("ж" * 71, 8, None, [134, 8]),
        ("ж" * 71, 16, None, [132, 10]),
        ("ğ" + "a" * 153, 8, 1, [155]),  # Unicode would take three
        ("ğ" + "a" * 154, 8, 1, [149, 7]),
        ("ğ" + "a" * 154, 16, 1, [148, 8]),
    ],
)
def test_a_part_holds_what_the_standard_leaves_room_for(
    text: str, bits: int, single_shift: int | None, sizes: list[int]
) -> None:
    parts, _ = sms.segment(text, reference=1, reference_bits=bits, single_shift=single_shift)
    assert [len(part.payload) for part in parts] == sizes


def test_a_message_of_one_part_has_no_header_and_a_series_counts_from_one() -> None:
    ((single,), _) = sms.segment("short", reference=5)
    assert single.header == ()
    parts, _ = sms.segment("x" * 400, reference=65535, reference_bits=16)
    assert [part.concat for part in parts] == [sms.Concat(16, 65535, 3, n) for n in (1, 2, 3)]


def test_an_escape_is_never_parted_from_its_character() -> None:
    assert [len(one) for one in payloads("a" * 152 + "€" + "a" * 20)] == [152, 22]


def test_the_halves_of_a_surrogate_pair_stay_together() -> None:
    assert [len(one) for one in payloads("ж" * 66 + "😀" + "ж" * 10)] == [132, 24]


@pytest.mark.parametrize(
    "joined", [FAMILY, GERMANY, "👍🏽", "1\ufe0f\u20e3", "क्षि", "e\u0301\u0302"]
)
def test_what_a_reader_sees_as_one_character_is_not_cut_where_room_allows(joined: str) -> None:
    assert breaks.clusters(f"ж{joined}ж") == [1, len(joined), 1]
    assert texts("ж" * 66 + joined + "ж" * 20) == ["ж" * 66, joined + "ж" * 20]


def test_two_flags_are_two_characters() -> None:
    assert breaks.clusters(GERMANY + "🇫🇷" + "🇮") == [2, 2, 1]


def test_room_is_worth_more_than_whole_emoji() -> None:
    """Sixteen of them fit into two parts only when one is cut."""
    text = FAMILY * 16 + "жжжжжж"
    assert len(text.encode("utf-16-be")) == 2 * 2 * 67
    assert len(payloads(text)) == 2


def test_a_character_longer_than_a_part_is_cut_between_its_code_points() -> None:
    text = "ж" + "\u0301" * 200
    assert len(payloads(text)) == 3
    assert "".join(texts(text)) == text


def test_at_most_255_parts_can_be_sent() -> None:
    assert len(payloads("a" * 153 * 255)) == 255
    with pytest.raises(sms.EncodeError, match="takes 256 SMS"):
        sms.segment("a" * (153 * 255 + 1), reference=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": 256},
        {"reference": -1},
        {"reference": 65536, "reference_bits": 16},
        {"reference": 1, "reference_bits": 12},
        {"reference": 1, "message_class": 4},
    ],
)
def test_what_no_header_can_hold_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(sms.EncodeError):
        sms.segment("x", **wrong)  # type: ignore[arg-type]


def test_a_class_is_sent_with_either_alphabet() -> None:
    assert sms.segment("x", reference=1, message_class=0)[1] == sms.Dcs(0x10)
    assert sms.segment("ж", reference=1, message_class=1)[1] == sms.Dcs(0x19)


def test_the_shift_is_used_only_when_asked_for_and_only_when_it_saves_a_part() -> None:
    turkish = "ğ" + "a" * 100
    assert sms.segment(turkish, reference=1)[1].alphabet is sms.Alphabet.UCS2
    assert len(payloads(turkish)) == 2
    parts, dcs = sms.segment(turkish, reference=1, single_shift=1)
    assert dcs.alphabet is sms.Alphabet.GSM7
    assert [part.header for part in parts] == [(Element(0x24, b"\x01"),)]
    # One part either way: every phone understands Unicode.
    assert sms.segment("ğ", reference=1, single_shift=1)[1].alphabet is sms.Alphabet.UCS2
    # Nothing to gain for a text that needs no shift, or more than the shift has.
    assert sms.segment("plain", reference=1, single_shift=1)[0][0].header == ()
    assert sms.segment("ğж" * 50, reference=1, single_shift=1)[1].alphabet is sms.Alphabet.UCS2


# -- the counter ------------------------------------------------------------------------------


@given(strategies.any_text, st.integers(1, 30), st.one_of(st.none(), st.integers(1, 13)))
def test_the_counter_says_what_sending_does(text: str, times: int, shift: int | None) -> None:
    text *= times
    counted = sms.count(text, single_shift=shift)
    parts, dcs = sms.segment(text, reference=0, single_shift=shift)
    size = 2 if dcs.alphabet is sms.Alphabet.UCS2 else 1
    assert counted.parts == len(parts)
    assert counted.alphabet is dcs.alphabet
    assert counted.units * size == sum(len(part.payload) for part in parts)
    assert counted.remaining >= 0
    assert bool(counted.forced_by) == (dcs.alphabet is sms.Alphabet.UCS2)


@pytest.mark.parametrize(
    ("text", "units", "parts", "remaining"),
    [
        ("", 0, 1, 160),
        ("{€}", 6, 1, 154),
        ("a" * 160, 160, 1, 0),
        ("a" * 161, 161, 2, 145),
        ("ж😀", 3, 1, 67),
        ("ж" * 71, 71, 2, 63),
        ("a" * 100_000, 100_000, 654, 62),
    ],
)
def test_the_counter_counts_units_and_what_is_left(
    text: str, units: int, parts: int, remaining: int
) -> None:
    counted = sms.count(text)
    assert (counted.units, counted.parts, counted.remaining) == (units, parts, remaining)


def test_the_counter_names_what_makes_a_text_unicode_and_offers_plain_characters() -> None:
    counted = sms.count("“Żółw” – 20\xa0°C… ☃ ☃")
    assert counted.alphabet is sms.Alphabet.UCS2
    assert counted.forced_by == ("“", "Ż", "ó", "ł", "”", "–", "\xa0", "°", "…", "☃")
    assert counted.replacements == {"“": '"', "”": '"', "–": "-", "\xa0": " ", "…": "..."}
    assert counted.letters == {"Ż": "Z", "ó": "o", "ł": "l"}


def test_what_holds_an_emoji_together_is_not_offered_for_removal() -> None:
    assert sms.count(FAMILY).replacements == {}
    assert sms.count("a\u200db").replacements == {"\u200d": ""}


def test_a_plain_text_is_forced_by_nothing_and_offered_nothing() -> None:
    counted = sms.count("Füße: {5} €")
    assert (counted.forced_by, counted.replacements, counted.letters) == ((), {}, {})


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("‘a’ ‚b‛ `c´", "'a' 'b' 'c'"),
        ("“a” „b“ «c»", '"a" "b" "c"'),
        ("1–2—3−4", "1-2-3-4"),
        ("wait…", "wait..."),
        ("a\xa0b\tc\u2009d\u202fe", "a b c d e"),
        ("a\u200bb\ufeffc\u2060d\xade", "abcde"),
        ("one\u2028two", "one\ntwo"),
        ("cafe\u0301", "café"),
        ("• first", "* first"),
        ("a\u200db", "ab"),
        (FAMILY, FAMILY),
        (f"a\u200db {FAMILY}", f"ab {FAMILY}"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("français ş ☃", "français ş ☃"),
    ],
)
def test_plain_replaces_typography_and_nothing_that_is_read(typed: str, plain: str) -> None:
    assert sms.plain(typed) == plain


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("français", "francais"),
        ("Þórður", "Thordur"),
        ("Şişli ılık", "Sisli ilik"),
        ("a\u0301gua", "agua"),
        ("Füße, Ångström, ñ, è", "Füße, Ångström, ñ, è"),
        ("Привет ☃", "Привет ☃"),
    ],
)
def test_marks_are_taken_off_letters_only_when_asked_for(typed: str, bare: str) -> None:
    assert sms.plain(typed, without_marks=True) == bare


@given(strategies.any_text)
def test_plain_text_stays_as_it_is_and_plain_is_never_longer_to_send(text: str) -> None:
    replaced = sms.plain(text)
    if not sms.count(text).forced_by:
        assert replaced == text
    assert len(sms.count(replaced).forced_by) <= len(sms.count(text).forced_by)


# -- joining ----------------------------------------------------------------------------------

GSM, UNICODE = sms.Dcs(0), sms.Dcs(8)


def test_a_surrogate_pair_cut_by_somebody_else_is_whole_again() -> None:
    octets = "ж😀ж".encode("utf-16-be")
    parts = {1: (sms.UserData((), octets[:4]), UNICODE), 2: (sms.UserData((), octets[4:]), UNICODE)}
    assert sms.join_text(parts, 2).text == "ж😀ж"


def test_an_escape_cut_from_its_character_is_whole_again() -> None:
    parts = {1: (sms.UserData((), b"5 \x1b"), GSM), 2: (sms.UserData((), b"e!"), GSM)}
    assert sms.join_text(parts, 2).text == "5 €!"


def test_an_escape_that_is_itself_escaped_takes_nothing_from_the_next_part() -> None:
    parts = {1: (sms.UserData((), b"5\x1b\x1b"), GSM), 2: (sms.UserData((), b"e"), GSM)}
    assert sms.join_text(parts, 2).text == "5 e"


def test_an_odd_octet_at_the_end_of_a_part_does_not_garble_the_next_one() -> None:
    part = sms.UserData((), "ж".encode("utf-16-be") + b"\x04")
    assert sms.join_text({1: (part, UNICODE), 2: (part, UNICODE)}, 2).text == "жж"


def test_each_part_has_its_own_language() -> None:
    turkish = sms.UserData((Element(0x24, b"\x01"),), b"\x1bs")
    parts = {1: (turkish, GSM), 2: (sms.UserData((), b"\x1bs"), GSM)}
    assert sms.join_text(parts, 2).text == "şs"


def test_a_missing_part_is_named_in_its_place() -> None:
    octets = "😀".encode("utf-16-be")
    parts = {1: (sms.UserData((), octets[:2]), UNICODE), 3: (sms.UserData((), b"end"), GSM)}
    joined = sms.join_text(parts, 3)
    assert joined.text == "\ufffd[part 2 of 3 missing]end"
    assert joined.missing == (2,)


def test_parts_of_data_are_octets_and_no_text() -> None:
    data = sms.Dcs(4)
    parts = {2: (sms.UserData((), b"\x02"), data), 1: (sms.UserData((), b"\x01"), data)}
    assert sms.join_text(parts, 2) == sms.JoinedText("", (), b"\x01\x02")


# -- which parts belong together --------------------------------------------------------------


def received(text: str, concat: sms.Concat | None, sender: str = "+491711234567") -> sms.Deliver:
    elements = (concat.element(),) if concat else ()
    stamp = sms.Timestamp(2026, 11, 23, 12, 0, 0)
    return sms.Deliver(sms.Address.parse(sender), stamp, sms.UserData(elements, text.encode()))


def test_parts_of_one_message_have_one_key_and_others_have_not() -> None:
    first = received("a", sms.Concat(8, 5, 2, 1))
    assert sms.key(first) == sms.key(received("b", sms.Concat(8, 5, 2, 2)))
    others = [
        received("b", sms.Concat(16, 5, 2, 2)),  # a reference of another size
        received("b", sms.Concat(8, 6, 2, 2)),
        received("b", sms.Concat(8, 5, 3, 2)),
        received("b", sms.Concat(8, 5, 2, 2), "491711234567"),  # same digits, other type
    ]
    assert sms.key(first) not in [sms.key(other) for other in others]
    assert sms.key(received("alone", None)) is None


def test_a_part_that_came_twice_is_dropped_and_another_one_begins_a_new_message() -> None:
    held, same = received("a", None).user_data, received("a", None).user_data
    other = received("b", None).user_data
    hour = 3_600_000
    assert sms.decide(None, 0, same) is sms.PartFate.ADD
    assert sms.decide(held, 1000, same) is sms.PartFate.DROP
    assert sms.decide(held, 1000, other) is sms.PartFate.NEW_SET
    assert sms.decide(held, hour + 1, same) is sms.PartFate.NEW_SET
