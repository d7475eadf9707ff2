"""A store with activities in it, and hands to let messages come in and everything be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gateway import sms
from gateway.decisions.activities import ActionKind
from gateway.events import Events
from gateway.modem.ledger import ReadPdu
from gateway.services.activities.activities import Activities
from gateway.services.activities.activity_drafts import TypedAction, TypedActivity
from gateway.services.activities.matching import ActivityMatcher
from gateway.services.activities.runner import ActivityRunner
from gateway.services.activities.stop_words import StopWords
from gateway.services.box.preferences import Preferences
from gateway.services.people.people import People
from gateway.services.sending.ledger import RadioLedger
from gateway.store.activities import runs
from gateway.store.connections import connections
from gateway.store.file.database import execute
from gateway.store.messages import details
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock

ANN, BOB, CAT = "+254712000001", "+254712000002", "+254712000003"
OWN = "+254790000001"


class ActivityWorld:
    """Everything that a message meets on its way in, in this thread."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.events = Events()
        self.preferences = Preferences(self.events, "KE")
        self.activities = Activities(clock, self.events, self.preferences)
        self.people = People(clock, self.events, self.preferences.country)
        self.acting = ActivityRunner(clock, self.events, self.preferences)
        self.line = connections.upsert_connection("8925401", "", clock.now()).connection_id
        connections.rename(self.line, name="Office", number=OWN)
        stopping = StopWords(clock, self.preferences.country)
        self._deciding = ActivityMatcher(clock, self.preferences)

        def heard(ids):
            stopping.obey(ids)
            self._deciding.decide(ids)

        self.heard = heard
        self.radio = RadioLedger(
            "/dev/x", clock, self.events, lambda: None, {}, self.acting._stopping, heard=heard
        )
        self._reference = 0

    # setting up

    def add(self, name: str, words: str = "", *actions: TypedAction, **changes: object) -> int:
        draft = TypedActivity(
            name=name, words=words, actions=actions or (reply(f"This is {name}"),)
        )
        if not words:
            draft = replace(draft, match="anything")
        return self.activities.add(replace(draft, **changes), "admin")

    # what comes in

    def pdus(self, text: str, sender: str = ANN) -> list[ReadPdu]:
        self._reference = self._reference % 255 + 1
        self.clock.ms += 1000
        return list(self._pdus(text, sender))

    def _pdus(self, text: str, sender: str) -> Iterator[ReadPdu]:
        parts, dcs = sms.segment(text, reference=self._reference)
        for user_data in parts:
            deliver = sms.Deliver(
                sender=sms.Address.parse(sender),
                timestamp=sms.Timestamp.from_epoch_ms(self.clock.ms, 180),
                dcs=dcs,
                user_data=user_data,
            )
            pdu, length = sms.join_pdu(sms.encode(deliver))
            yield ReadPdu(pdu, "SM", 1, length)

    def keep(self, *pdus: ReadPdu) -> int | None:
        """Store what was read; the newest message's id."""
        before = self.newest()
        self.radio.keep(self.line, list(pdus))
        return self.newest() if self.newest() != before else None

    def newest(self) -> int | None:
        return execute("SELECT max(id) FROM message WHERE direction = 'in'").fetchone()[0]

    def receive(self, text: str, sender: str = ANN) -> int:
        """It is stored, and what it sets off is done, but for webhooks."""
        found = self.keep(*self.pdus(text, sender))
        assert found is not None
        self.act()
        return found

    def act(self) -> None:
        while step := runs.next_waiting():
            self.acting._do(step)

    # looking

    def said(self, message_id: int) -> list[str]:
        """What became of everything that it set off."""
        return [
            f"{run.name}: {step.state}: {step.words}".strip()
            for run in runs.set_off(message_id)
            for step in run.steps
        ]

    def sent(self) -> list[tuple[tuple[str, ...], str]]:
        """Recipients and text of everything that goes out, oldest first."""
        ids = execute("SELECT id FROM message WHERE direction = 'out' ORDER BY id").fetchall()
        found = [details.get(i) for (i,) in ids]
        return [(tuple(d.number for d in m.dispatches), m.text) for m in found if m]


def reply(text: str) -> TypedAction:
    return TypedAction(ActionKind.REPLY, text=text)


def forward(to: str, text: str = "{name}: {message}") -> TypedAction:
    return TypedAction(ActionKind.FORWARD, text=text, recipients=to)


def join(group_id: int) -> TypedAction:
    return TypedAction(ActionKind.JOIN, group=str(group_id))


def leave(group_id: int) -> TypedAction:
    return TypedAction(ActionKind.LEAVE, group=str(group_id))


def webhook(url: str, secret: str = "") -> TypedAction:
    return TypedAction(ActionKind.WEBHOOK, url=url, secret=secret)


def refused(call: Callable[..., object], *args: object) -> dict[str, str]:
    """What is said at which field."""
    with pytest.raises(Refused) as caught:
        call(*args)
    return {e.field: e.words for e in caught.value.errors}
