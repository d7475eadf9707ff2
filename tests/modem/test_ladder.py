"""Which step follows when a modem stays silent, and how often."""

from __future__ import annotations

import itertools

import pytest

from gateway.modem.ladder import (
    LADDER,
    RESTS,
    STEADY,
    STRONG,
    Ladder,
    LadderWait,
    Rung,
    RungAction,
    SearchPatience,
)


def everything(rung: Rung) -> bool:
    return True


def no_switches(rung: Rung) -> bool:
    """A plain stick in a machine that can switch nothing."""
    return rung.does in (RungAction.ASK, RungAction.REOPEN, RungAction.RADIO, RungAction.RESTART)


def climb(ladder, until, able, now=0.0, every=5.0):
    """(when, step) of every step taken while the modem stays silent from `now` to `until`."""
    taken = []
    while now < until:
        step = ladder.next(now, able)
        if isinstance(step, Rung):
            taken.append((now, step.name))
        now += every
    return taken


def test_the_steps_come_weakest_first_and_each_once_in_a_climb():
    taken = climb(Ladder(), 600.0, everything)
    assert [name for _, name in taken] == [rung.name for rung in LADDER]


def test_what_the_machine_cannot_do_is_passed_over():
    taken = climb(Ladder(), 300.0, no_switches)
    assert [name for _, name in taken] == ["ask", "reopen", "radio", "restart"]


def test_a_step_is_given_the_time_to_show_its_effect():
    ladder = Ladder()
    times = {name: at for at, name in climb(ladder, 600.0, everything)}
    by_name = {rung.name: rung for rung in LADDER}
    assert times["usb"] - times["restart"] >= by_name["restart"].patience >= 90.0
    assert times["socket"] - times["key again"] >= by_name["key again"].patience


def test_while_a_step_settles_nothing_is_called_exhausted():
    ladder = Ladder()
    for _ in range(4):
        assert isinstance(ladder.next(0.0, no_switches), Rung)
    assert ladder.last is not None
    assert ladder.next(1.0, no_switches) is LadderWait.SETTLING
    assert ladder.next(ladder.last.patience + 1.0, no_switches) is LadderWait.EXHAUSTED


def test_a_modem_that_stays_dead_for_a_day_is_tried_for_ever_and_never_hammered():
    taken = climb(Ladder(), 24 * 3600.0, everything)
    strong = {rung.name for rung in LADDER if rung.does in STRONG}
    for name in strong:
        at = [when for when, taken_name in taken if taken_name == name]
        gaps = [b - a for a, b in itertools.pairwise(at)]
        assert min(gaps) >= 300.0, name
    restarts = [when for when, name in taken if name == "restart"]
    assert restarts[-1] > 23 * 3600.0
    assert len(restarts) <= 24 * 2 + 2
    hosts = [when for when, name in taken if name == "host"]
    assert len(hosts) <= 4


def test_rests_between_climbs_grow_to_half_an_hour():
    ladder = Ladder()
    at = [when for when, name in climb(ladder, 4 * 3600.0, no_switches) if name == "restart"]
    gaps = [b - a for a, b in itertools.pairwise(at)]
    assert [round(gap / 100) * 100 for gap in gaps[:2]] == [700, 1300]
    assert max(RESTS) == 1800.0
    assert all(gap >= 1800.0 for gap in gaps[2:])
    assert ladder.climbs >= 4


def test_after_good_service_the_next_silence_starts_with_asking():
    ladder = Ladder()
    climb(ladder, 300.0, no_switches)
    ladder.ready(300.0)
    step = ladder.next(300.0 + STEADY, no_switches)
    assert isinstance(step, Rung)
    assert step.does is RungAction.ASK


def test_a_moment_of_service_does_not_start_over():
    ladder = Ladder()
    assert [ladder.next(0.0, no_switches).name for _ in range(3)] == ["ask", "reopen", "radio"]
    ladder.ready(10.0)
    assert ladder.next(11.0, no_switches).name == "restart"


def test_cool_downs_outlast_good_service():
    ladder = Ladder()
    for _ in range(4):
        ladder.next(0.0, no_switches)
    ladder.ready(1.0)
    now = 1.0 + STEADY
    later = [ladder.next(now, no_switches) for _ in range(3)]
    assert [step.name for step in later] == ["ask", "reopen", "radio"]
    assert ladder.next(now, no_switches) is LadderWait.EXHAUSTED
    assert now < 300.0


def test_steps_are_counted_over_all_climbs():
    ladder = Ladder()
    taken = climb(ladder, 3600.0, no_switches)
    assert ladder.taken == len(taken) > 4
    assert ladder.last is not None
    assert ladder.last.name in {"radio", "restart"}


def attempts(patience, hours):
    return [now for now in range(0, hours * 3600, 10) if patience.lost(float(now))]


def test_a_modem_without_network_is_left_alone_for_five_minutes():
    assert attempts(SearchPatience(), 1)[0] == 300


def test_attempts_become_rarer_down_to_one_an_hour():
    at = attempts(SearchPatience(), 12)
    gaps = [b - a for a, b in zip([0, *at], at, strict=False)]
    assert gaps[:4] == [300, 600, 1200, 2400]
    assert set(gaps[4:]) == {3600}


def test_registration_ends_the_count():
    patience = SearchPatience()
    attempts(patience, 2)
    patience.registered()
    assert patience.cycles == 0
    assert not patience.lost(10_000.0)
    assert not patience.lost(10_299.0)
    assert patience.lost(10_300.0)


@pytest.mark.parametrize("rung", LADDER, ids=lambda rung: rung.name)
def test_strong_steps_cool_down_for_five_minutes_at_least(rung):
    if rung.does in STRONG:
        assert rung.cool_down >= 300.0
    assert rung.words
