"""What connections did today and have still to do; settings kept whole; SIMs that are gone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions.pacing import DEFAULT
from gateway.decisions.routing import Rule, RuleKind
from gateway.events import Events
from gateway.modem.ledger import Telemetry
from gateway.services.connections import connection_settings
from gateway.services.connections.box_limits import BoxLimits
from gateway.services.connections.connection_status import duration
from gateway.services.connections.options import ConnectionOptions
from gateway.services.connections.overview import Connections
from gateway.services.connections.removal import LOST, RULES, ConnectionRemoval
from gateway.services.connections.status import StatusReader
from gateway.services.credit.credit_settings import TypedCredit
from gateway.services.credit.credit_status import kept_status
from gateway.services.messages.accept import Messages, WrittenMessage
from gateway.services.sending import own_number
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections, rules
from gateway.store.credit import credit as credit_store
from gateway.store.file import audit, settings
from gateway.store.messages import details, outbox
from gateway.text.refusal import Refused
from tests.store.given import claimed
from tests.support.settings import somebody

ZONE = ZoneInfo("Africa/Nairobi")


@pytest.fixture
def telemetry() -> list[Telemetry]:
    return []


@pytest.fixture
def holds(clock) -> SendingHolds:
    return SendingHolds(clock)


@pytest.fixture
def status(telemetry, holds) -> StatusReader:
    return StatusReader(lambda: telemetry, lambda: 1, holds=holds)


@pytest.fixture
def service(status, holds, clock, store) -> Connections:
    return Connections(status, holds, clock, lambda: ZONE, kept_status)


@pytest.fixture
def sims(status, clock, store) -> ConnectionRemoval:
    return ConnectionRemoval(status, clock, Events())


def sim(clock, n: int = 1) -> int:
    return connections.upsert_connection(f"89{n}", "", clock.now()).connection_id


def write(clock, *numbers: str, via: int | None = None, **more) -> list[int]:
    now = clock.now()
    numbers = numbers or ("+254712345678",)
    values = {"created_at": now, "due_at": now, "valid_until": now + DAY, "connection_id": via}
    message = outbox.add(
        outbox.OutgoingMessage(text="hi", numbers=numbers, parts=1, **(values | more))
    )
    return [d.id for d in details.get(message).dispatches]


def send(clock, dispatch: int, via: int, took: int = 2000) -> None:
    part = claimed(dispatch, via, at=clock.now()).parts[0].part_id
    outbox.submitted(part, via, clock.now())
    clock.ms += took
    outbox.accepted(part, 1, clock.now())


def fail(clock, dispatch: int, via: int) -> None:
    part = claimed(dispatch, via, at=clock.now()).parts[0].part_id
    outbox.refused(part, clock.now(), reason="No.", code="CMS 1", retry_at=None)


def test_today_begins_at_midnight_where_the_box_is(service, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    clock.ms = int(datetime(2026, 11, 27, 23, 59, tzinfo=ZONE).timestamp() * 1000)
    send(clock, write(clock)[0], a, took=1000)
    fail(clock, write(clock)[0], a)
    found = service.overview()
    assert [(line.sent, line.failed) for line in found.connections] == [(1, 1), (0, 0)]
    clock.ms += 2 * MINUTE
    send(clock, write(clock)[0], b)
    found = service.overview()
    assert [(line.sent, line.failed) for line in found.connections] == [(0, 0), (1, 0)]


def test_what_waits_and_how_long_it_will_take_as_measured(service, clock, telemetry, holds):
    a = sim(clock)
    telemetry.append(Telemetry("/dev/x", state="ready", connection_id=a))
    holds.carried(a, pretend=True)  # without limits
    assert service.overview().connection(a).seconds is None
    for n in range(3):
        send(clock, write(clock)[0], a, took=2000 + n * 1000)
    write(clock, *[f"+2547{n:08d}" for n in range(10)], via=a)
    found = service.overview().connection(a)
    assert (found.waiting, found.pace, found.seconds) == (10, 3.0, 30.0)
    write(clock, *[f"+2547{n:08d}" for n in range(20)])
    whole = service.overview()
    assert (whole.shared, whole.shared_seconds) == (20, 60.0)


def test_limits_make_it_longer(service, clock, telemetry):
    a = sim(clock)
    telemetry.append(Telemetry("/dev/x", state="ready", connection_id=a))
    send(clock, write(clock)[0], a)
    write(clock, *[f"+2547{n:08d}" for n in range(DEFAULT.hour + 50)], via=a)
    found = service.overview().connection(a)
    assert HOUR / 1000 * 0.9 < found.seconds <= HOUR / 1000


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "5 s"), (42, "45 s"), (61, "2 min"), (3600, "1 h"), (90000, "25 h"), (10**6, "12 days")],
)
def test_estimates_are_as_exact_as_they_deserve(seconds, words):
    assert duration(seconds) == words


# settings -------------------------------------------------------------------------------------


def keep(connection_id: int, clock, holds, **typed) -> None:
    options = ConnectionOptions(clock, Events(), holds)
    wanted = connection_settings.TypedConnection(**({"name": "Line"} | typed))
    connection_settings.keep(
        connection_id,
        wanted,
        by=somebody(),
        country="KE",
        options=options,
        checks=None,
        events=Events(),
    )


def test_everything_wrong_is_said_and_nothing_is_kept(clock, holds, store):
    a, b = sim(clock, 1), sim(clock, 2)
    switches = {"send_enabled": False}
    wrong = {"name": "sim 2", "number": "123", "per_hour": "-1", "per_day": "x", "centre": "0171"}
    with pytest.raises(Refused) as error:
        keep(a, clock, holds, switches=switches, **wrong)
    fields = {found.field for found in error.value.errors}
    assert fields == {"name", "number", "per_hour", "per_day", "centre"}
    info = connections.get(a)
    assert (info.name, info.number, info.send_enabled) == ("SIM 1", "", True)
    keep(b, clock, holds, name="SIM 2")  # its own name is no other's


def test_what_is_right_is_kept(clock, holds, store):
    a = sim(clock)
    switches = {"hang_up": True, "receive_enabled": False}
    typed = {
        "number": "0712 345 678",
        "per_hour": "50",
        "per_day": "0",
        "centre": "+254 722 500029",
    }
    keep(a, clock, holds, switches=switches, **typed)
    info = connections.get(a)
    assert (info.number, info.hang_up, info.receive_enabled) == ("+254712345678", True, False)
    assert (info.per_minute, info.per_hour, info.per_day) == (None, 50, 0)
    assert connection_settings.centre_of(a) == "+254722500029"
    keep(a, clock, holds, switches=switches)
    assert connection_settings.centre_of(a) == ""


def test_a_form_is_kept_as_a_whole_or_not_at_all(clock, holds, store, monkeypatch):
    """Wherever the power goes, nothing of it is kept, not even that it was."""
    a = sim(clock)
    keep(a, clock, holds, name="before", centre="+254722500029")
    typed = {
        "name": "after",
        "number": "0712 345 678",
        "switches": {"hang_up": True},
        "per_hour": "50",
        "centre": "",
        "credit": TypedCredit(code="*100#"),
    }

    def left() -> tuple[object, ...]:
        info = connections.get(a)
        return connection_settings.standing(info), info, audit.page(None, 99)

    def power(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = left()
    steps = (
        (connections, "rename"),
        (connections, "set_options"),
        (settings, "forget"),
        (credit_store, "put_settings"),
        (audit, "changed"),
    )
    for module, step in steps:
        with monkeypatch.context() as patch:
            patch.setattr(module, step, power)
            with pytest.raises(KeyboardInterrupt):
                keep(a, clock, holds, **typed)
        assert left() == before, step
    keep(a, clock, holds, **typed)
    assert connections.get(a).name == "after"
    assert connection_settings.centre_of(a) == ""
    assert len(audit.page(None, 99)) == len(before[2]) + 1


def test_the_boxs_own_limits_and_how_long_a_message_waits(clock, store):
    sending = BoxLimits(clock, Events())
    assert (sending.limits(), sending.valid_hours()) == (DEFAULT, 24)
    with pytest.raises(Refused) as error:
        sending.change(minute="a", hour="5", day="-3", valid_hours="0", by=somebody())
    assert {found.field for found in error.value.errors} == {"minute", "day", "valid_hours"}
    assert sending.limits() == DEFAULT
    sending.change(minute="", hour="5", day="0", valid_hours="72", by=somebody())
    assert (sending.limits().minute, sending.limits().hour, sending.limits().day) == (30, 5, 0)
    messaging = Messages(clock, Events(), lambda: "KE")
    accepted = messaging.send(WrittenMessage("0712345678", "hi"))
    (dispatch,) = details.get(accepted.message_id).dispatches
    assert dispatch.valid_until == clock.now() + 72 * HOUR


# SIMs that are gone ---------------------------------------------------------------------------


def waiting(connection_id: int) -> list[str]:
    found = outbox.due(10**15, {connection_id: 99}, 99)
    return [due.number for due in found if due.chosen_connection_id == connection_id]


def test_what_waits_for_a_sim_can_go_through_another(sims, clock, store):
    a, b = sim(clock, 1), sim(clock, 2)
    numbers = tuple(f"+2547{n:08d}" for n in range(3))
    (first, *_) = write(clock, *numbers, via=a)
    outbox.postpone([first], clock.now(), "SIM 1: no modem", clock.now())
    assert sims.move(a, str(b), "ann") == 3
    assert waiting(b) == list(numbers)
    assert waiting(a) == []
    message = details.get(1)
    assert message.connection_id == b
    assert "Moved to SIM 2 by ann" in message.dispatches[0].history[-1].reason
    assert message.dispatches[0].reason == ""


def test_a_message_that_has_begun_to_go_out_stays_with_its_sim(sims, clock, store):
    a, b = sim(clock, 1), sim(clock, 2)
    (dispatch,) = write(clock, via=a)
    work = claimed(dispatch, a, parts=2, at=clock.now())
    outbox.submitted(work.parts[0].part_id, a, clock.now())
    outbox.accepted(work.parts[0].part_id, 1, clock.now())
    outbox.release(dispatch, "gone", clock.now())
    assert sims.leaving(a).begun == 1
    assert sims.move(a, str(b), "ann") == 0
    sims.forget(a, "", "ann")
    (told,) = details.get(1).dispatches
    assert (told.state, told.reason) == ("failed", LOST)


def test_a_sim_that_is_gone_leaves_its_history_behind(sims, service, clock, store):
    a, b = sim(clock, 1), sim(clock, 2)
    send(clock, write(clock)[0], a)
    rules.replace_all([(Rule(RuleKind.CONNECTION, "", a), True), (Rule(RuleKind.ANY), True)])
    write(clock, via=a)
    with pytest.raises(Refused) as error:
        sims.forget(a, "", "ann")
    assert error.value.errors[0].field == "to"
    sims.forget(a, RULES, "ann")
    assert [line.id for line in service.overview().connections] == [b]
    assert connections.get(a) is None
    assert connections.names()[a] == "SIM 1"
    assert [r.rule.kind for r in rules.all_rules()] == [RuleKind.ANY]
    assert details.get(1).dispatches[0].connection_id == a
    (due,) = outbox.due(clock.now(), {b: 5}, 5)
    assert due.chosen_connection_id is None


def test_a_sim_in_service_is_not_removed(sims, clock, telemetry, store):
    a = sim(clock)
    telemetry.append(Telemetry("/dev/x", state="ready", connection_id=a))
    with pytest.raises(Refused, match="in service"):
        sims.forget(a, RULES, "ann")
    assert connections.get(a) is not None


def test_a_sim_that_comes_back_is_known_again(sims, clock, store):
    a = sim(clock)
    connections.rename(a, name="Clinic")
    sims.forget(a, "", "ann")
    assert connections.all_connections() == []
    found = connections.upsert_connection("891", "", clock.now())
    assert (found.connection_id, found.name, found.position) == (a, "Clinic", 1)
    assert connections.all_connections() == [found]


def test_programs_keep_the_numbers_of_the_others(sims, clock, store):
    a, b = sim(clock, 1), sim(clock, 2)
    sims.forget(a, "", "ann")
    assert [(c.connection_id, c.position) for c in connections.all_connections()] == [(b, 2)]
    assert connections.upsert_connection("893", "", clock.now()).position == 3


# the own number, as the SIM knows it -------------------------------------------------------------


def _told(connection_id: int, number: str) -> str:
    info = connections.get(connection_id)
    assert info is not None
    own_number.take(info, number, "KE")
    found = connections.get(connection_id)
    assert found is not None
    return found.number


def test_the_number_that_a_sim_tells_is_taken_where_nobody_typed_one(store, clock) -> None:
    one = connections.upsert_connection("8949", "", clock.now()).connection_id
    assert _told(one, "") == ""
    assert _told(one, "12") == ""
    assert _told(one, "0712000009") == "+254712000009"
    assert _told(one, "+254712000010") == "+254712000010", "nobody typed the one before"
    connections.rename(one, number="")
    assert _told(one, "+254712000010") == "", "somebody emptied the field"


def test_what_was_typed_is_never_overwritten_by_the_sim(store, clock) -> None:
    one = connections.upsert_connection("8949", "", clock.now()).connection_id
    connections.rename(one, number="+254712000001")
    assert _told(one, "+254712000009") == "+254712000001"
    assert _told(one, "+254712000010") == "+254712000001"
