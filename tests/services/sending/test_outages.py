"""What refusals do to those who wait: an outage counts once, and what is good goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.clock import HOUR, MINUTE, SECOND
from gateway.store.file import settings
from tests.services.conftest import FakeClock
from tests.services.radio_world import TAKES, RadioWorld, outage

BACK = 60  # seconds from the end of an outage until sending is back, at most
BEHIND = 30  # seconds in which good messages behind bad numbers are out
REFUSED = (">", "CMS 38")


@pytest.fixture
def world(clock: FakeClock, store: Path) -> RadioWorld:
    return RadioWorld(clock)


def numbers(count: int, start: int = 0) -> list[str]:
    return [f"+2547{n:08d}" for n in range(start, start + count)]


OUTAGES = (
    (15 * SECOND, ">", "CMS 38"),
    (15 * SECOND, ">", "CMS 331"),
    (4 * MINUTE, ">", "CMS 8"),
    (4 * MINUTE, ">", "CMS 500"),
    (4 * MINUTE, "ERROR", ""),
    (20 * MINUTE, "TIMEOUT", ""),
    (20 * MINUTE, "CMS 330", ""),
    (HOUR, ">", "CMS 38"),
)


@pytest.mark.parametrize(("lasts", "prompt", "pdu"), OUTAGES)
def test_after_an_outage_sending_is_back_within_a_minute(world, lasts, prompt, pdu):
    world.air = outage(world.began, lasts, prompt, pdu)
    waiting = world.write(*numbers(30))
    world.run(lasts / SECOND)
    assert "failed" not in world.states(waiting)
    alarm = world.write("+254799999999", priority=100)
    first = len(world.tried)
    assert world.run(BACK, lambda: any(s == TAKES[1] for *_, s in world.tried[first:]))
    assert world.run(2, world.all_sent(alarm))  # as soon as anything goes
    assert world.run(BACK, world.all_sent(waiting))


@pytest.mark.parametrize("count", [1, 2])
def test_so_are_few_messages_that_name_the_connection(world, count):
    world.air = outage(world.began, HOUR, ">", "CMS 331")
    waiting = world.write(*numbers(count))
    world.run(HOUR // SECOND)
    assert world.states(waiting) == {"pending"}
    assert "check antenna" in world.reason(waiting[0])
    assert world.run(BACK, world.all_sent(waiting))


@pytest.mark.parametrize("said", ["CMS 38", "CMS 41", "CMS 21", "CMS 194", "CMS 500", "ERROR"])
@pytest.mark.parametrize("lasts", [100 * SECOND, 12 * MINUTE])
def test_so_is_the_only_message_whatever_is_said_of_it(world, said, lasts):
    world.air = outage(world.began, lasts, ">", said)
    alarm = world.write("+254700000001", priority=100)
    world.run(lasts / SECOND)
    assert world.states(alarm) == {"pending"}
    assert world.run(BACK, world.all_sent(alarm))


def test_the_only_message_fails_when_it_never_gets_through(world):
    world.air = lambda number, now: REFUSED
    alone = world.write("+254700000001")
    assert world.run(20 * 60, lambda: world.states(alone) == {"failed"})
    assert len(world.tried) < 30


@pytest.mark.parametrize("bad", [1, 3, 8, 20])
@pytest.mark.parametrize("priority", [0, 100])
def test_good_messages_behind_bad_numbers_are_out_in_half_a_minute(world, bad, priority):
    refused = set(numbers(bad))
    world.air = lambda number, now: REFUSED if number in refused else TAKES
    world.write(*refused, priority=priority)
    good = world.write(*numbers(24, 100))
    assert world.run(BEHIND + 24, world.all_sent(good[:1]))
    assert world.clock.now() - world.began <= BEHIND * SECOND
    assert world.run(24 + 2 * bad, world.all_sent(good))  # what all take on the air


def test_bad_numbers_fail_after_their_tries_and_hold_nobody_up(world):
    refused = set(numbers(8))
    world.air = lambda number, now: REFUSED if number in refused else TAKES
    bad = world.write(*refused)
    good = world.write(*numbers(4, 100))
    assert world.run(20 * 60, lambda: world.states(bad) == {"failed"})
    assert world.states(good) == {"sent"}
    late = world.write(*numbers(3, 200))
    assert world.run(BEHIND, world.all_sent(late))


def test_a_trial_takes_another_recipient_and_the_most_urgent_first(world):
    world.air = outage(world.began, HOUR, *REFUSED)
    world.write(*numbers(3))
    world.run(4)
    world.write(*numbers(3, 10))
    world.write(*numbers(2, 20), priority=100)
    first = len(world.tried)
    world.run(60)
    tried = [number for _, number, _ in world.tried[first:]]
    assert tried[:5] == [*numbers(2, 20), *numbers(3, 10)]


def test_what_was_claimed_when_the_hold_began_is_given_back(world):
    world.air = outage(world.began, HOUR, *REFUSED)
    world._backlog._pace = 0.0  # a fast modem claims many
    world.write(*numbers(30))
    world.run(20)
    assert [number for _, number, _ in world.tried[:8]] == numbers(8)  # one after another
    assert len(world.tried) <= 3 + 12


def test_an_unknown_subscriber_fails_and_holds_nobody(world):
    world.air = lambda number, now: (">", "CMS 30")
    gone = world.write(*numbers(5))
    world.run(10)
    assert world.states(gone) == {"failed"}
    assert not world.holds.distrusted(world.connection)


@pytest.mark.parametrize("said", ["CMS 321", "CMS 340", "CME 21", "CME 22"])
def test_a_refusal_of_the_pdu_is_told_as_one(world, said):
    world.air = outage(world.began, 5 * SECOND, ">", said)
    (message,) = world.write("+254700000001")
    world.run(2)
    assert world.state(message) == "pending"
    assert "refused" in world.reason(message)
    assert world.run(BACK, world.all_sent([message]))
    world.air = lambda number, now: (">", said)
    (message,) = world.write("+254700000002")
    assert world.run(30 * 60, lambda: world.state(message) == "failed")


@pytest.mark.parametrize(
    "code", [1, 38, 69, 81, *range(95, 100), 128, 195, 197, 304, 321, 332, 340, 513, 517, 550]
)
def test_no_code_before_the_prompt_ends_a_message(world, code):
    world.air = outage(world.began, 20 * SECOND, f"CMS {code}", "")
    waiting = world.write(*numbers(3))
    world.run(20)
    assert world.states(waiting) == {"pending"}
    assert world.run(BACK, world.all_sent(waiting))


@pytest.mark.parametrize(
    "maker", [("", ""), ("SIMCOM_Ltd", "SIMCOM_SIM800L"), ("Cinterion", "MC75i")]
)
def test_a_modem_that_restarts_fails_nothing_that_waits(world, maker):
    world.maker, world.model = maker
    for said in ("RESTARTED", "CMS 517", "ERROR", "CMS 302", "CMS 310", "CME 14", "CMS 500"):
        world.air = outage(world.clock.now(), 30 * SECOND, said, "")
        waiting = world.write(*numbers(6, world.clock.now() % 10_000))
        assert world.run(30 + BACK, world.all_sent(waiting)), said


def test_the_reasons_people_read_make_sense(world):
    for said in ("ERROR", "TIMEOUT", "CMS 96", "CMS 321", "CME 100", "CMS"):
        world.air = outage(world.clock.now(), HOUR, said, "")
        (message,) = world.write("+254700000001")
        world.run(1)
        reason = world.reason(message)
        assert "Done" not in reason
        assert reason.endswith(".")
        assert any(advice in reason for advice in ("again", ":", "check", "If this stays so")), (
            reason
        )
        world.withdraw(message)
        world.options.let_go(world.connection)


# what was mended ------------------------------------------------------------------------------


def test_an_older_hold_in_the_store_is_understood(clock, store):
    world = RadioWorld(clock)
    old = {"numbers": ["+1"], "said": "No.", "holds": 5, "until": clock.now() + HOUR}
    settings.put(f"refusals of connection {world.connection}", old)
    waiting = world.write("+254700000001")
    assert world.run(BACK, world.all_sent(waiting))
