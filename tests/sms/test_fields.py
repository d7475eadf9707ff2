"""Addresses, time stamps, coding schemes, headers, validity, status: the fields of a message."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import sms
from gateway.sms import header, timestamp
from gateway.sms.header import Element
from tests.sms import strategies


@pytest.mark.parametrize(
    ("text", "ton", "shown", "answerable"),
    [
        ("+4917139200990", 1, "+4917139200990", True),
        (" 12345 ", 0, "12345", True),
        ("*100#", 0, "*100#", True),
        ("*#abc", 0, "*#abc", True),
        ("BANK", 5, "BANK", False),
        ("abc", 5, "abc", False),
        ("elevenchars", 5, "elevenchars", False),
        ("Ärzte24", 5, "Ärzte24", False),
    ],
)
def test_an_address_is_read_as_a_person_means_it(
    text: str, ton: int, shown: str, answerable: bool
) -> None:
    address = sms.Address.parse(text)
    assert (address.ton, str(address), address.answerable) == (ton, shown, answerable)
    assert sms.Address.parse(str(address)) == address


@pytest.mark.parametrize(
    "text", ["", "  ", "+", "+49x", "+BANK", "twelve chars", "[brackets]€", "Иван", "1" * 21]
)
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(sms.EncodeError, match="“"):
        sms.Address.parse(text)


def test_nobody_has_no_number_and_is_no_recipient() -> None:
    nobody = sms.Address("")
    assert str(nobody) == ""
    assert not nobody.answerable
    with pytest.raises(sms.EncodeError):
        sms.encode(sms.Submit(nobody, sms.UserData()))


def test_a_filler_in_the_middle_ends_a_number() -> None:
    octets = bytes.fromhex("04" + "0691" + "94F121" + "0000" + "62113221436540" + "00")
    read = sms.decode_from_network(octets)
    assert isinstance(read, sms.Deliver)
    assert str(read.sender) == "+491"


@given(strategies.timestamps())
def test_a_time_stamp_comes_back_and_names_one_instant(stamp: sms.Timestamp) -> None:
    assert timestamp.read(timestamp.write(stamp)) == stamp
    assert sms.Timestamp.from_epoch_ms(stamp.epoch_ms, stamp.offset_minutes) == stamp


@given(st.binary(max_size=9))
def test_any_octets_are_a_time_or_none(raw: bytes) -> None:
    read = timestamp.read(raw)
    if read is not None and raw[6] != 0x08:  # minus zero is read as zero
        assert timestamp.write(read) == raw


@pytest.mark.parametrize(
    "stamp",
    [
        sms.Timestamp(2026, 2, 30, 0, 0, 0),
        sms.Timestamp(2026, 1, 1, 24, 0, 0),
        sms.Timestamp(1989, 1, 1, 0, 0, 0),
        sms.Timestamp(2090, 1, 1, 0, 0, 0),
        sms.Timestamp(2026, 1, 1, 0, 0, 0, 20),
        sms.Timestamp(2026, 1, 1, 0, 0, 0, 1200),
        None,
    ],
)
def test_a_time_that_no_sms_can_carry_is_refused(stamp: sms.Timestamp | None) -> None:
    with pytest.raises(sms.EncodeError):
        timestamp.write(stamp)


def test_a_broken_time_stamp_goes_out_as_it_came() -> None:
    octets = bytes.fromhex("04" + "0291" + "94" + "0000" + "FF" * 7 + "00")
    read = sms.decode_from_network(octets)
    assert isinstance(read, sms.Deliver)
    assert (read.timestamp, read.raw_timestamp) == (None, b"\xff" * 7)
    assert sms.encode(read) == octets


@pytest.mark.parametrize("zone", [0xFF, 0xA0, 0xF8])
def test_a_zone_of_no_digits_leaves_no_time(zone: int) -> None:
    good = timestamp.write(sms.Timestamp(2026, 11, 23, 12, 0, 0))
    assert timestamp.read(good[:6] + bytes((zone,))) is None


GSM7, DATA, UCS2 = sms.Alphabet


@pytest.mark.parametrize(
    ("values", "alphabet"),
    [
        (range(0x04), GSM7),
        (range(0x04, 0x08), DATA),
        (range(0x08, 0x0C), UCS2),
        (range(0x0C, 0x10), GSM7),
        (range(0x18, 0x1C), UCS2),
        (range(0x20, 0x40), DATA),  # compressed
        (range(0x48, 0x4C), UCS2),  # deleted after reading
        (range(0x60, 0x80), DATA),
        (range(0x80, 0xC0), GSM7),  # reserved
        (range(0xC0, 0xE0), GSM7),
        (range(0xE0, 0xF0), UCS2),
        (range(0xF0, 0xF4), GSM7),
        (range(0xF4, 0xF8), DATA),
        (range(0xF8, 0xFC), GSM7),
    ],
)
def test_every_coding_group_has_its_alphabet(values: range, alphabet: sms.Alphabet) -> None:
    assert {sms.Dcs(value).alphabet for value in values} == {alphabet}


def test_a_class_counts_only_where_its_bit_says_so() -> None:
    assert sms.Dcs(0x00).message_class is None
    assert sms.Dcs(0x03).message_class is None
    assert sms.Dcs(0x12).message_class == 2
    assert sms.Dcs(0x51).message_class == 1
    assert sms.Dcs(0xC2).message_class is None
    assert sms.Dcs(0xF3).message_class == 3
    assert [value for value in range(256) if sms.Dcs(value).compressed] == [
        *range(0x20, 0x40),
        *range(0x60, 0x80),
    ]


def test_waiting_groups_say_what_waits_and_whether_to_keep_the_text() -> None:
    waiting = {value: sms.Dcs(value).waiting for value in range(256)}
    assert [value for value, found in waiting.items() if found] == list(range(0xC0, 0xF0))
    kinds = sms.WaitingKind
    assert waiting[0xC8] == sms.WaitingIndication(kinds.VOICEMAIL, active=True, store=False)
    assert waiting[0xD1] == sms.WaitingIndication(kinds.FAX, active=False, store=True)
    assert waiting[0xEB] == sms.WaitingIndication(kinds.OTHER, active=True, store=True)


@pytest.mark.parametrize("alphabet", sms.Alphabet)
@pytest.mark.parametrize("message_class", [None, 0, 1, 2, 3])
def test_what_we_send_is_read_as_we_meant_it(
    alphabet: sms.Alphabet, message_class: int | None
) -> None:
    dcs = sms.Dcs.of(alphabet, message_class)
    assert (dcs.alphabet, dcs.message_class) == (alphabet, message_class)


@given(strategies.headers)
def test_a_header_comes_back_as_it_was(elements: tuple[Element, ...]) -> None:
    assert header.read(header.write(elements)[1:]) == elements


@pytest.mark.parametrize(
    ("elements", "concat"),
    [
        ("0003070201", sms.Concat(8, 7, 2, 1)),
        ("080401020302", sms.Concat(16, 0x102, 3, 2)),
        ("0003070200", None),  # number 0
        ("0003070203", None),  # number above the total
        ("0003070000", None),
        ("00020702", None),  # an octet short
        ("00030702010003080202", sms.Concat(8, 8, 2, 2)),  # the later one
        ("00030702010003080203", sms.Concat(8, 7, 2, 1)),  # the one that makes sense
    ],
)
def test_the_place_in_a_series_is_the_last_one_that_makes_sense(
    elements: str, concat: sms.Concat | None
) -> None:
    assert sms.UserData(header.read(bytes.fromhex(elements))).concat == concat


def test_ports_of_both_sizes_are_read_destination_first() -> None:
    assert sms.UserData((Element(0x05, b"\x0b\x84\x23\xf0"),)).ports == (2948, 9200)
    assert sms.UserData((Element(0x04, b"\xf0\xf1"),)).ports == (240, 241)
    assert sms.UserData((Element(0x05, b"\x0b\x84"),)).ports is None


@pytest.mark.parametrize(
    "place", [(8, 256, 2, 1), (16, 65536, 2, 1), (8, 1, 256, 1), (8, 1, 2, 0), (8, 1, 2, 3)]
)
def test_a_place_that_no_header_can_hold_is_refused(place: tuple[int, int, int, int]) -> None:
    with pytest.raises(sms.EncodeError):
        sms.Concat(*place).element()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("octet", "minutes"),
    [(0, 5), (143, 720), (144, 750), (167, 1440), (168, 2880), (196, 43200), (255, 635040)],
)
def test_a_relative_validity_is_read_by_the_table(octet: int, minutes: int) -> None:
    assert sms.Relative(octet).minutes == minutes
    assert sms.relative_validity(minutes) == sms.Relative(octet)


@given(st.integers(-10, 10**6))
def test_a_message_is_not_kept_longer_than_asked_by_more_than_a_hundredth(minutes: int) -> None:
    chosen = sms.relative_validity(minutes)
    assert chosen.minutes <= max(5, minutes * 1.01)
    if chosen.octet < 255:
        assert sms.Relative(chosen.octet + 1).minutes > minutes


def test_four_days_less_a_minute_in_the_queue_are_four_days() -> None:
    assert sms.relative_validity(4 * 1440 - 1).minutes == 4 * 1440


@given(st.integers(1, 359_999), st.booleans())
def test_an_enhanced_validity_is_read_in_seconds(seconds: int, once: bool) -> None:
    shot = 0x40 if once else 0
    if seconds <= 255:
        octets = [shot | 2, seconds, 0, 0]
    else:  # digits of each octet change places
        clock = (seconds // 3600, seconds // 60 % 60, seconds % 60)
        octets = [shot | 3, *(v % 10 << 4 | v // 10 for v in clock)]
    validity = sms.Enhanced(bytes([*octets, *bytes(7 - len(octets))]))
    assert (validity.seconds, validity.single_shot) == (seconds, once)


def test_an_extended_indicator_moves_the_value_by_an_octet() -> None:
    assert sms.Enhanced(bytes.fromhex("82003C00000000")).seconds == 60
    assert sms.Enhanced(bytes.fromhex("0100000000AA00")).seconds == 300
    assert sms.Enhanced(bytes.fromhex("03FF0000000000")).seconds is None


@given(st.binary(min_size=7, max_size=7))
def test_any_enhanced_validity_has_some_seconds_or_none(octets: bytes) -> None:
    seconds = sms.Enhanced(octets).seconds
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    "validity", [sms.Relative(256), sms.Enhanced(b"\x01"), sms.Absolute(None, b"\x00")]
)
def test_a_validity_that_does_not_fit_is_refused(validity: sms.Validity) -> None:
    with pytest.raises(sms.EncodeError):
        sms.encode(sms.Submit(sms.Address("1"), sms.UserData(), validity=validity))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, "delivered") for status in (0, 1, 2, 3, 16, 31)),
        *((status, "pending") for status in (32, 37, 38, 48, 63)),
        *((status, "failed") for status in (64, 70, 73, 74, 80, 95, 96, 101, 112, 127, 128, 255)),
    ],
)
def test_every_status_is_one_of_three_kinds_in_words(status: int, kind: str) -> None:
    said = sms.describe_status(status)
    assert said.kind == kind
    assert said.words
    assert said.words[0].islower()


def test_different_known_causes_have_different_words() -> None:
    known = [*range(3), *range(32, 38), *range(64, 74), *range(96, 102)]
    words = [sms.describe_status(status).words for status in known]
    assert len(set(words)) == len(known)
    assert not any("status" in one for one in words)


def test_a_number_that_is_no_octet_is_an_encode_error() -> None:
    with pytest.raises(sms.EncodeError):
        sms.encode(sms.Submit(sms.Address("1"), sms.UserData(), pid=256))


def test_more_than_140_octets_are_refused() -> None:
    to = sms.Address("1")
    sms.encode(sms.Submit(to, sms.UserData((), b"a" * 160)))
    with pytest.raises(sms.EncodeError, match="140"):
        sms.encode(sms.Submit(to, sms.UserData((), b"a" * 161)))
    with pytest.raises(sms.EncodeError, match="140"):
        sms.encode(sms.Submit(to, sms.UserData((), b"a" * 141), sms.Dcs.of(DATA)))


def test_a_header_without_text_is_filled_up_to_whole_septets() -> None:
    """Four octets of header are 32 bits: five septets, three bits more, a fifth octet."""
    octets = sms.encode(sms.Submit(sms.Address("1"), sms.UserData((Element(0x24, b"\x01"),))))
    assert octets.hex() == "41000181f10000050324010100"


@pytest.mark.parametrize(
    ("ports", "payload", "words"),
    [
        ("0b8423f0", "8c8298414200", "MMS notification"),
        ("0b8423f0", "0106", "WAP push"),
        ("23f423f4", "424547494e", "Contact (vCard)"),
        ("", "00ff", "Data message, 2 octets"),
        ("13880000", "00", "Data message, 1 octet, port 5000"),
    ],
)
def test_data_is_named_for_people(ports: str, payload: str, words: str) -> None:
    elements = (Element(0x05, bytes.fromhex(ports)),) if ports else ()
    assert sms.describe_data(sms.UserData(elements, bytes.fromhex(payload))) == words


def test_an_mms_notification_shows_where_the_message_is() -> None:
    payload = (
        b"\x01\x06\x22application/vnd.wap.mms-message\x00\x8c\x82\x83http://mms.example/x1\x00"
    )
    assert (
        sms.describe_data(sms.UserData((), payload)) == "MMS notification (http://mms.example/x1)"
    )


def test_a_submit_that_announces_more_than_140_octets_is_refused() -> None:
    octets = bytes.fromhex("0100" + "0181F1" + "0004" + "8D") + bytes(141)
    with pytest.raises(sms.DecodeError, match="at most 140") as caught:
        sms.decode_from_phone(octets)
    assert (caught.value.field, caught.value.offset) == ("user_data.length", 7)


def test_a_header_longer_than_the_data_is_an_error_that_says_where() -> None:
    octets = bytes.fromhex("40" + "0291" + "94" + "0000" + "62113221436540" + "02" + "0500")
    with pytest.raises(sms.DecodeError) as caught:
        sms.decode_from_network(octets)
    assert (caught.value.field, caught.value.offset) == ("user_data.header.length", 14)


def test_a_header_too_long_for_its_length_octet_is_refused() -> None:
    elements = (Element(0x70, bytes(200)), Element(0x71, bytes(200)))
    for too_long in (elements, (Element(0x70, bytes(256)),)):
        with pytest.raises(sms.EncodeError, match="header"):
            sms.encode(sms.Submit(sms.Address("1"), sms.UserData(too_long)))


def test_letters_in_an_address_that_is_no_name_are_refused() -> None:
    with pytest.raises(sms.EncodeError, match="no number"):
        sms.encode(sms.Submit(sms.Address("12x4"), sms.UserData()))


@pytest.mark.parametrize(("pid", "replaces"), [(0x40, None), (0x41, 1), (0x47, 7), (0x48, None)])
def test_a_message_may_take_the_place_of_an_earlier_one(pid: int, replaces: int | None) -> None:
    deliver = sms.Deliver(sms.Address("1"), None, sms.UserData(), pid=pid)
    assert (deliver.replaces, deliver.silent) == (replaces, pid == 0x40)


def test_a_decode_error_survives_the_way_to_another_process() -> None:
    error = sms.DecodeError("user_data.length", 7, "too long")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.offset) == (str(error), 7)
