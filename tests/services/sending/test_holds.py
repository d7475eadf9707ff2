"""A connection that is up may still not send, and says why."""

from __future__ import annotations

import pytest

from gateway import sms
from gateway.at import About, Result, after_pdu
from gateway.clock import HOUR, MINUTE
from gateway.decisions import pacing
from gateway.decisions.routing import RoutingConnection
from gateway.events import Events
from gateway.modem.ledger import Sim
from gateway.services.connections import connection_settings
from gateway.services.connections.options import ConnectionOptions
from gateway.services.messages.accept import Refused
from gateway.services.sending.dispatch import Dispatcher
from gateway.services.sending.holds import SETTING, SendingHolds
from gateway.services.sending.ledger import RadioLedger
from gateway.store.connections import connections
from gateway.store.file import settings
from gateway.store.messages import outbox
from tests.services.sending.test_dispatch import FakeModems, add, sim, states
from tests.support.settings import decide


@pytest.fixture
def holds(clock) -> SendingHolds:
    return SendingHolds(clock)


@pytest.fixture
def modems() -> FakeModems:
    return FakeModems()


@pytest.fixture
def dispatch(modems, clock, store, holds) -> Dispatcher:
    return Dispatcher(modems, clock, Events(), holds)


@pytest.fixture
def options(clock, holds, store) -> ConnectionOptions:
    return ConnectionOptions(clock, Events(), holds)


class Radio:
    """A ledger for one SIM: hands over what dispatch gave to it, and records the answers."""

    def __init__(self, clock, holds: SendingHolds, elsewhere, n: int) -> None:
        import threading

        self.ledger = RadioLedger(
            f"/dev/{n}", clock, Events(), lambda: None, {}, threading.Event(), holds, elsewhere
        )
        self.connection = self.ledger.sim_in(Sim(f"894410000000000000{n}"))

    def refuse(self, work, code: int) -> None:
        part = work.parts[0].part_id
        self.ledger.submitting(part, self.connection)
        self.ledger.refused(part, after_pdu(Result("CMS", code)))

    def accept(self, work, reference: int = 1) -> None:
        for part in work.parts:
            self.ledger.submitting(part.part_id, self.connection)
            self.ledger.accepted(part.part_id, reference)


# pace -------------------------------------------------------------------------------------------


def test_a_sim_is_paced_by_default_and_those_who_wait_are_told(dispatch, modems, clock):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "Blue", True, 500)}
    messages = [add(clock, f"+2547{n:08d}") for n in range(40)]
    dispatch.drain()
    assert len(modems.taken) == pacing.DEFAULT.minute
    state, reason = states(messages[-1])[0]
    assert state == "pending"
    assert "Blue" in reason
    assert "of this minute" in reason
    clock.ms += MINUTE
    dispatch.drain()
    assert len(modems.taken) == 40
    assert modems.taken[-1][1].number == "+254700000039"


def test_the_pace_survives_a_restart(dispatch, modems, clock, holds):
    radio = Radio(clock, holds, lambda *_: False, 1)
    settings.put(SETTING, {"minute": 0, "hour": 2, "day": 0})
    modems.table = {radio.connection: RoutingConnection(radio.connection, "A", True, 500)}
    for n in range(5):
        add(clock, f"+2547{n:08d}", valid_until=None)
    dispatch.drain()
    assert len(modems.taken) == 2
    for _, work in modems.taken:
        radio.accept(work)
    fresh = Dispatcher(modems, clock, Events(), SendingHolds(clock))
    fresh.drain()
    assert len(modems.taken) == 2
    clock.ms += HOUR
    fresh.drain()
    assert len(modems.taken) == 4


def test_limits_can_be_switched_off(dispatch, modems, clock, options):
    a = sim(clock, 1)
    decide(options, a, per_minute=0, per_hour=0, per_day=0)
    modems.table = {a: RoutingConnection(a, "A", True, 500)}
    for n in range(100):
        add(clock, f"+2547{n:08d}")
    dispatch.drain()
    assert len(modems.taken) == 100


def test_another_sim_takes_over_from_one_that_has_to_pause(dispatch, modems, clock, options):
    a, b = sim(clock, 1), sim(clock, 2)
    decide(options, a, per_minute=3)
    decide(options, b, per_minute=5)
    modems.table = {i: RoutingConnection(i, str(i), True, 500) for i in (a, b)}
    for n in range(20):
        add(clock, f"+2547{n:08d}")
    dispatch.drain()
    by = [c for c, _ in modems.taken]
    assert (by.count(a), by.count(b)) == (3, 5)


# roaming and reports ------------------------------------------------------------------------------


def test_a_connection_that_must_not_send_while_roaming_waits_at_home(
    dispatch, modems, clock, options
):
    a = sim(clock, 1)
    decide(options, a, send_roaming=False)
    modems.table = {a: RoutingConnection(a, "Blue", True, 5, roaming=True)}
    message = add(clock, "+254712345678")
    dispatch.drain()
    assert modems.taken == []
    assert "roaming" in states(message)[0][1]
    modems.table = {a: RoutingConnection(a, "Blue", True, 5, roaming=False)}
    dispatch.drain()
    assert modems.numbers() == ["+254712345678"]


def test_roaming_is_no_obstacle_by_default(dispatch, modems, clock):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "Blue", True, 5, roaming=True)}
    add(clock, "+254712345678")
    dispatch.drain()
    assert modems.numbers() == ["+254712345678"]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_connection_can_do_without_reports(dispatch, modems, clock, options, wanted):
    a = sim(clock, 1)
    decide(options, a, reports=wanted)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    add(clock, "+254712345678")
    dispatch.drain()
    ((_, work),) = modems.taken
    submit = sms.decode_from_phone(bytes.fromhex(work.parts[0].tpdu))
    assert submit.request_report is wanted


def test_a_flash_message_is_of_class_0(dispatch, modems, clock):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    add(clock, "+254712345678", text="Fire!", flash=True)
    add(clock, "+254712345679", text="Огонь!", flash=True)
    add(clock, "+254712345670")
    dispatch.drain()
    classes = [
        sms.decode_from_phone(bytes.fromhex(w.parts[0].tpdu)).dcs.message_class
        for _, w in modems.taken
    ]
    assert classes == [0, 0, None]


# refusals -----------------------------------------------------------------------------------------


def test_three_people_refused_in_a_row_hold_the_sim_until_one_gets_through(
    dispatch, modems, clock, holds
):
    radio = Radio(clock, holds, dispatch.elsewhere, 1)
    modems.table = {radio.connection: RoutingConnection(radio.connection, "Blue", True, 9)}
    messages = [add(clock, f"+2547{n:08d}") for n in range(3)]
    dispatch.drain()
    for _, work in modems.taken:
        radio.refuse(work, 69)
    assert [states(m)[0][0] for m in messages] == ["failed", "failed", "pending"]
    messages = [add(clock, f"+2548{n:08d}") for n in range(3)]
    dispatch.drain()
    assert len(modems.taken) == 3
    assert "check credit" in states(messages[2])[0][1]
    clock.ms += 11 * MINUTE
    seen = []
    modems.assign = lambda c, w: seen.extend(w) or True  # type: ignore[method-assign]
    by_id = holds.apply(modems.table)
    assert by_id[radio.connection].free_slots == 1  # the trial
    dispatch.round(by_id)
    assert len(seen) == 1
    radio.accept(seen[0])
    assert holds.apply(modems.table)[radio.connection].free_slots == 9


def test_a_refusal_that_another_sim_may_cure_goes_on_to_the_next_rule(
    dispatch, modems, clock, holds
):
    a, b = (Radio(clock, holds, dispatch.elsewhere, n) for n in (1, 2))
    modems.table = {
        r.connection: RoutingConnection(r.connection, str(r.connection), True, 5) for r in (a, b)
    }
    message = add(clock, "+254712345678")
    dispatch.drain()
    ((first, work),) = modems.taken
    refusing, other = (a, b) if first == a.connection else (b, a)
    refusing.refuse(work, 38)
    clock.ms += 3000
    dispatch.drain()
    assert [c for c, _ in modems.taken] == [refusing.connection, other.connection]
    other.accept(modems.taken[1][1])
    assert states(message)[0][0] == "sent"


def test_a_chosen_connection_is_not_left(dispatch, modems, clock, holds):
    a, b = (Radio(clock, holds, dispatch.elsewhere, n) for n in (1, 2))
    modems.table = {
        r.connection: RoutingConnection(r.connection, str(r.connection), True, 5) for r in (a, b)
    }
    add(clock, "+254712345678", connection_id=a.connection)
    dispatch.drain()
    a.refuse(modems.taken[0][1], 38)
    for _ in range(3):
        clock.ms += 30_000
        dispatch.drain()
    assert {c for c, _ in modems.taken} == {a.connection}


@pytest.mark.parametrize("code", [198, 199])
def test_a_centre_that_takes_no_validity_gets_it_without(dispatch, modems, clock, holds, code):
    radio = Radio(clock, holds, dispatch.elsewhere, 1)
    modems.table = {radio.connection: RoutingConnection(radio.connection, "A", True, 5)}
    message = add(clock, "+254712345678")
    dispatch.drain()
    radio.refuse(modems.taken[0][1], code)
    dispatch.drain()
    validities = [
        sms.decode_from_phone(bytes.fromhex(w.parts[0].tpdu)).validity for _, w in modems.taken
    ]
    assert validities[0] is not None
    assert validities[1:] == [None]
    radio.refuse(modems.taken[1][1], code)
    dispatch.drain()
    assert states(message)[0][0] == "failed"


def test_a_retry_asks_only_for_the_validity_that_is_left(dispatch, modems, clock, holds):
    radio = Radio(clock, holds, dispatch.elsewhere, 1)
    modems.table = {radio.connection: RoutingConnection(radio.connection, "A", True, 5)}
    add(clock, "+254712345678", valid_until=clock.now() + 10 * HOUR)
    dispatch.drain()
    radio.refuse(modems.taken[0][1], 331)
    clock.ms += 8 * HOUR
    dispatch.drain()
    minutes = [
        sms.decode_from_phone(bytes.fromhex(w.parts[0].tpdu)).validity.minutes
        for _, w in modems.taken
    ]
    assert minutes in ([600, 120], [605, 120])


# what a person sets -------------------------------------------------------------------------------


def test_everything_wrong_with_options_is_named_and_nothing_changed(options, clock):
    a = sim(clock, 1)
    with pytest.raises(Refused) as refused:
        decide(options, a, reports=False, per_minute=-1, per_day=10**9)
    assert sorted(e.field for e in refused.value.errors) == ["per_day", "per_minute"]
    assert connections.get(a).reports
    with pytest.raises(ValueError, match="colour"):
        connections.set_options(a, reports=False, colour=1)
    assert connections.get(a).reports
    wish = connection_settings.RequestedSettings(a + 1, {"reports": False})
    with pytest.raises(Refused, match="not known"):
        connection_settings.carry_out(
            wish, country="KE", options=options, checks=None, events=options.events
        )


def test_a_hold_lasts_until_its_source_lets_go(dispatch, modems, clock, holds):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    holds.hold(a, "credit", "The credit is used up.")
    message = add(clock, "+254712345678")
    dispatch.drain()
    assert states(message) == [("pending", "A: The credit is used up.")]
    holds.hold(a, "credit", "")
    dispatch.drain()
    assert modems.numbers() == ["+254712345678"]


def test_the_status_says_why_a_ready_modem_does_not_send(clock, holds, options):
    from gateway.modem.ledger import Telemetry
    from gateway.services.connections.status import Level, StatusReader

    a = sim(clock, 1)
    seen = Telemetry("/dev/x", state="ready", connection_id=a, roaming=True)
    status = StatusReader(lambda: [seen], lambda: 1, holds=holds)
    assert status.snapshot().modems[0].level is Level.GOOD
    decide(options, a, send_roaming=False)
    shown = status.snapshot().modems[0]
    assert (shown.level, shown.words) == (Level.BAD, "Ready, but not sending")
    assert "roaming" in shown.advice
    assert outbox.submitted_since(0) == []


def test_a_service_centre_is_remembered_and_may_be_entered(clock, holds, options):
    radio = Radio(clock, holds, lambda *_: False, 1)
    assert radio.ledger.centre(radio.connection, "") == ""
    with pytest.raises(Refused, match="country code"):
        decide(options, radio.connection, centre="0171")
    decide(options, radio.connection, centre="+491710760000")
    assert radio.ledger.centre(radio.connection, "") == "+491710760000"
    assert radio.ledger.centre(radio.connection, "+491722270000") == "+491722270000"
    assert radio.ledger.centre(radio.connection, "") == "+491722270000"


# restarts ---------------------------------------------------------------------------------------


def test_a_hold_and_its_trials_survive_a_restart(modems, clock, store, holds):
    radio = Radio(clock, holds, lambda *_: False, 1)
    for n in range(3):
        holds.refused(radio.connection, f"+2547{n:08d}", About.EITHER, "No.")
    said = holds.obstacle(connections.get(radio.connection), roaming=False)
    assert said[0]
    fresh = SendingHolds(clock)
    assert fresh.obstacle(connections.get(radio.connection), roaming=False) == said
    clock.ms += HOUR
    line = RoutingConnection(radio.connection, "Blue", True, 500)
    assert fresh.apply({radio.connection: line})[radio.connection].free_slots == 1


def test_two_refusals_before_a_restart_and_one_after_it_are_three(modems, clock, store, holds):
    radio = Radio(clock, holds, lambda *_: False, 1)
    for n in range(2):
        assert not holds.refused(radio.connection, f"+2547{n:08d}", About.EITHER, "No.")
    assert SendingHolds(clock).refused(radio.connection, "+254700000009", About.EITHER, "No.")


def test_what_ended_a_hold_has_ended_it_after_a_restart_too(modems, clock, store, holds):
    radio = Radio(clock, holds, lambda *_: False, 1)
    for n in range(3):
        holds.refused(radio.connection, f"+2547{n:08d}", About.EITHER, "No.")
    assert holds.succeeded(radio.connection, "+254700000000")
    assert SendingHolds(clock).obstacle(connections.get(radio.connection), roaming=False) == (
        False,
        "",
    )
    for n in range(3):
        holds.refused(radio.connection, f"+2547{n:08d}", About.EITHER, "No.")
    holds.let_go(radio.connection)
    assert SendingHolds(clock).obstacle(connections.get(radio.connection), roaming=False) == (
        False,
        "",
    )


def test_a_clock_that_was_set_back_makes_no_hold_longer(modems, clock, store, holds):
    radio = Radio(clock, holds, lambda *_: False, 1)
    for n in range(3):
        holds.refused(radio.connection, f"+2547{n:08d}", About.EITHER, "No.")
    clock.ms -= 1000 * HOUR
    fresh = SendingHolds(clock)
    assert fresh.obstacle(connections.get(radio.connection), roaming=False)[0]
    line = RoutingConnection(radio.connection, "Blue", True, 500)
    assert fresh.apply({radio.connection: line})[radio.connection].free_slots == 0
    clock.ms += MINUTE
    assert fresh.obstacle(connections.get(radio.connection), roaming=False) == (False, "")
    assert fresh.apply({radio.connection: line})[radio.connection].free_slots == 1
