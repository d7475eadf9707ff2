"""What happens to the store and to what is sent later when the clock is set."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.decisions.clock_trust import BUILT, ClockDoubt, Voucher
from gateway.decisions.dispatch_states import DispatchState
from gateway.events import Events
from gateway.modem.ledger import NetworkTime
from gateway.services.box.preferences import Preferences
from gateway.services.clock.box_clock import BoxClock
from gateway.services.clock.timekeeper import Timekeeper
from gateway.services.messages.accept import Messages, WrittenMessage
from gateway.services.schedules.plan import TypedPlan
from gateway.services.schedules.schedules import Schedules
from gateway.store.connections import connections
from gateway.store.file import settings
from gateway.store.file.database import execute
from gateway.store.messages import details, lists, outbox
from gateway.store.schedules import clock_change, schedule_runs
from gateway.store.search.views import View
from hw.hostclock import HostClock
from tests.store.given import ANN, BOB, sent
from tests.support.settings import somebody

TRUE = BUILT + 300 * DAY  # the true time when a test begins


class Machine:
    """A computer: its clock, its start, and what it knows."""

    def __init__(self) -> None:
        self.steady = 5000
        self.ahead = TRUE - self.steady  # of the steady clock
        self.host = HostClock(False, True, None, "boot-1")
        self.times: list[NetworkTime] = []
        self.rights = True

    def wall(self) -> int:
        return self.steady + self.ahead

    def set(self, at: int) -> None:
        if not self.rights:
            raise PermissionError
        self.ahead = at - self.steady

    def restart(self, shows: int) -> None:
        """Power off and on: the clock begins at `shows`."""
        self.steady = 5000
        self.ahead = shows - self.steady
        self.host = HostClock(False, self.host.board, None, self.host.boot + "x")

    def synchronise(self, at: int) -> None:
        """A time server is reached."""
        self.set(at)
        self.host = HostClock(True, self.host.board, None, self.host.boot)


class Life:
    """The service from a start on."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.clock = BoxClock(machine.wall, lambda: machine.steady)
        self.clock.monotonic = lambda: machine.steady / 1000  # type: ignore[method-assign]
        events = Events()
        self.time = Timekeeper(
            self.clock, events, lambda: machine.times, lambda: machine.host, machine.set
        )
        self.time.begin()
        preferences = Preferences(events, "KE")
        self.messaging = Messages(self.clock, events, preferences.country)
        self.scheduling = Schedules(self.clock, events, self.messaging, preferences, self.time.hold)

    def passes(self, ms: int) -> None:
        self.machine.steady += ms

    def look(self) -> None:
        self.time.look()
        outbox.expire(self.clock.now())
        self.scheduling.run_due()

    def send(self, text: str = "hi", to: str = ANN) -> int:
        return self.messaging.send(WrittenMessage(to, text)).message_id


@pytest.fixture
def machine(store: Path) -> Machine:
    settings.put("box.zone", "UTC")
    return Machine()


def created(message_id: int) -> int:
    found = details.get(message_id)
    assert found
    return found.created_at


def state(message_id: int) -> DispatchState:
    found = details.get(message_id)
    assert found
    return found.dispatches[0].state


def texts() -> list[str]:
    return [row.words for row in lists.page(View.ALL)]


# what was written while the clock was wrong ----------------------------------------------------


@pytest.mark.parametrize("shows", [0, 1_000_000_000_000, TRUE - 8 * HOUR])
def test_what_waits_since_a_wrong_time_does_not_expire_when_the_right_one_comes(machine, shows):
    Life(machine).send("before the power cut")
    machine.restart(shows)
    life = Life(machine)
    assert life.time.hold()
    life.passes(MINUTE)
    message = life.send("in the dark")
    assert created(message) > BUILT
    life.passes(HOUR)
    machine.synchronise(TRUE + 3 * DAY)
    life.look()
    assert life.time.hold() == ""
    assert state(message) is DispatchState.PENDING
    assert created(message) == TRUE + 3 * DAY - HOUR
    found = details.get(message)
    assert found
    assert found.dispatches[0].valid_until == created(message) + DAY
    assert texts() == ["in the dark", "before the power cut"]


def test_what_expired_while_the_power_was_off_does_expire(machine: Machine):
    machine.synchronise(TRUE)
    message = Life(machine).send()
    machine.restart(TRUE)
    life = Life(machine)
    assert state(message) is DispatchState.PENDING
    machine.synchronise(TRUE + 3 * DAY)
    life.look()
    assert state(message) is DispatchState.FAILED


def test_two_starts_in_the_dark_are_put_right_together(machine: Machine):
    machine.restart(0)
    first = Life(machine).send("one")
    machine.restart(0)
    life = Life(machine)
    second = life.send("two")
    assert created(second) > created(first)
    machine.synchronise(TRUE)
    life.look()
    assert state(first) is DispatchState.PENDING
    assert created(second) == TRUE


def test_a_report_finds_its_part_though_the_clock_was_set_in_between(machine: Machine):
    machine.restart(0)
    life = Life(machine)
    line = connections.upsert_connection("8944", "", life.clock.now()).connection_id
    message = life.send()
    found = details.get(message)
    assert found
    sent(found.dispatches[0].id, line, mr=5, at=life.clock.now())
    life.passes(MINUTE)
    machine.synchronise(TRUE)
    life.look()
    scts = TRUE - MINUTE  # the centre's clock was right all the time
    assert outbox.report(line, ANN, 5, 0, scts, TRUE, life.clock.now())
    assert state(message) is DispatchState.DELIVERED


# what is planned -------------------------------------------------------------------------------


def test_schedules_are_held_until_the_time_is_right_and_come_once(machine: Machine):
    life = Life(machine)
    life.time.confirm(somebody())
    life.scheduling.add(WrittenMessage(ANN, "soon"), TRUE + HOUR)
    life.scheduling.add(WrittenMessage(BOB, "tomorrow"), TRUE + DAY)
    machine.restart(TRUE)
    life = Life(machine)
    life.passes(2 * HOUR)
    life.look()
    assert texts() == []
    machine.synchronise(TRUE + HOUR + 10 * MINUTE)
    life.look()
    assert texts() == ["soon"]
    life.passes(2 * SECOND)
    life.look()
    assert texts() == ["soon"]


def test_a_clock_that_jumps_ahead_by_days_brings_no_burst(machine: Machine):
    machine.host = HostClock(None, False, None, "pc")
    life = Life(machine)
    day = (life.clock.now() // DAY + 1) * DAY
    start = datetime.fromtimestamp(day / 1000, UTC)
    life.scheduling.add(
        WrittenMessage(ANN, "daily"), TypedPlan(f"{start:%Y-%m-%d}", "09:00", "day")
    )
    machine.set(day + 30 * DAY + 9 * HOUR + 5 * MINUTE)
    life.look()
    assert texts() == ["daily"]
    (missed,) = schedule_runs.unseen()
    assert missed.turns == 30


def test_a_clock_that_jumps_back_sends_nothing_twice_and_loses_nothing(machine: Machine):
    machine.host = HostClock(None, False, None, "pc")
    machine.set(TRUE + 9 * HOUR)
    life = Life(machine)
    life.scheduling.add(WrittenMessage(ANN, "once"), life.clock.now() + HOUR)
    life.scheduling.add(WrittenMessage(BOB, "later"), life.clock.now() + 5 * HOUR)
    life.passes(HOUR)
    life.look()
    assert texts() == ["once"]
    pending = life.send("waiting", "+254711000009")
    outbox.postpone([details.get(pending).dispatches[0].id], life.clock.now() + MINUTE, "", 0)
    machine.synchronise(TRUE)
    life.look()
    due = outbox.due(life.clock.now() + 2 * MINUTE, {1: 9}, 50)
    assert "waiting" in [d.text for d in due]
    for _ in range(16):
        life.passes(HOUR)
        life.look()
    assert texts() == ["later", "waiting", "once"]


@pytest.mark.parametrize("years", [-40, 40])
def test_an_hour_of_the_year_2066_leaves_nothing_waiting_for_it(machine: Machine, years: int):
    machine.host = HostClock(None, False, None, "pc")
    machine.set(TRUE + 40 * 365 * DAY)
    life = Life(machine)
    message = life.send("from the future")
    outbox.postpone([details.get(message).dispatches[0].id], life.clock.now() + MINUTE, "", 0)
    if years > 0:  # the box is restarted before the right time comes
        machine.restart(TRUE)
        life = Life(machine)
        assert life.time.report().verdict.doubt is ClockDoubt.BEHIND
    machine.synchronise(TRUE)
    life.look()
    assert state(message) is DispatchState.PENDING
    found = details.get(message).dispatches[0]
    assert found.valid_until <= TRUE + DAY + MINUTE
    assert found.due_at <= TRUE + 2 * HOUR
    machine.restart(TRUE + HOUR)
    machine.host = HostClock(None, False, None, "pc2")
    assert Life(machine).time.hold() == "", "once put right it is not doubted again"


# who says so -----------------------------------------------------------------------------------


def heard(machine: Machine, at: int, source: str = "news") -> None:
    machine.times = [NetworkTime(at, machine.steady / 1000, 0, source)]


def test_the_mobile_network_sets_the_clock_where_somebody_wished_so(machine: Machine):
    machine.restart(0)
    life = Life(machine)
    heard(machine, TRUE)
    life.look()
    assert life.time.hold()
    life.time.set_from_network(True, somebody())
    life.time._trouble = ""  # whatever the rights of this test are
    life.look()
    assert machine.wall() == TRUE
    assert life.clock.now() == TRUE
    assert life.time.hold() == ""
    assert life.time.report().verdict.by is Voucher.NETWORK


def test_without_the_right_to_set_it_that_is_said(machine: Machine):
    machine.restart(0)
    machine.rights = False
    life = Life(machine)
    heard(machine, TRUE)
    life.time.set_from_network(True, somebody())
    life.time._trouble = ""
    life.look()
    assert "CAP_SYS_TIME" in life.time.report().trouble
    assert life.time.hold()


def test_a_modems_own_clock_confirms_and_never_doubts(machine: Machine):
    machine.host = HostClock(False, False, None, "pc")
    life = Life(machine)
    heard(machine, TRUE - 100 * DAY, "clock")
    life.look()
    assert life.time.hold() == ""
    assert life.time.report().verdict.by is None
    heard(machine, machine.wall(), "clock")
    life.look()
    assert life.time.report().verdict.by is Voucher.NETWORK


def test_a_person_may_say_that_it_is_right_until_the_next_start(machine: Machine):
    life = Life(machine)
    assert life.time.hold()
    assert life.time.confirm(somebody())
    assert life.time.hold() == ""
    assert Life(machine).time.hold() == "", "the service alone was restarted"
    machine.restart(TRUE)
    assert Life(machine).time.hold()


def test_nobody_can_say_that_1970_is_right(machine: Machine):
    machine.restart(0)
    life = Life(machine)
    assert not life.time.confirm(somebody())
    assert life.time.hold()


def test_set_by_hand_while_it_runs_counts(machine: Machine):
    machine.restart(0)
    life = Life(machine)
    machine.set(TRUE)
    life.look()
    assert life.time.hold() == ""
    assert life.clock.now() == TRUE


def test_small_corrections_are_followed_at_once_and_change_nothing(machine: Machine):
    life = Life(machine)
    message = life.send()
    at = created(message)
    machine.ahead += 900
    assert life.clock.now() == machine.wall()
    life.look()
    assert created(message) == at


def test_marks_go_when_the_time_is_right(machine: Machine):
    machine.restart(0)
    life = Life(machine)
    assert clock_change.kept_mark()
    machine.synchronise(TRUE)
    life.look()
    assert clock_change.kept_mark() is None
    assert execute("SELECT count(*) FROM setting WHERE key = 'clock.mark'").fetchone()[0] == 0
