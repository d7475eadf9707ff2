"""A SIM sends no faster than it may, and goes on by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions.pacing import DEFAULT, NONE, Limits, Pacing, limits_of

NOW = 1_800_000_000_000


def test_a_full_minute_waits_for_its_oldest_sms() -> None:
    pacing = Pacing()
    for second in range(3):
        pacing.sent(1, NOW + second * 1000)
    limits = Limits(minute=3, hour=0, day=0)
    leave = pacing.leave(1, limits, NOW + 5000)
    assert (leave.budget, leave.until) == (0, NOW + MINUTE)
    assert "3 SMS of this minute" in leave.words
    assert pacing.leave(1, limits, NOW + MINUTE).budget == 1


def test_each_connection_has_a_pace_of_its_own() -> None:
    pacing = Pacing()
    pacing.sent(1, NOW, 5)
    limits = Limits(5, 0, 0)
    assert pacing.leave(1, limits, NOW).budget == 0
    assert pacing.leave(2, limits, NOW).budget == 5


def test_the_hour_and_the_day_bind_too() -> None:
    pacing = Pacing()
    pacing.sent(1, NOW, 10)
    assert pacing.leave(1, Limits(0, 10, 0), NOW + 2 * MINUTE).until == NOW + HOUR
    assert pacing.leave(1, Limits(0, 0, 10), NOW + 2 * HOUR).until == NOW + DAY


def test_a_long_message_may_begin_and_is_counted_whole() -> None:
    pacing = Pacing()
    limits = Limits(5, 0, 0)
    pacing.sent(1, NOW, 4)
    assert pacing.leave(1, limits, NOW).budget == 1
    pacing.sent(1, NOW + 1000, 4)
    assert pacing.leave(1, limits, NOW + 2000).until == NOW + MINUTE


def test_no_limit_is_no_limit() -> None:
    pacing = Pacing()
    pacing.sent(1, NOW, 100_000)
    assert pacing.leave(1, NONE, NOW).budget > 100_000


def test_a_connections_own_limit_comes_before_the_boxs() -> None:
    assert limits_of(DEFAULT, None, None, None, None) == DEFAULT
    assert limits_of(DEFAULT, {"minute": 5, "hour": 0, "day": 9}, None, 7, None) == Limits(5, 7, 9)


@given(st.lists(st.integers(0, 3000), max_size=60))
def test_no_minute_ever_holds_more_than_it_may(gaps: list[int]) -> None:
    pacing, limits, now, sent = Pacing(), Limits(4, 9, 0), NOW, []
    for gap in gaps:
        now += gap * 10
        if pacing.leave(1, limits, now).budget:
            pacing.sent(1, now)
            sent.append(now)
    for window, limit in ((MINUTE, 4), (HOUR, 9)):
        assert all(sum(at - window < other <= at for other in sent) <= limit for at in sent)
