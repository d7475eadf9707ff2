"""The ledger that modem threads write to: what the radio did -> the store, and the news of it."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence

from gateway.at import Explanation
from gateway.clock import Clock
from gateway.decisions import retries
from gateway.events import ConnectionChanged, Events, MessagesReceived, ModemChanged, OutboxChanged
from gateway.modem.claims import PortClaim
from gateway.modem.ledger import Identity, ReadPdu, Sim
from gateway.services.sending import own_number
from gateway.services.sending.holds import SendingHolds
from gateway.steps import step
from gateway.store.connections import connections, identities
from gateway.store.file import database, settings
from gateway.store.messages import inbox, outbox
from hw.serialport import is_pretend

log = logging.getLogger(__name__)

CENTRE = "service centre of "  # a setting for each connection
NO_VALIDITY = ("CMS 198", "CMS 199")  # the centre does not take TP-VP (TS 23.040 9.2.3.22)
INSIST_EVERY = 1.0  # seconds between tries to write down what has happened


class RadioLedger:
    """One per modem, used in that modem's thread alone."""

    def __init__(
        self,
        port: str,
        clock: Clock,
        events: Events,
        poke: Callable[[], None],
        pins: Mapping[str, str],
        stopping: threading.Event,
        holds: SendingHolds | None = None,
        elsewhere: Callable[[str, Collection[int]], bool] = lambda number, avoid: False,
        heard: Callable[[Sequence[int]], None] = lambda message_ids: None,
        country: Callable[[], str] = lambda: "",
        claims: Callable[[], Collection[PortClaim]] = lambda: (),
    ) -> None:
        self._port = port
        self._connection_id: int | None = None
        self._modem = ""  # what the modem is known by
        self._pin_for: int | None = None  # whose PIN was entered last
        self._clock = clock
        self._events = events
        self._poke = poke
        self._pins = pins  # port -> PIN from the config file
        self._stopping = stopping
        self._holds = holds or SendingHolds(clock)
        self._elsewhere = elsewhere  # whether a connection besides these could carry it
        self._country = country
        self._claims = claims  # the modems that are there
        self._heard = heard  # what new messages ask of the box itself, in their own transaction

    def seen(self, port: str, identity: Identity, usb_path: str) -> None:
        self._modem = identities.modem_key(identity.imei, usb_path, port)
        connections.upsert_modem(
            imei=identity.imei,
            usb_path=usb_path,
            manufacturer=identity.manufacturer,
            model=identity.model,
            firmware=identity.firmware,
            port=port,
            now=self._clock.now(),
        )

    def sim_in(self, sim: Sim) -> int:
        info = connections.upsert_connection(
            sim.iccid, sim.imsi, self._clock.now(), self._port, self._modem, self._others()
        )
        if self._pin_for not in (None, info.connection_id):
            connections.pin_was_of(self._pin_for, info.connection_id)
        self._pin_for = None
        log.info("%s carries %s", self._port, info.name)
        self._connection_id = info.connection_id
        if own_number.take(info, sim.number, self._country()):
            self._events.publish(ConnectionChanged(info.connection_id))
        self._holds.carried(info.connection_id, pretend=is_pretend(self._port))
        return info.connection_id

    def pin_for(self, sim: Sim, port: str, tries_left: int | None) -> str | None:
        pin = connections.take_pin(
            sim.iccid,
            sim.imsi,
            self._pins.get(port, ""),
            self._clock.now(),
            port=port,
            modem=self._modem,
            others=self._others(),
            tries_left=tries_left,
        )
        if pin:
            self._pin_for = self.behind(sim, port)
        return pin

    def behind(self, sim: Sim, port: str) -> int | None:
        return connections.behind(sim.iccid, port, self._modem, self._others())

    def _others(self) -> set[str]:
        keys = {identities.modem_key(c.imei, c.usb_path, c.port) for c in self._claims()}
        return keys - {self._modem}

    def receives(self, connection_id: int | None) -> bool:
        info = connections.get(connection_id) if connection_id is not None else None
        return info is None or info.receive_enabled

    def submitting(self, part_id: int, connection_id: int) -> None:
        step("prompt seen")
        outbox.submitted(part_id, connection_id, self._clock.now())
        step("submitted on disk")

    def accepted(self, part_id: int, reference: int | None) -> None:
        step("answer read")
        self._insist(lambda: outbox.accepted(part_id, reference, self._clock.now()))
        step("accepted on disk")
        if self._connection_id is not None and self._holds.suspects(self._connection_id):
            at = outbox.standing(part_id)
            if self._holds.succeeded(self._connection_id, at.number if at else ""):
                log.info("%s: the network takes messages again", self._port)
                self._poke()
        self._events.publish(OutboxChanged())

    def refused(self, part_id: int, why: Explanation) -> None:
        now = self._clock.now()
        log.warning("%s refused part %d: %s (%s)", self._port, part_id, why.label, why.words)
        self._insist(lambda: self._record_refusal(part_id, why, now))
        self._events.publish(OutboxChanged())
        self._poke()

    def _record_refusal(self, part_id: int, why: Explanation, now: int) -> None:
        match self._judge(part_id, why, now):
            case retries.LeaveUncertain():
                outbox.unknown(part_id, now, why.words, why.label)
            case retries.GiveUp():
                outbox.refused(part_id, now, reason=why.words, code=why.label, retry_at=None)
            case retries.TryAgain(at=at, counts=counts, avoid=avoid):
                outbox.refused(
                    part_id,
                    now,
                    reason=why.words,
                    code=why.label,
                    retry_at=at,
                    counts=counts,
                    avoid=avoid,
                )

    def _judge(self, part_id: int, why: Explanation, now: int) -> retries.Verdict:
        at = outbox.standing(part_id)
        if at is None or at.connection_id is None:
            return retries.judge(why, 1, now)
        if why.label in NO_VALIDITY:
            if outbox.without_validity(at.dispatch_id):
                return retries.TryAgain(now, counts=True, avoid=False)
            return retries.judge(why, at.tries + 1, now)
        said = f"{why.words} ({why.label})"
        held = self._holds.refused(at.connection_id, at.number, why.about, said)
        avoid = at.avoid | {at.connection_id}
        elsewhere = not at.chosen and self._elsewhere(at.number, avoid)
        unproven = self._holds.unproven(at.connection_id, at.number)
        return retries.judge(
            why, at.tries + 1, now, held=held, elsewhere=elsewhere, unproven=unproven
        )

    def pausing(self) -> str:
        return self._holds.pausing(self._connection_id) if self._connection_id is not None else ""

    def doubtful(self, part_id: int, why: Explanation) -> None:
        log.warning("%s: no answer for part %d: %s", self._port, part_id, why.words)
        if self._connection_id is not None:
            self._holds.doubted(self._connection_id)
        self._insist(lambda: outbox.unknown(part_id, self._clock.now(), why.words, why.label))
        self._events.publish(OutboxChanged())
        self._poke()

    def released(self, dispatch_id: int, why: str) -> None:
        self._insist(lambda: outbox.release(dispatch_id, why, self._clock.now()))
        self._events.publish(OutboxChanged())
        self._poke()

    def keep(self, connection_id: int | None, pdus: Sequence[ReadPdu]) -> list[int]:
        raw = [inbox.RawPdu(p.pdu, p.memory, p.slot, p.tpdu_length) for p in pdus]
        step("received read")
        with database.transaction():
            kept = inbox.keep(connection_id, raw, self._clock.now())
            messages = tuple(message_id for k in kept for message_id in k.messages)
            self._heard(messages)
        step("report kept" if any(k.kind == "report" for k in kept) else "received kept")
        if messages:
            self._events.publish(MessagesReceived(messages))
        if any(k.new and k.kind == "report" for k in kept):
            self._events.publish(OutboxChanged())
        return [k.incoming_id for k in kept]

    def urgent(self, connection_id: int | None, full: bool) -> bool:
        if connection_id is None:
            return False
        try:
            return outbox.urgent_waits(connection_id, self._clock.now(), claimed_only=not full)
        except database.StoreError:  # it is a favour; what is under way goes on
            return False

    def centre(self, connection_id: int, told: str) -> str:
        known: str = settings.get(f"{CENTRE}{connection_id}", "")
        if told != known and re.fullmatch(r"\+?\d{3,15}", told):
            settings.put(f"{CENTRE}{connection_id}", told)
        return told or known

    def called(self, connection_id: int | None, number: str) -> bool:
        info = connections.get(connection_id) if connection_id is not None else None
        if info is None or info.receive_enabled:
            message_id = inbox.called(connection_id, number, self._clock.now())
            self._events.publish(MessagesReceived((message_id,)))
        return info is not None and info.hang_up

    def erased(self, keys: Sequence[int]) -> None:
        step("deleted")
        inbox.erased(keys, self._clock.now())
        step("deletion on disk")

    def changed(self) -> None:
        self._events.publish(ModemChanged(self._port))
        self._poke()

    def _insist(self, record: Callable[[], object]) -> None:
        """What has happened outside must be written down: a full or busy disk is waited out.

        Gives up when the service stops; the next start then finds the part submitted and calls it
        uncertain, which is the truth.
        """
        while True:
            try:
                record()
                return
            except database.StoreError as e:
                log.error("%s waits: %s", self._port, e)
                if self._stopping.wait(INSIST_EVERY):
                    raise
