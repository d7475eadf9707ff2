"""Activities with hours, while the box does not know the time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.clock import HOUR, MINUTE
from gateway.health import activities as health
from gateway.health.snapshot import Snapshot
from gateway.services.activities.fallback import Fallback
from gateway.services.activities.matching import TOO_LATE, ActivityMatcher
from gateway.services.health.health_watch import broken_activities
from gateway.store.activities import activities, waits
from gateway.store.connections import connections
from gateway.store.file.database import execute
from gateway.store.messages import trash
from gateway.store.people import groups
from gateway.store.search import views
from gateway.store.search.views import View
from tests.services.activities.activity_world import ANN, ActivityWorld, forward
from tests.services.conftest import FakeClock
from tests.store.given import restore
from tests.support.settings import somebody

NOON = int(datetime(2026, 11, 27, 12, tzinfo=ZoneInfo("Africa/Nairobi")).timestamp() * 1000)
WRONG = "The clock says 1970."


class Doubtful(ActivityWorld):
    """Its clock is not trusted until somebody says so."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        clock.ms = NOON
        self.preferences.change(name="Clinic", country="KE", zone="Africa/Nairobi", by=somebody())
        self.doubt = WRONG
        self._deciding = ActivityMatcher(clock, self.preferences, lambda: self.doubt)
        self.acting._settle = self._deciding.settle

    def trust(self) -> None:
        self.doubt = ""
        while self._deciding.settle():
            pass
        self.act()

    def texts(self) -> list[str]:
        return [text for _, text in self.sent()]


@pytest.fixture
def world(clock: FakeClock, store: Path) -> Doubtful:
    return Doubtful(clock)


def test_it_is_held_and_runs_when_the_time_is_known_and_was_right(world: Doubtful) -> None:
    world.add("Day", "", starts="08:00", ends="18:00")
    world.add("Night", "", starts="18:00", ends="08:00")
    world.add("Always", "")
    message = world.receive("hello")
    assert world.texts() == ["This is Always"]
    assert [w.name for w in waits.of(message)] == ["Day", "Night"]
    assert not world._deciding.settle(), "not while it is in doubt"
    world.trust()
    assert world.texts() == ["This is Always", "This is Day"]
    assert waits.of(message) == []


def test_the_corrected_time_of_arrival_decides(world: Doubtful) -> None:
    world.add("Day", "", starts="08:00", ends="18:00")
    message = world.receive("hello")
    world.clock.ms += 8 * HOUR  # the clock was 8 hours slow; what it wrote is moved
    execute("UPDATE message SET created_at = created_at + ?", (8 * HOUR,))
    world.trust()
    assert world.texts() == []
    assert waits.of(message) == []
    assert views.ids(View.UNTRIGGERED, None, 9) == [message]


def test_what_was_held_for_longer_than_an_hour_does_not_run_and_says_so(world: Doubtful) -> None:
    world.add("Day", "", starts="08:00", ends="18:00")
    message = world.receive("hello")
    world.clock.ms += HOUR + MINUTE
    world.trust()
    assert world.texts() == []
    assert [w.words for w in waits.of(message)] == [TOO_LATE]
    assert not world._deciding.settle()


def test_one_that_ran_after_all_takes_the_message_out_of_did_not_trigger(world: Doubtful) -> None:
    world.add("Day", "", starts="08:00", ends="18:00")
    world.receive("hello")
    assert views.counts().untriggered == 1
    world.trust()
    assert views.counts().untriggered == 0


def test_the_fallback_reply_waits_too_and_is_sent_once(world: Doubtful) -> None:
    world.activities.set_fallback(Fallback("Nobody is here", True), "admin")
    world.add("Night", "", starts="18:00", ends="08:00")
    world.receive("hello")
    assert world.texts() == []
    world.trust()
    assert world.texts() == ["Nobody is here"]


def test_what_does_not_ask_for_hours_or_does_not_match_waits_for_nothing(world: Doubtful) -> None:
    world.add("Day", "open", starts="08:00", ends="18:00")
    message = world.receive("hello")
    assert waits.of(message) == []


def test_a_deleted_message_and_a_deleted_activity_run_nothing(world: Doubtful) -> None:
    gone = world.add("Gone", "", starts="08:00", ends="18:00")
    world.receive("one")
    activities.delete(gone, 1, "ann")
    world.add("Day", "", starts="08:00", ends="18:00")
    message = world.receive("two")
    trash.delete([message], world.clock.ms, "ann")
    world.trust()
    assert world.texts() == []
    restore([message], world.clock.ms, "ann")
    world.trust()
    assert world.texts() == ["This is Day"]


def test_with_a_clock_that_is_trusted_nothing_is_held(world: Doubtful) -> None:
    world.doubt = ""
    world.add("Day", "", starts="08:00", ends="18:00")
    message = world.receive("hello")
    assert world.texts() == ["This is Day"]
    assert waits.of(message) == []


# what they name and is gone ----------------------------------------------------------------------


def test_what_an_activity_names_and_is_gone_is_an_issue_until_it_is_mended(
    world: Doubtful,
) -> None:
    group = groups.make("Volunteers", 1)
    execute(
        "INSERT INTO contact (name, number, sort, search, created_at, changed_at)"
        " VALUES ('Bo', ?, 'bo', 'bo', 1, 1)",
        (ANN,),
    )
    groups.join(group, [1])
    one = world.add("To the line", "", connection=str(world.line))
    world.add("To a group", "", forward("Volunteers"))
    world.add("To a person", "", forward("Bo"))
    world.add("From a group", "", sender="group", group=str(group))
    assert list(broken_activities()) == []
    connections.forget(world.line, 2)
    execute('DELETE FROM "group"')
    execute("DELETE FROM contact")
    found = dict(broken_activities())
    assert "connection does not exist any more" in found["To the line"]
    assert "group" in found["To a group"]
    assert "person" in found["To a person"].lower()
    assert "never runs" in found["From a group"]
    issues = list(health.check(Snapshot(0, broken_activities=tuple(found.items()))))
    assert {i.about for i in issues} == found.keys()
    activities.switch(one, False, 1, "ann")
    assert "To the line" not in dict(broken_activities())
