"""What holds for every message and for every octet string."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway import sms
from gateway.sms.userdata import MAX_OCTETS
from tests.sms import strategies

READERS: tuple[Callable[[bytes], object], ...] = (
    sms.decode_from_network,
    sms.decode_from_phone,
    sms.decode_any,
)


@given(strategies.submits)
def test_a_submit_comes_back_as_it_was(submit: sms.Submit) -> None:
    assert sms.decode_from_phone(sms.encode(submit)) == submit


@given(strategies.delivers)
def test_a_deliver_comes_back_as_it_was(deliver: sms.Deliver) -> None:
    assert sms.decode_from_network(sms.encode(deliver)) == deliver


@given(strategies.reports)
def test_a_status_report_comes_back_as_it_was(report: sms.StatusReport) -> None:
    assert sms.decode_from_network(sms.encode(report)) == report


def submitted(
    text: str, reference_bits: int, single_shift: int | None, shuffle: random.Random
) -> list[sms.Submit]:
    """The SUBMITs of a text as the network reads them, in any order."""
    parts, dcs = sms.segment(
        text, reference=200, reference_bits=reference_bits, single_shift=single_shift
    )
    to = sms.Address.parse("+491711234567")
    octets = [sms.encode(sms.Submit(to, part, dcs)) for part in parts]
    shuffle.shuffle(octets)
    return [sms.decode_from_phone(one) for one in octets]


texts = st.builds(lambda text, times: text * times, strategies.any_text, st.integers(1, 40))


@given(
    texts,
    st.sampled_from([8, 16]),
    st.one_of(st.none(), st.integers(1, 13)),
    st.randoms(use_true_random=False),
)
@example("x" * 161, 8, None, random.Random(0))
@example("x" * 159 + "€", 8, None, random.Random(0))
@example("😀" * 36, 16, None, random.Random(0))
@example("ş" * 100, 8, 1, random.Random(0))
def test_a_text_arrives_through_any_number_of_parts_in_any_order(
    text: str, bits: int, single_shift: int | None, shuffle: random.Random
) -> None:
    arrived = submitted(text, bits, single_shift, shuffle)
    places = [one.user_data.concat for one in arrived]
    if len(arrived) == 1:
        assert places == [None]
    else:
        assert {(p.bits, p.ref, p.total) for p in places if p} == {(bits, 200, len(arrived))}
    parts = {
        place.seq if place else 1: (one.user_data, one.dcs)
        for place, one in zip(places, arrived, strict=True)
    }
    joined = sms.join_text(parts, len(arrived))
    assert joined == sms.JoinedText(text, ())


@given(texts, st.sampled_from([8, 16]), st.one_of(st.none(), st.integers(0, 14)))
def test_every_part_fits_and_reads_well_by_itself(
    text: str, bits: int, single_shift: int | None
) -> None:
    parts, dcs = sms.segment(text, reference=1, reference_bits=bits, single_shift=single_shift)
    to = sms.Address("1")
    for part in parts:
        octets = sms.encode(sms.Submit(to, part, dcs))
        # first octet, reference, address of 3, protocol, coding, length
        assert len(octets) - 8 <= MAX_OCTETS
    # No escape or surrogate pair is cut: the parts read singly are the text.
    assert "".join(part.text(dcs) for part in parts) == text


def outcome(read: Callable[[bytes], object], octets: bytes) -> object:
    """What was read, or the error; any other exception fails the test."""
    try:
        return read(octets)
    except sms.DecodeError as e:
        return e


def check_outcomes(octets: bytes) -> None:
    for read in READERS:
        result = outcome(read, octets)
        if isinstance(result, sms.DecodeError):
            assert 0 <= result.offset <= len(octets)
            assert result.field
            assert result.reason
        else:
            assert isinstance(result, (sms.Submit, sms.Deliver, sms.StatusReport))
            if not isinstance(result, sms.StatusReport):
                assert isinstance(result.text, str)


@given(st.binary(max_size=200))
@example(b"")
@example(b"\x02\x00" + b"\xff" * 160)
@example(b"\x40\x00\x80\x00\x00" + b"\x00" * 7 + b"\x00")
def test_any_octets_give_a_message_or_one_decode_error(octets: bytes) -> None:
    check_outcomes(octets)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good message, cut, with some octets changed, with something behind it."""
    message = draw(st.one_of(strategies.submits, strategies.delivers, strategies.reports))
    octets = bytearray(sms.encode(message))
    for _ in range(draw(st.integers(0, 4))):
        octets[draw(st.integers(0, len(octets) - 1))] = draw(st.integers(0, 255))
    return bytes(octets[: draw(st.integers(0, len(octets)))]) + draw(st.binary(max_size=4))


@given(damaged())
def test_a_damaged_message_gives_a_message_or_one_decode_error(octets: bytes) -> None:
    check_outcomes(octets)


@given(damaged(), st.one_of(st.none(), st.integers(-1, 300)))
def test_any_line_of_a_modem_gives_a_pdu_or_one_decode_error(
    octets: bytes, length: int | None
) -> None:
    for line in (octets.hex(), octets.hex().upper().encode(), octets, octets.decode("latin-1")):
        try:
            pdu = sms.split_pdu(line, length)
        except sms.DecodeError:
            continue
        sms.decode_any(pdu.tpdu)


@given(st.one_of(strategies.submits, strategies.delivers))
def test_octets_behind_a_message_change_nothing(message: sms.Submit | sms.Deliver) -> None:
    octets = sms.encode(message)
    assert sms.encode(sms.decode_any(octets + b"\xff\xff")) == octets


@given(
    st.lists(
        st.tuples(
            st.builds(sms.UserData, strategies.headers, st.lists(st.integers(0, 127)).map(bytes)),
            strategies.dcss,
        ),
        max_size=6,
    )
)
def test_parts_of_different_kinds_are_joined_without_an_error(
    parts: list[tuple[sms.UserData, sms.Dcs]],
) -> None:
    joined = sms.join_text(dict(enumerate(parts, start=1)), len(parts) + 1)
    assert joined.missing == (len(parts) + 1,)


@pytest.mark.parametrize("read", READERS)
def test_an_error_says_where_and_what(read: Callable[[bytes], object]) -> None:
    # The number should have 6 octets; 2 are there, from the fifth octet on.
    octets = bytes.fromhex("01000C919471" if read is sms.decode_from_phone else "02000C919471")
    with pytest.raises(sms.DecodeError) as caught:
        read(octets)
    assert caught.value.field.endswith(".value")
    assert caught.value.offset == 4
    assert "6 octets expected, 2 left" in str(caught.value)
