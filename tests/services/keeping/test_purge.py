"""Deleted Communications empty themselves, if wanted, and never because a clock was wrong."""

from __future__ import annotations

import threading

import pytest

from gateway.clock import DAY, HOUR
from gateway.events import Events
from gateway.services.keeping import purge as purging
from gateway.services.keeping.purge import Purge
from gateway.store.file import audit
from gateway.store.messages import details, trash
from gateway.store.search import views
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock
from tests.store.given import ANN, NOW, claimed, connection, dispatches, message

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def purge(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Purge:
    monkeypatch.setattr(purging, "BREATH", 0)
    clock.ms = NOW
    made = Purge(clock, Events(), threading.Event())
    passes(clock, 2 * HOUR)
    return made


def passes(clock: FakeClock, ms: int) -> None:
    clock.ms += ms
    clock.seconds += ms / 1000


def test_it_is_off_until_somebody_wants_it(purge: Purge, clock: FakeClock):
    trash.delete([message(ANN)], NOW, "ann")
    passes(clock, 4000 * DAY)
    assert purge.purge() == 0
    assert views.counts().deleted == 1


def test_only_what_was_deleted_long_enough_ago_goes(purge: Purge, clock: FakeClock):
    purging.change("30", "ann", clock.now())
    old, young, kept = message(ANN), message(ANN), message(ANN)
    trash.delete([old], NOW, "ann")
    passes(clock, 20 * DAY)
    trash.delete([young], clock.now(), "ann")
    assert purge.purge() == 0
    passes(clock, 11 * DAY)
    assert purge.purge() == 1
    assert [details.get(m) is None for m in (old, young, kept)] == [True, False, False]
    written = audit.page(None, 1)[0]
    assert (written.who, written.action) == ("Pigeonbox", "purge")
    assert written.detail == "1 message, deleted more than 30 days before"


def test_thousands_go_in_short_turns_and_stand_in_the_list_as_one(purge: Purge, clock: FakeClock):
    purging.change("1", "ann", clock.now())
    trash.delete([message(ANN) for _ in range(2 * purging.BITE + 7)], NOW, "ann")
    passes(clock, 2 * DAY)
    assert purge.purge() == 2 * purging.BITE + 7
    assert [a.detail for a in audit.page(None, 9) if a.action == "purge"] == [
        "207 messages, deleted more than 1 day before"
    ]


def test_what_a_modem_is_sending_waits_for_the_next_round(purge: Purge, clock: FakeClock):
    purging.change("1", "ann", clock.now())
    m = message(ANN)
    claimed(dispatches(m)[0], connection())
    trash.delete([m], NOW, "ann")
    passes(clock, 2 * DAY)
    assert purge.purge() == 0


def test_a_clock_that_was_just_set_purges_nothing(purge: Purge, clock: FakeClock):
    purging.change("30", "ann", clock.now())
    trash.delete([message(ANN)], NOW, "ann")
    clock.ms += 4000 * DAY  # somebody mistyped the year
    assert purge.purge() == 0
    passes(clock, HOUR // 2)
    assert purge.purge() == 0
    clock.ms -= 4000 * DAY
    assert purge.purge() == 0
    passes(clock, 2 * HOUR)
    assert purge.purge() == 0
    assert views.counts().deleted == 1


def test_a_box_that_was_just_started_waits_for_its_clock(clock: FakeClock):
    purging.change("1", "ann", NOW)
    trash.delete([message(ANN)], NOW - 9 * DAY, "ann")
    clock.ms = NOW
    fresh = Purge(clock, Events(), threading.Event())
    assert fresh.purge() == 0
    passes(clock, 2 * HOUR)
    assert fresh.purge() == 1


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "soon", "3651", "9" * 40, "٣"])
def test_what_is_no_number_of_days_is_refused(typed: str):
    purging.change("30", "ann", NOW)
    with pytest.raises(Refused, match="whole number of days"):
        purging.change(typed, "ann", NOW)
    assert purging.days() == 30


def test_who_changed_the_days_stands_in_the_list():
    purging.change("30", "ann", NOW)
    purging.change("30", "bob", NOW)
    purging.change("", "cat", NOW)
    assert [(a.who, a.detail) for a in audit.page(None, 9)] == [
        ("cat", "never"),
        ("ann", "after 30 days"),
    ]
