"""Due work goes to whoever can carry it, and what cannot go says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import sms
from gateway.clock import HOUR
from gateway.decisions.assignment import Assignment
from gateway.decisions.routing import NO_RULE, REMOVED, RoutingConnection, Rule, RuleKind
from gateway.events import Events
from gateway.services.sending.dispatch import Dispatcher
from gateway.store.connections import connections, rules
from gateway.store.file import database
from gateway.store.messages import details, outbox
from gateway.store.people import groups, people
from tests.services.conftest import FakeClock


class FakeModems:
    """Modems that take whatever they have room for."""

    def __init__(self) -> None:
        self.table: dict[int, RoutingConnection] = {}
        self.taken: list[tuple[int, Assignment]] = []
        self.gone = False

    def connections(self) -> Mapping[int, RoutingConnection]:
        carried = [c for c, _ in self.taken]
        return {
            i: replace(connection, free_slots=max(0, connection.free_slots - carried.count(i)))
            for i, connection in self.table.items()
        }

    def assign(self, connection_id: int, work: Sequence[Assignment]) -> bool:
        if self.gone:
            return False
        self.taken += [(connection_id, w) for w in work]
        return True

    def numbers(self) -> list[str]:
        return sorted(w.number for _, w in self.taken)


@pytest.fixture
def modems() -> FakeModems:
    return FakeModems()


@pytest.fixture
def dispatch(modems: FakeModems, clock: FakeClock, store: Path) -> Dispatcher:
    return Dispatcher(modems, clock, Events())


def sim(clock: FakeClock, n: int) -> int:
    return connections.upsert_connection(f"894410000000000000{n}", "", clock.now()).connection_id


def add(clock: FakeClock, *numbers: str, text: str = "hi", **more: object) -> int:
    now = clock.now()
    values = {"created_at": now, "due_at": now, "valid_until": now + HOUR} | more
    return outbox.add(outbox.OutgoingMessage(text=text, numbers=numbers, parts=1, **values))


def states(message_id: int) -> list[tuple[str, str]]:
    detail = details.get(message_id)
    assert detail is not None
    return [(d.state, d.reason) for d in detail.dispatches]


def test_the_load_is_shared_and_room_respected(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {a: RoutingConnection(a, "A", True, 2), b: RoutingConnection(b, "B", True, 1)}
    add(clock, *[f"+2547123456{n}" for n in range(10, 20)])
    dispatch.drain()
    assert sorted(c for c, _ in modems.taken) == [a, a, b]


def test_what_waits_for_a_chosen_connection_crowds_out_nobody(dispatch, modems, clock):
    up, down = sim(clock, 1), sim(clock, 2)
    modems.table = {
        up: RoutingConnection(up, "A", True, 500),
        down: RoutingConnection(down, "B", False, 0, True, "no SIM"),
    }
    for n in range(200):
        add(clock, f"+254711{n:06d}", connection_id=down)
    for n in range(5):
        add(clock, f"+254722{n:06d}")
    dispatch.drain()
    assert modems.numbers() == [f"+254722{n:06d}" for n in range(5)]


def test_waiting_has_a_reason(dispatch, modems, clock):
    down = sim(clock, 1)
    modems.table = {down: RoutingConnection(down, "Blue SIM", False, 0, True, "no SIM")}
    message = add(clock, "+254712345678", connection_id=down)
    dispatch.drain()
    assert states(message) == [("pending", "Blue SIM: no SIM")]


def test_without_any_rule_it_fails_and_says_what_to_do(dispatch, modems, clock):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    message = add(clock, "+254712345678")
    database.database.execute_sql("DELETE FROM routing_rule")
    dispatch.drain()
    assert states(message) == [("failed", NO_RULE)]


def test_a_modem_that_has_just_gone_gives_everything_back(dispatch, modems, clock):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    modems.gone = True
    message = add(clock, "+254712345678")
    dispatch.drain()
    assert states(message)[0][0] == "pending"
    modems.gone = False
    dispatch.drain()
    assert modems.numbers() == ["+254712345678"]


def test_what_is_handed_over_is_the_text_as_an_sms(dispatch, modems, clock):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    text = "Grüße 🐦 " * 30
    add(clock, "+254712345678", text=text)
    dispatch.drain()
    ((_, work),) = modems.taken
    decoded = [sms.decode_from_phone(bytes.fromhex(p.tpdu)) for p in work.parts]
    assert {str(d.destination) for d in decoded} == {"+254712345678"}
    assert all(d.request_report and d.validity for d in decoded)
    parts = {n: (d.user_data, d.dcs) for n, d in enumerate(decoded, start=1)}
    assert sms.join_text(parts, len(parts)).text == text


def test_the_thread_picks_up_what_another_process_wrote(dispatch, modems, clock, store):
    import sqlite3
    import threading

    a = sim(clock, 1)
    handed = threading.Event()
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    real = modems.assign
    modems.assign = lambda c, w: real(c, w) and (handed.set() or True)  # type: ignore[method-assign]
    dispatch.start()
    try:
        add(clock, "+254712345678")  # nobody pokes
        assert handed.wait(5)
    finally:
        dispatch.stop()
    with sqlite3.connect(store / "pigeonbox.db") as other:
        assert other.execute("SELECT state FROM dispatch").fetchone() == ("sending",)
    assert not database.database.in_transaction()


def test_what_was_just_queued_goes_at_once(modems, clock, store, monkeypatch):
    import threading

    from gateway.services.messages.accept import Messages, WrittenMessage
    from gateway.services.sending import dispatch as module

    monkeypatch.setattr(module, "FALLBACK", 60.0)  # the look that runs anyway does not help here
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    handed = threading.Event()
    real = modems.assign
    modems.assign = lambda c, w: real(c, w) and (handed.set() or True)  # type: ignore[method-assign]
    events = Events()
    dispatch = Dispatcher(modems, clock, events)
    events.start()
    dispatch.start()
    try:
        Messages(clock, events, lambda: "KE").send(WrittenMessage("0712345678", "now"))
        assert handed.wait(10)
    finally:
        dispatch.stop()
        events.stop()


# rules ------------------------------------------------------------------------------------------


def only(*wanted: Rule) -> None:
    rules.replace_all([(one, True) for one in wanted])


def test_a_group_goes_through_its_connection(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {a: RoutingConnection(a, "A", True, 5), b: RoutingConnection(b, "B", True, 9)}
    group = groups.make("Volunteers", clock.now())
    member = people.add(people.ContactInfo("Ann", "+254712345678"), clock.now())
    groups.join(group, [member])
    only(Rule(RuleKind.GROUP, str(group), a), Rule(RuleKind.CONNECTION, "", b))
    add(clock, "+254712345678", "+254712345679")
    dispatch.drain()
    assert {(c, w.number) for c, w in modems.taken} == {
        (a, "+254712345678"),
        (b, "+254712345679"),
    }


@pytest.mark.parametrize("sender", ["+254712345678", "254712345678", "0712345678", "712345678"])
def test_a_reply_finds_its_connection_however_the_network_wrote_the_sender(
    modems, clock, store, sender
):
    dispatch = Dispatcher(modems, clock, Events(), country=lambda: "KE")
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {a: RoutingConnection(a, "A", True, 5), b: RoutingConnection(b, "B", True, 9)}
    database.execute(
        "INSERT INTO message (direction, text, peer, created_at, connection_id, kind, author,"
        " origin, with_report, when_uncertain, note, complete)"
        " VALUES ('in', 'hi', ?, 1, ?, 'sms', '', 'radio', 0, 'hold', '', 1)",
        (sender, a),
    )
    add(clock, "+254712345678")
    dispatch.drain()
    assert [c for c, _ in modems.taken] == [a]


def test_a_long_queue_for_a_busy_connection_hides_nobody_elses(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {a: RoutingConnection(a, "A", True, 2), b: RoutingConnection(b, "B", True, 2)}
    only(Rule(RuleKind.PREFIX, "+254", a), Rule(RuleKind.PREFIX, "+44", b))
    add(clock, *[f"+254711{n:06d}" for n in range(300)])
    add(clock, "+447700900123")
    dispatch.drain()
    assert sorted(c for c, _ in modems.taken) == [a, a, b]
    first = [w.number for c, w in modems.taken if c == a]
    modems.taken.clear()  # there is room again
    dispatch.drain()
    again = [w.number for c, w in modems.taken if c == a]
    assert first + again == [f"+254711{n:06d}" for n in range(4)]


def test_what_was_passed_over_goes_elsewhere_when_its_connection_goes(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {a: RoutingConnection(a, "A", True, 1), b: RoutingConnection(b, "B", True, 1)}
    only(Rule(RuleKind.PREFIX, "+254", a), Rule(RuleKind.ANY))
    add(clock, *[f"+254711{n:06d}" for n in range(3)])
    dispatch.drain()
    assert [c for c, _ in modems.taken] == [a]
    modems.table[a] = RoutingConnection(a, "A", False, 0, True, "no SIM")
    dispatch.drain()
    modems.table[b] = RoutingConnection(b, "B", True, 5)
    dispatch.drain()
    assert [c for c, _ in modems.taken] == [a, b, b]


def test_what_was_passed_over_follows_new_rules(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {a: RoutingConnection(a, "A", True, 1), b: RoutingConnection(b, "B", True, 5)}
    only(Rule(RuleKind.CONNECTION, "", a))
    add(clock, *[f"+254711{n:06d}" for n in range(3)])
    dispatch.drain()
    assert [c for c, _ in modems.taken] == [a]
    only(Rule(RuleKind.CONNECTION, "", b))
    dispatch.drain()
    assert [c for c, _ in modems.taken] == [a, b, b]


def test_one_message_at_a_time_is_shared_too(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {a: RoutingConnection(a, "A", True, 2), b: RoutingConnection(b, "B", True, 2)}
    seen = []
    for n in range(10):
        add(clock, f"+254711{n:06d}")
        dispatch.drain()
        seen += [c for c, _ in modems.taken]
        modems.taken.clear()  # sent before the next one is written
    assert (seen.count(a), seen.count(b)) == (5, 5)


def test_all_matching_connections_down_waits_until_the_validity_ends(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {
        a: RoutingConnection(a, "A", False, 0, True, "its SIM is in no modem."),
        b: RoutingConnection(b, "B", True, 5),
    }
    only(Rule(RuleKind.CONNECTION, "", a))
    message = add(clock, "+254712345678")
    dispatch.drain()
    assert states(message) == [("pending", "A: its SIM is in no modem.")]
    clock.ms += HOUR
    dispatch.drain()
    assert states(message)[0][0] == "failed"
    assert modems.taken == []


def test_a_connection_that_was_chosen_and_is_removed_is_said(dispatch, modems, clock):
    a, b = sim(clock, 1), sim(clock, 2)
    modems.table = {b: RoutingConnection(b, "B", True, 5)}
    message = add(clock, "+254712345678", connection_id=a)
    dispatch.drain()
    assert states(message) == [("failed", REMOVED)]


def test_a_connection_newer_than_the_look_around_is_not_taken_for_removed(dispatch, modems, clock):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    written = []

    def arrives_after(by_id: Mapping[int, RoutingConnection]) -> Mapping[int, RoutingConnection]:
        """A SIM is put in and written through while the look before it is still made use of."""
        if not written:
            b = sim(clock, 2)
            modems.table[b] = RoutingConnection(b, "B", True, 5)
            written.append(add(clock, "+254712345678", connection_id=b))
        return by_id

    before = modems.connections
    modems.connections = lambda: arrives_after(before())
    dispatch.drain()
    assert states(written[0])[0][0] == "pending"
    dispatch.drain()
    assert [c for c, _ in modems.taken] == [max(modems.table)]


def test_a_rule_newer_than_the_look_around_counts(dispatch, modems, clock, monkeypatch):
    a = sim(clock, 1)
    modems.table = {a: RoutingConnection(a, "A", True, 5)}
    database.database.execute_sql("DELETE FROM routing_rule")
    written = []
    hurry = outbox.hurry

    def added_meanwhile(now: int) -> int:
        if not written:
            rules.add(Rule(RuleKind.ANY))
            written.append(add(clock, "+254712345678"))
        return hurry(now)

    monkeypatch.setattr(outbox, "hurry", added_meanwhile)
    dispatch.drain()
    assert states(written[0])[0][0] == "pending"
    dispatch.drain()
    assert modems.numbers() == ["+254712345678"]
