"""A worker on a simulated modem, and a ledger in memory that remembers the order of things."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from gateway.at import Explanation
from gateway.clock import SystemClock
from gateway.decisions.assignment import Assignment, PartToSend
from gateway.modem.jobs import setup
from gateway.modem.ledger import Identity, ReadPdu, Sim
from gateway.modem.worker import Worker, WorkerConfig
from gateway.simnet import Network


class MemoryLedger:
    """Records what a worker does. `fail` makes the next calls of a kind raise."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, object]] = []
        self.kept: list[ReadPdu] = []
        self.pin: str | None = None
        self.hang_up = False
        self.receiving = True
        self.centre_known = ""
        self.urgent_waits = False
        self.pause = ""
        self.tries: list[int | None] = []  # left, as told when a PIN was wanted
        self.fail: dict[str, list[Exception]] = {}
        self.on: dict[str, Callable[[], None]] = {}
        self._news = threading.Condition()

    def _note(self, what: str, detail: object) -> None:
        with self._news:
            if self.fail.get(what):
                raise self.fail[what].pop(0)
            self.entries.append((what, detail))
            if what in self.on:
                self.on[what]()
            self._news.notify_all()

    def wait(self, what: str, count: int = 1, patience: float = 20.0) -> list[object]:
        """The details of the first `count` entries of this kind."""
        with self._news:
            done = self._news.wait_for(lambda: len(self.all(what)) >= count, patience)
            assert done, f"no {what} x{count} in {self.entries}"
            return self.all(what)

    def all(self, what: str) -> list[object]:
        return [detail for name, detail in self.entries if name == what]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.entries]

    def seen(self, port: str, identity: Identity, usb_path: str = "") -> None:
        self._note("seen", identity)

    def sim_in(self, sim: Sim) -> int:
        self._note("sim_in", sim)
        return 7

    def pin_for(self, sim: Sim, port: str, tries_left: int | None) -> str | None:
        self.tries.append(tries_left)
        self._note("pin_for", sim)
        pin, self.pin = self.pin, None
        return pin

    def behind(self, sim: Sim, port: str) -> int | None:
        return 7 if sim.iccid else None

    def receives(self, connection_id: int | None) -> bool:
        return self.receiving

    def submitting(self, part_id: int, connection_id: int) -> None:
        self._note("submitting", part_id)

    def accepted(self, part_id: int, reference: int | None) -> None:
        self._note("accepted", (part_id, reference))

    def refused(self, part_id: int, why: Explanation) -> None:
        self._note("refused", (part_id, why))

    def doubtful(self, part_id: int, why: Explanation) -> None:
        self._note("doubtful", part_id)

    def pausing(self) -> str:
        return self.pause

    def released(self, dispatch_id: int, why: str) -> None:
        self._note("released", dispatch_id)

    def keep(self, connection_id: int | None, pdus: Sequence[ReadPdu]) -> list[int]:
        self._note("keep", tuple(pdus))
        self.kept.extend(pdus)
        return list(range(len(pdus)))

    def urgent(self, connection_id: int | None, full: bool) -> bool:
        return self.urgent_waits

    def centre(self, connection_id: int, told: str) -> str:
        self.centre_known = told or self.centre_known
        return self.centre_known

    def called(self, connection_id: int | None, number: str) -> bool:
        self._note("called", number)
        return self.hang_up

    def erased(self, keys: Sequence[int]) -> None:
        self._note("erased", tuple(keys))

    def changed(self) -> None:
        self._note("changed", None)


def until(look: Callable[[], bool], patience: float = 20.0) -> None:
    ends = time.monotonic() + patience
    while not look():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.01)


def work(text: str = "hello", to: str = "+4917139200990", dispatch_id: int = 1) -> Assignment:
    """An assignment as dispatch makes it; part ids are 10 * dispatch + sequence number."""
    from gateway import sms

    parts, dcs = sms.segment(text, reference=5)
    tpdus = [
        sms.encode(
            sms.Submit(destination=sms.Address.parse(to), user_data=p, dcs=dcs, request_report=True)
        )
        for p in parts
    ]
    return Assignment(
        dispatch_id,
        to,
        1,
        tuple(
            PartToSend(10 * dispatch_id + n, n, t.hex().upper())
            for n, t in enumerate(tpdus, start=1)
        ),
    )


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def start(ledger: MemoryLedger) -> Iterator[Callable[[str], Worker]]:
    """Start a worker on a port; all are stopped at the end, and have to stop in time."""
    workers: list[Worker] = []

    def start_one(port: str) -> Worker:
        worker = Worker(WorkerConfig(port), ledger, SystemClock(), contextlib.nullcontext)
        workers.append(worker)
        worker.start()
        return worker

    yield start_one
    for worker in workers:
        worker.ask_to_stop()
    for worker in workers:
        assert worker.join(5), "the modem's thread did not stop in time"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers after Ctrl-Z are waited for half a second instead of two minutes."""
    real = setup.profile_for

    def quick(manufacturer: str, model: str) -> object:
        return dataclasses.replace(real(manufacturer, model), submit_time=0.5)

    monkeypatch.setattr(setup, "profile_for", quick)


def ready(worker: Worker) -> bool:
    return worker.telemetry.state == "ready"
