"""Whether the clock can be trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions.clock_trust import (
    BUILT,
    CLOSE,
    ClockDoubt,
    ClockFacts,
    ClockVerdict,
    Voucher,
    judge,
)

NOW = BUILT + 100 * DAY
facts = st.builds(
    ClockFacts,
    now=st.integers(0, 2 * BUILT),
    synchronised=st.none() | st.booleans(),
    board=st.booleans(),
    rtc=st.none() | st.integers(0, 2 * BUILT),
    rtc_seen_at=st.none() | st.integers(0, 2 * BUILT),
    newest=st.none() | st.integers(0, 2 * BUILT),
    network=st.none() | st.integers(0, 2 * BUILT),
    vouched=st.none() | st.sampled_from(Voucher),
)


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        (ClockFacts(NOW), ClockVerdict(None)),
        (ClockFacts(NOW, False), ClockVerdict(None)),
        (ClockFacts(NOW, True, board=True), ClockVerdict(None, Voucher.SERVER)),
        (ClockFacts(0), ClockVerdict(ClockDoubt.UNSET)),
        (ClockFacts(0, True), ClockVerdict(ClockDoubt.UNSET)),
        (ClockFacts(NOW, board=True), ClockVerdict(ClockDoubt.UNTOLD)),
        (ClockFacts(NOW, board=True, rtc=0, rtc_seen_at=NOW), ClockVerdict(ClockDoubt.UNTOLD)),
        (ClockFacts(NOW, board=True, rtc=NOW - 900, rtc_seen_at=NOW), ClockVerdict(None)),
        (ClockFacts(NOW, board=True, vouched=Voucher.SERVER), ClockVerdict(None, Voucher.SERVER)),
        (ClockFacts(NOW, newest=NOW + 2 * HOUR), ClockVerdict(ClockDoubt.BEHIND)),
        (ClockFacts(NOW, newest=NOW + MINUTE), ClockVerdict(None)),
        (ClockFacts(NOW, True, newest=NOW + 2 * HOUR), ClockVerdict(None, Voucher.SERVER)),
        (ClockFacts(NOW, board=True, network=NOW + MINUTE), ClockVerdict(None, Voucher.NETWORK)),
        (ClockFacts(NOW, network=NOW + HOUR), ClockVerdict(ClockDoubt.NETWORK)),
        (ClockFacts(NOW, network=0), ClockVerdict(None)),
        (
            ClockFacts(NOW, vouched=Voucher.PERSON, network=NOW + HOUR),
            ClockVerdict(None, Voucher.PERSON),
        ),
    ],
)
def test_verdicts(known: ClockFacts, verdict: ClockVerdict):
    assert judge(known) == verdict


@given(facts)
def test_a_time_before_this_program_was_made_is_never_trusted(known: ClockFacts):
    assert judge(replace(known, now=known.now % BUILT)).wrong


@given(facts)
def test_a_time_server_is_believed_whatever_else_is_said(known: ClockFacts):
    assert not judge(replace(known, now=max(known.now, BUILT), synchronised=True)).wrong


@given(facts)
def test_a_computer_without_any_evidence_is_right(known: ClockFacts):
    plain = ClockFacts(max(known.now, BUILT), known.synchronised)
    assert not judge(plain).wrong


@given(facts)
def test_a_network_that_agrees_is_enough(known: ClockFacts):
    now = max(known.now, BUILT + CLOSE)
    assert not judge(replace(known, now=now, network=now - CLOSE)).wrong
