"""Takes what is due out of the outbox, asks routing, claims it, and hands it to a modem.

The thread sleeps until something is added, a modem has room, or a retry comes due; once a second
it looks whether another process (the command line) wrote to the store.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from gateway import sms
from gateway.at.codes import RECIPIENTS
from gateway.clock import MINUTE, SECOND, Clock
from gateway.decisions import routing
from gateway.decisions.assignment import Assignment
from gateway.events import Event, Events, OutboxChanged, Queued, StoreChanged
from gateway.services.sending.holds import SendingHolds
from gateway.services.sending.routing_facts import RoutingFacts
from gateway.steps import step
from gateway.store.connections import connections, rules
from gateway.store.file import database
from gateway.store.messages import outbox, sender_spelling

log = logging.getLogger(__name__)

FALLBACK = 1.0  # seconds between looks when nothing pokes us
BATCH = 64  # dispatches looked at in one round
LOOK_AGAIN = 30 * SECOND  # a dispatch whose connections are all down is looked at this often
TROUBLE_PAUSE = 5.0  # seconds after the store failed us


class SendingModems(Protocol):
    """The modems, as far as dispatch needs them (gateway.modem.roster)."""

    def connections(self) -> Mapping[int, routing.RoutingConnection]: ...

    def assign(self, connection_id: int, work: Sequence[Assignment]) -> bool:
        """False when the modem has just gone: the caller takes the work back."""
        ...


class Dispatcher:
    """Owns the dispatch thread and its database connection."""

    def __init__(
        self,
        modems: SendingModems,
        clock: Clock,
        events: Events,
        holds: SendingHolds | None = None,
        country: Callable[[], str] = lambda: "",
    ) -> None:
        """`country`: whose numbers come in as they are dialled at home."""
        self._modems = modems
        self._country = country
        self._holds = holds or SendingHolds(clock)
        self._clock = clock
        self._events = events
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dispatch", daemon=True)
        self._up: frozenset[int] | None = None  # None: not looked yet
        self._next_due: int | None = None
        self._rules: tuple[routing.Rule, ...] = ()
        self.beat = clock.monotonic()
        events.subscribe(self._heard)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=3)

    def _heard(self, event: Event) -> None:
        if isinstance(event, Queued):
            self.poke()

    def poke(self) -> None:
        """Look now: something is due or a modem has room. From any thread."""
        self._wake.set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def elsewhere(self, number: str, avoid: Collection[int]) -> bool:
        """Whether a connection besides `avoid` could carry this now. From any thread."""
        others = {
            i: connection
            for i, connection in self._connections().items()
            if i not in avoid and connection.up and connection.may_send and not connection.held
        }
        if not others:
            return False
        known = rules.enabled()
        facts = RoutingFacts.of([number], known, self._country())
        decision = routing.route(
            number,
            others,
            known,
            last_received=facts.last_received(number),
            groups=facts.groups(number),
        )
        return isinstance(decision, routing.Carry | routing.Busy)

    def _connections(self) -> dict[int, routing.RoutingConnection]:
        return self._holds.apply(self._modems.connections())

    def _run(self) -> None:
        with database.connected():
            watch = database.ChangeWatch()
            while not self._stopping.is_set():
                self.beat = self._clock.monotonic()
                try:
                    if watch.changed():
                        self._events.publish(StoreChanged())
                    self.drain()
                    self._wake.wait(self._pause())
                except database.StoreError as e:
                    log.error("dispatch waits: %s", e)
                    self._stopping.wait(TROUBLE_PAUSE)
                except Exception:
                    log.exception("dispatch stumbled and goes on")
                    self._stopping.wait(TROUBLE_PAUSE)
                self._wake.clear()

    def _pause(self) -> float:
        if self._next_due is None:
            return FALLBACK
        return min(FALLBACK, max(0.0, (self._next_due - self._clock.now()) / SECOND))

    def drain(self) -> None:
        """Rounds until nothing more can be handed over."""
        now = self._clock.now()
        if outbox.expire(now):
            self._events.publish(OutboxChanged())
        by_id = self._connections()
        up = frozenset(i for i, c in by_id.items() if c.up and c.may_send)
        known = rules.enabled()
        if self._up is None or up - self._up or known != self._rules:
            outbox.hurry(now)  # those who waited for a connection or a rule need not wait longer
        if up != self._up or known != self._rules:
            outbox.unpark()
        for connection_id in () if self._up is None else up - self._up:
            self._holds.back(connection_id)
        for connection_id in self._holds.released():
            outbox.resume(connection_id, now, RECIPIENTS)
            by_id = self._connections()
        self._up, self._rules = up, known
        while not self._stopping.is_set() and self.round(by_id):
            by_id = self._connections()
        self._next_due = outbox.next_due(self._clock.now())

    def round(self, by_id: Mapping[int, routing.RoutingConnection]) -> bool:
        """One look at what is due; claims and hands over what can go.

        True when something moved, so that another look may find more.
        """
        free_slots = {
            i: n.free_slots for i, n in by_id.items() if n.up and n.may_send and n.free_slots > 0
        }
        left = {i: self._holds.leave(i) for i in free_slots}  # SMS, not dispatches
        now = self._clock.now()
        due = outbox.due(now, free_slots, BATCH, last=self._holds.tried())
        facts = RoutingFacts.of([item.number for item in due], self._rules, self._country())
        view = dict(by_id)
        claims: list[outbox.DispatchClaim] = []
        refused = 0
        hopeless: dict[str, list[int]] = {}
        waiting: dict[str, list[int]] = {}
        paused: dict[str, list[int]] = {}
        behind: dict[int, list[int]] = {}
        for item in due:
            if item.blocked:
                refused += 1
                outbox.give_up([item.dispatch_id], outbox.BLOCKED, "", now)
                continue
            decision = routing.route(
                item.number,
                view,
                self._rules,
                chosen=item.chosen_connection_id,
                last_received=facts.last_received(item.number),
                groups=facts.groups(item.number),
                avoid=item.avoid,
            )
            match decision:
                case routing.Carry(connection_id=connection_id):
                    left[connection_id] -= item.parts
                    view[connection_id] = _with_one_more(
                        view[connection_id], item.parts, left[connection_id]
                    )
                    claims.append(self._claim(item, connection_id))
                case routing.Wait(reason=reason):
                    waiting.setdefault(reason, []).append(item.dispatch_id)
                case routing.Refuse(reason=reason):
                    hopeless.setdefault(reason, []).append(item.dispatch_id)
                case routing.Busy(reason=reason, waits_for=connection_id):
                    paused.setdefault(reason, []).append(item.dispatch_id)
                    if connection_id is not None and item.chosen_connection_id is None:
                        behind.setdefault(connection_id, []).append(item.dispatch_id)
        for reason, ids in waiting.items():
            outbox.postpone(ids, now + LOOK_AGAIN, reason, now)
        told = sum(outbox.tell(ids, reason) for reason, ids in paused.items() if reason)
        if waiting or told:
            self._events.publish(OutboxChanged())
        refused += self._give_up(hopeless, by_id, now)
        parked = self._park(behind, view)
        return self._hand_over(claims, now) or bool(waiting or refused or parked)

    def _give_up(
        self,
        hopeless: Mapping[str, Sequence[int]],
        by_id: Mapping[int, routing.RoutingConnection],
        now: int,
    ) -> int:
        """Fail what no connection and no rule is for. How many?

        `lines` and the rules were read before what is due: a SIM or a rule that is newer than they
        are may be older than the message. Then nothing fails, and all is looked at anew.
        """
        if not hopeless:
            return 0
        if self._connections().keys() != by_id.keys() or rules.enabled() != self._rules:
            self.poke()
            return 0
        for reason, ids in hopeless.items():
            outbox.give_up(ids, reason, "", now)
        self._events.publish(OutboxChanged())
        return sum(map(len, hopeless.values()))

    def _park(
        self, behind: Mapping[int, Sequence[int]], view: Mapping[int, routing.RoutingConnection]
    ) -> bool:
        """Let those that wait for one connection alone not hide others from one that is free."""
        free = any(c.up and c.may_send and c.free_slots > 0 for c in view.values())
        if not behind or not free:
            return False
        return sum(outbox.park(ids, connection_id) for connection_id, ids in behind.items()) > 0

    def _claim(self, item: outbox.DueDispatch, connection_id: int) -> outbox.DispatchClaim:
        if item.has_parts:
            return outbox.DispatchClaim(item.dispatch_id, connection_id, None, item.reference)
        reference = outbox.next_reference(item.number) if item.parts > 1 else None
        info = connections.get(connection_id)
        if info is not None and not info.reports:
            item = replace(item, with_report=False)
        return outbox.DispatchClaim(
            item.dispatch_id, connection_id, submits(item, reference, self._clock.now()), reference
        )

    def _hand_over(self, claims: Sequence[outbox.DispatchClaim], now: int) -> bool:
        """Claim and give; True when a modem took something."""
        if not claims:
            return False
        taken = False
        by_connection: dict[int, list[Assignment]] = {}
        for won in outbox.claim(claims, now):
            by_connection.setdefault(won.connection_id, []).append(won)
        step("claimed")
        self._events.publish(OutboxChanged())
        for connection_id, work_list in by_connection.items():
            if self._modems.assign(connection_id, work_list):
                taken = True
                self._holds.handed_over(connection_id, sum(len(w.parts) for w in work_list))
                continue
            for work in work_list:
                outbox.release(work.dispatch_id, "The modem has just gone.", now)
        return taken


def submits(item: outbox.DueDispatch, reference: int | None, now: int) -> tuple[str, ...]:
    """The SMS-SUBMIT TPDUs of one dispatch, as hex."""
    parts, dcs = sms.segment(
        item.text, reference=(reference or 0) % 256, message_class=0 if item.flash else None
    )
    minutes = max(5, ((item.valid_until or now) - now) // MINUTE)
    validity = sms.relative_validity(minutes) if item.valid_until else None
    return tuple(
        sms.encode(
            sms.Submit(
                destination=destination(item.number),
                user_data=part,
                dcs=dcs,
                validity=validity,
                request_report=item.with_report,
            )
        )
        .hex()
        .upper()
        for part in parts
    )


def destination(number: str) -> sms.Address:
    """Who wrote from a code is answered with the type of number that the network gave it."""
    found = sms.Address.parse(number)
    ton, npi = sender_spelling.type_of(number) or (found.ton, found.npi)
    same = (ton == sms.TypeOfNumber.INTERNATIONAL) == number.startswith("+")
    if not same or ton == sms.TypeOfNumber.ALPHANUMERIC:
        return found
    return replace(found, ton=sms.TypeOfNumber(ton), npi=npi)


def _with_one_more(
    connection: routing.RoutingConnection, parts: int, left: int
) -> routing.RoutingConnection:
    """A connection after it was given a dispatch; `left`: SMS that its pace still allows."""
    free_slots = connection.free_slots - 1 if left > 0 else 0
    return replace(connection, free_slots=free_slots, load=connection.load + parts)
