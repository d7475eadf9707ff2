"""PDUs as modems print them: padded, cut, miscounted, with and without a service centre."""

from __future__ import annotations

import pytest

from gateway import sms

CENTRE = "0791947101670000"
TPDU = "040C919471928967450000621132214365400AE8329BFD4697D9EC37"
OCTETS = bytes.fromhex(TPDU)
LENGTH = len(OCTETS)


@pytest.mark.parametrize(
    "line",
    [
        CENTRE + TPDU,
        (CENTRE + TPDU).lower(),
        f'"{CENTRE}{TPDU}"',
        f"{CENTRE}{TPDU}\r\n",
        f"  {CENTRE} {TPDU}",
        (CENTRE + TPDU).encode(),
        "00" + TPDU,
        "0191" + TPDU,
        TPDU,
        CENTRE + TPDU + "FF" * 150,
        TPDU + "FF" * 150,
        CENTRE + TPDU + "F",
        CENTRE + TPDU + '",,"x"',
    ],
)
def test_a_line_is_read_however_the_modem_dresses_it(line: str | bytes) -> None:
    assert sms.split_pdu(line, LENGTH).tpdu == OCTETS


@pytest.mark.parametrize("length", [None, 0, LENGTH - 1, LENGTH + 1, LENGTH + 8, 255])
@pytest.mark.parametrize("prefix", [CENTRE, "00", ""])
def test_a_wrong_length_does_not_lose_a_message(prefix: str, length: int | None) -> None:
    pdu = sms.split_pdu(prefix + TPDU, length)
    message = sms.decode_any(pdu.tpdu)
    assert isinstance(message, sms.Deliver)
    assert message.text == "hellohello"
    assert str(message.sender) == "+491729987654"
    assert (pdu.smsc is None) == (prefix != CENTRE)


def test_a_number_that_looks_like_a_report_does_not_turn_the_message_into_one() -> None:
    """From the sixth octet on, this one could be a status report behind a service centre of 04."""
    line = "040C91947102550291" + "0000" + TPDU[22:]
    message = sms.decode_any(sms.split_pdu(line).tpdu)
    assert isinstance(message, sms.Deliver)
    assert str(message.sender) == "+491720552019"


def test_an_empty_service_centre_that_was_counted_is_not_read_as_a_message() -> None:
    """With the centre's 00 as first octet, the tenth of a month would be a length of one."""
    line = "00" + TPDU[:22] + "62110121436540" + TPDU[36:]
    message = sms.decode_any(sms.split_pdu(line, LENGTH + 1).tpdu)
    assert isinstance(message, sms.Deliver)
    assert message.text == "hellohello"


def test_a_message_that_the_modem_cut_short_shows_what_came() -> None:
    pdu = sms.split_pdu((CENTRE + TPDU)[:-6], LENGTH)
    message = sms.decode_any(pdu.tpdu)
    assert isinstance(message, sms.Deliver)
    assert message.text == "helloh"
    assert message.user_data.truncated


def test_what_the_network_gets_from_a_phone_must_be_whole() -> None:
    (part,), dcs = sms.segment("hellohello", reference=1)
    octets = sms.encode(sms.Submit(sms.Address.parse("+491711234567"), part, dcs))
    with pytest.raises(sms.DecodeError) as caught:
        sms.decode_from_phone(octets[:-1])
    assert (caught.value.field, caught.value.offset) == ("user_data.length", 12)


@pytest.mark.parametrize("line", ["", "  ", "OK", "+CMGL: 1,1,,28", "0", b"\xff", '""'])
def test_a_line_that_is_no_pdu_is_one_error(line: str | bytes) -> None:
    with pytest.raises(sms.DecodeError):
        sms.split_pdu(line, 28)


def test_an_error_names_the_octet_of_the_line_and_not_of_the_tpdu() -> None:
    with pytest.raises(sms.DecodeError) as caught:
        sms.split_pdu(CENTRE + TPDU[:12])
    assert (caught.value.field, caught.value.offset) == ("sender.value", 8 + 3)


def test_a_message_that_we_stored_ourselves_is_read_as_a_submit() -> None:
    (part,), dcs = sms.segment("sent", reference=1)
    octets = sms.encode(sms.Submit(sms.Address.parse("12345"), part, dcs))
    line, length = sms.join_pdu(octets)
    assert isinstance(sms.decode_any(sms.split_pdu(line, length).tpdu), sms.Submit)


def test_the_length_for_the_modem_leaves_the_service_centre_out() -> None:
    assert sms.join_pdu(OCTETS) == ("00" + TPDU, LENGTH)
    centre = sms.Address.parse("+491710760000")
    assert sms.join_pdu(OCTETS, centre) == (CENTRE + TPDU, LENGTH)
    assert sms.split_pdu(CENTRE + TPDU, LENGTH).smsc == centre
