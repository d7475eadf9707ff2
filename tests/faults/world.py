"""A whole service on one modem of every kind, in this process, and the one set of assertions.

Everything is real but the network and the clock's patience (tests.support.hurry): ptys, threads,
SQLite on disk. What is sent and received is written down here and compared with what the network
has and with what the page shows.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Config, ModemPort, Ports
from gateway.decisions.dispatch_states import DispatchState
from gateway.process.app import Service
from gateway.process.box import Box
from gateway.services.connections.status import ModemStatus
from gateway.services.messages.accept import WrittenMessage
from gateway.services.sending import holds
from gateway.simnet import Network
from gateway.store.file import database, settings
from gateway.store.messages import details, lists
from hw.simulator import PERSONALITIES, SimulatedModem
from tests.support.hurry import hurry
from tests.webui.conftest import NAME, PASSWORD, Reader, words
from webui import create_app

PATIENCE = 60.0  # seconds; a busy machine needs them, a quiet one a fraction
OVER = (DispatchState.DELIVERED, DispatchState.FAILED, DispatchState.UNCERTAIN)
LONG = "The water in tank {0} stands at 40 %, the pump runs and the pressure is good. " * 3


@dataclass(frozen=True, slots=True)
class Out:
    """A message that the box accepted."""

    modem: str
    id: int
    number: str  # of nobody else
    text: str
    with_report: bool


@dataclass(frozen=True, slots=True)
class In:
    """A message that a phone sent to a modem."""

    modem: str
    sender: str
    text: str


class World:
    """Owns network, service and the record of what was asked of both."""

    def __init__(self, folder: Path, network: Network) -> None:
        self.network = network
        self.modems: dict[str, SimulatedModem] = {
            name: network.add_modem(personality=row, link=folder / name)
            for name, row in PERSONALITIES.items()
        }
        ports = tuple(ModemPort(str(folder / name)) for name in self.modems)
        self._service = Service(
            Config(data=folder / "data", country="KE", modems=ports, ports=Ports(usb=False))
        )
        self._numbers = count(1)
        self.outs: list[Out] = []
        self.ins: list[In] = []

    @contextlib.contextmanager
    def running(self) -> Iterator[World]:
        self._box = self._service.start()
        try:
            with database.connected():
                settings.put(holds.SETTING, {"minute": 0, "hour": 0, "day": 0})
                self.until(lambda: all(m.state == "ready" for m in self.status().values()))
                yield self
        finally:
            self._service.stop()

    @property
    def services(self) -> Box:
        """What page and programs use."""
        return self._box

    # what the page shows ----------------------------------------------------------------------

    def status(self) -> dict[str, ModemStatus]:
        by_port = {m.port: m for m in self._box.status.snapshot().modems}
        return {name: by_port[modem.port] for name, modem in self.modems.items()}

    def state(self, out: Out) -> DispatchState:
        found = details.get(out.id)
        assert found is not None, f"{out} is gone"
        (dispatch,) = found.dispatches
        return dispatch.state

    def story(self, out: Out) -> str:
        """What was tried, for whoever has to find out why it went wrong."""
        found = details.get(out.id)
        return str(found and found.dispatches)

    def received(self) -> list[tuple[str, str]]:
        """(sender, text) of everything in the inbox."""
        messages, _ = lists.inbox_list(10_000, 0)  # more may come between list and count
        assert len(messages) < 10_000
        return [(m.sender, m.text) for m in messages]

    def page(self, path: str) -> str:
        """The words of a page, for somebody who is signed in."""
        if not self._box.accounts.set_up:
            self._box.accounts.set_password(NAME, PASSWORD)
        with create_app(self._box).test_client() as client:
            reader = Reader(client)
            reader.sign_in()
            return words(reader.get(path))

    def issues(self) -> set[str]:
        assert self._box.health
        return {issue.key for issue in self._box.health.issues}

    def light(self) -> str:
        assert self._box.lighting
        return self._box.lighting.light().name

    # what people do ---------------------------------------------------------------------------

    def send(self, modem: str, *, long: bool = False, with_report: bool = True) -> Out:
        """Through one modem; "" leaves it to the routing rules."""
        n = next(self._numbers)
        connection_id = self._connections[modem] if modem else None
        return self._send(connection_id, modem, n, long=long, with_report=with_report)

    def connection(self, modem: str) -> int:
        """The one that its SIM had at the start."""
        return self._connections[modem]

    def send_through(self, connection_id: int | None, modem: str) -> Out:
        return self._send(connection_id, modem, next(self._numbers), long=False, with_report=True)

    def _send(
        self, connection_id: int | None, modem: str, n: int, *, long: bool, with_report: bool
    ) -> Out:
        draft = WrittenMessage(
            recipients=f"+2547{n:08d}",
            text=LONG.format(n).strip() if long else f"out {n}",
            connection_id=connection_id,
            with_report=with_report,
        )
        accepted = self._box.messaging.send(draft)
        out = Out(modem, accepted.message_id, f"+2547{n:08d}", draft.text, with_report)
        self.outs.append(out)
        return out

    def note_connections(self) -> None:
        """Remember which SIM is in which modem, for when a modem does not know it."""
        self._connections = {
            name: s.connection_id for name, s in self.status().items() if s.connection_id
        }

    def receive(self, modem: str, *, long: bool = False) -> In:
        n = next(self._numbers)
        one = In(modem, f"+2541{n:08d}", (LONG.format(n) if long else f"in {n}").strip())
        self.network.phone_send(one.sender, self.modems[modem].number, one.text)
        self.ins.append(one)
        return one

    # looking ----------------------------------------------------------------------------------

    def until(self, look: Callable[[], object], patience: float = PATIENCE) -> bool:
        """Wait until `look` is true; False when it was not in time."""
        ends = time.monotonic() + patience
        while not look():
            if time.monotonic() > ends:
                return False
            time.sleep(0.02)
        return True

    def settled(self, late_reports: bool = False) -> bool:
        """Nothing more is to be expected."""
        fine = (*OVER, DispatchState.SENT) if late_reports else OVER
        states = [(o, self.state(o)) for o in self.outs]
        out = all(s in fine or (s is DispatchState.SENT and not o.with_report) for o, s in states)
        return out and len(self.received()) >= len(self.ins)

    def complaints(self, *, doubt: int = 0, fails: bool = False, lost: int = 0) -> list[str]:
        """The one set of assertions: everything that is lost, doubled, or said and not so.

        `doubt`: dispatches per modem that may be uncertain. `fails`: refusals may be final.
        `lost`: messages per modem that the network itself lost on their way to us.
        """
        found = []
        doubtful: Counter[str] = Counter()
        for out in self.outs:
            state = self.state(out)
            doubtful[out.modem] += state is DispatchState.UNCERTAIN
            found += [f"{out.modem}: {wrong} ({out})" for wrong in self._wrong(out, state, fails)]
        found += [f"{m}: {n} uncertain" for m, n in doubtful.items() if n > doubt]
        found += self._wrong_inbox(lost)
        for name, modem in self.modems.items():
            left = {m.name: m.used for m in modem.memories.values() if m.used}
            if left:
                found.append(f"{name}: left in the modem: {left}")
        return found + [
            f"{name}: shown as {s.state} ({s.words} {s.last_step}), silent: {modem.faults.silent}"
            for (name, s), modem in zip(self.status().items(), self.modems.values(), strict=True)
            if s.state != "ready"
        ]

    def left(self, patience: float = PATIENCE, **allowed: Any) -> list[str]:
        """The `complaints` as soon as there are none, or those that stay until patience is over.

        Not to be asked twice: a modem that restarted without a word is found out at some later
        look, and is then set up anew.
        """
        ends = time.monotonic() + patience
        while (found := self.complaints(**allowed)) and time.monotonic() <= ends:
            time.sleep(0.02)
        return found

    def _wrong(self, out: Out, state: DispatchState, fails: bool) -> list[str]:
        taken = self.taken(out)
        whole = self.network.texts(out.number) == [out.text]
        wrong = [f"part {seq} sent {n} times" for seq, n in taken.items() if n > 1]
        if state in (DispatchState.SENT, DispatchState.DELIVERED) and not whole:
            wrong.append(f"{state} and not there")
        if state is DispatchState.FAILED and (whole or not fails):
            wrong.append(f"failed, and the network has {dict(taken)}: {self.story(out)}")
        if state in (DispatchState.PENDING, DispatchState.SENDING):
            wrong.append(f"still {state}")
        return wrong

    def taken(self, out: Out) -> Counter[int]:
        """How often the network took each part."""
        seqs: Counter[int] = Counter()
        for sent in list(self.network.sent):
            if sent.recipient == out.number and sent.refused is None:
                concat = sent.submit.user_data.concat
                seqs[concat.seq if concat else 1] += 1
        return seqs

    def _wrong_inbox(self, lost: int) -> list[str]:
        there = Counter(self.received())
        wrong = [f"received {n} times: {one}" for one, n in there.items() if n > 1]
        sent = {(i.sender, i.text): i for i in self.ins}
        wrong += [f"never sent by anybody: {one}" for one in there if one not in sent]
        missing = Counter(i.modem for key, i in sent.items() if key not in there)
        return wrong + [f"{m}: {n} lost on their way in" for m, n in missing.items() if n > lost]


@contextlib.contextmanager
def world(folder: Path, network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    hurry(monkeypatch.setattr)
    with World(folder, network).running() as running:
        running.note_connections()
        yield running
