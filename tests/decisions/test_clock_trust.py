"""Whether the clock can be trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions.clock_trust import BUILT, CLOSE, Doubt, Facts, Verdict, Voucher, judge

NOW = BUILT + 100 * DAY
facts = st.builds(
    Facts,
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
        (Facts(NOW), Verdict(None)),
        (Facts(NOW, False), Verdict(None)),
        (Facts(NOW, True, board=True), Verdict(None, Voucher.SERVER)),
        (Facts(0), Verdict(Doubt.UNSET)),
        (Facts(0, True), Verdict(Doubt.UNSET)),
        (Facts(NOW, board=True), Verdict(Doubt.UNTOLD)),
        (Facts(NOW, board=True, rtc=0, rtc_seen_at=NOW), Verdict(Doubt.UNTOLD)),
        (Facts(NOW, board=True, rtc=NOW - 900, rtc_seen_at=NOW), Verdict(None)),
        (Facts(NOW, board=True, vouched=Voucher.SERVER), Verdict(None, Voucher.SERVER)),
        (Facts(NOW, newest=NOW + 2 * HOUR), Verdict(Doubt.BEHIND)),
        (Facts(NOW, newest=NOW + MINUTE), Verdict(None)),
        (Facts(NOW, True, newest=NOW + 2 * HOUR), Verdict(None, Voucher.SERVER)),
        (Facts(NOW, board=True, network=NOW + MINUTE), Verdict(None, Voucher.NETWORK)),
        (Facts(NOW, network=NOW + HOUR), Verdict(Doubt.NETWORK)),
        (Facts(NOW, network=0), Verdict(None)),
        (Facts(NOW, vouched=Voucher.PERSON, network=NOW + HOUR), Verdict(None, Voucher.PERSON)),
    ],
)
def test_verdicts(known: Facts, verdict: Verdict):
    assert judge(known) == verdict


@given(facts)
def test_a_time_before_this_program_was_made_is_never_trusted(known: Facts):
    assert judge(replace(known, now=known.now % BUILT)).wrong


@given(facts)
def test_a_time_server_is_believed_whatever_else_is_said(known: Facts):
    assert not judge(replace(known, now=max(known.now, BUILT), synchronised=True)).wrong


@given(facts)
def test_a_computer_without_any_evidence_is_right(known: Facts):
    plain = Facts(max(known.now, BUILT), known.synchronised)
    assert not judge(plain).wrong


@given(facts)
def test_a_network_that_agrees_is_enough(known: Facts):
    now = max(known.now, BUILT + CLOSE)
    assert not judge(replace(known, now=now, network=now - CLOSE)).wrong
