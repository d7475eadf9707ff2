"""The power goes while the box works: what its disk holds at that moment is all that is left.

A disk of its own (a file, formatted and mounted) is copied while the service stands still: the copy
lacks whatever was not written through, as a card does whose power went. Needs root.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from gateway.simnet import Network
from tests.support.box import RunningBox, eventually
from tests.support.radio import texts_sent

PHONE = "+254799000001"
SIZE = "96M"
# The journal is written when the service says so and hardly ever else: what it forgot to write
# through is lost for certain, and the copy is of one moment.
OPTIONS = "loop,commit=300,data=ordered"


class NoDisk(Exception):
    """A disk cannot be made and mounted here."""


class Disk:
    """Owns an image file and where it is mounted."""

    def __init__(self, folder: Path) -> None:
        self.mounted = folder / "disk"
        self.mounted.mkdir()
        self._image = folder / "disk.img"
        self._left = folder / "left.img"
        if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
            raise NoDisk("root and mkfs.ext4 are needed")
        _run("truncate", "-s", SIZE, str(self._image))
        _run("mkfs.ext4", "-q", "-F", str(self._image))
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", OPTIONS, str(self._image), str(self.mounted))

    def freeze(self) -> None:
        """Remember what is on the disk now."""
        shutil.copyfile(self._image, self._left)

    def cut(self) -> None:
        """Only what `freeze` found is left. Nobody may use the disk."""
        self.unmount()
        self._left.replace(self._image)
        self._mount()

    def unmount(self) -> None:
        _run("umount", str(self.mounted))


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise NoDisk(f"{' '.join(words)}: {done.stderr.strip()}")


@dataclass
class Told:
    """What the box said yes to, and what was sent to it."""

    accepted: dict[str, str] = field(default_factory=dict)  # id -> text
    incoming: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    cuts: int
    sent: int
    received: int
    uncertain: int
    lost_out: int  # accepted, and neither sent nor said to be in doubt
    lost_in: int
    doubled_out: int
    doubled_in: int
    forgotten: int  # accepted, and unknown afterwards

    @property
    def wrong(self) -> int:
        return self.lost_out + self.lost_in + self.doubled_out + self.doubled_in + self.forgotten


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    made = Disk(folder)
    try:
        yield made
    finally:
        with suppress(NoDisk):
            made.unmount()


def cut_again_and_again(folder: Path, network: Network, cuts: int, seed: int) -> Outcome:
    """Traffic both ways, the power gone `cuts` times in the middle of it. Raises NoDisk."""
    chance = random.Random(seed)
    modem = network.add_modem(air_time=0.01)
    told = Told()
    with disk(folder) as card, RunningBox(card.mounted, ports=[modem.port]) as box:
        _begin(box, card)
        for _ in range(cuts):
            box.start()
            _traffic(box, network, modem.number, told, stop_after=chance.randint(1, 25))
            card.freeze()
            box.kill()
            card.cut()
        box.start().wait_for_modems(1)
        _settle(box, told)
        return _outcome(box, network, told, cuts)


def _begin(box: RunningBox, card: Disk) -> None:
    """What stands on the disk before anything happens is really there."""
    box.start().wait_for_modems(1)
    box.stop()
    os.sync()


def _traffic(box: RunningBox, network: Network, number: str, told: Told, stop_after: int) -> None:
    """Send and receive until so many have gone out since, then stand still, in the middle."""
    over = threading.Event()
    before = len(network.sent)

    def write() -> None:
        with suppress(OSError, http.client.HTTPException):  # the power is gone
            while not over.is_set():
                n = len(told.accepted)
                text = f"out {n} {box.process.pid if box.process else 0}"
                told.accepted[box.send(text, PHONE, withDeliveryReport=False)] = text

    def call() -> None:
        while not over.is_set():
            text = f"in {len(told.incoming)}"
            told.incoming.append(text)
            network.phone_send(PHONE, number, text)
            over.wait(0.05)

    threads = [threading.Thread(target=act) for act in (write, call)]
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: len(network.sent) >= before + stop_after)
        assert box.process
        box.process.send_signal(signal.SIGSTOP)
    finally:
        over.set()
        threads[1].join(5)
    _stands_still(box)
    threads_end = threading.Thread(target=threads[0].join)
    threads_end.daemon = True
    threads_end.start()  # a request under way ends with the box


def _stands_still(box: RunningBox) -> None:
    """The signal is delivered at the next switch of each thread: wait until it was."""
    assert box.process
    tasks = Path(f"/proc/{box.process.pid}/task")
    ends = time.monotonic() + 10
    while any(_state(task) not in "Tt" for task in tasks.iterdir()):
        assert time.monotonic() < ends, "it does not stop"
        time.sleep(0.001)


def _state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


def _settle(box: RunningBox, told: Told) -> None:
    def settled() -> bool:
        known = [_known_state(box, i) for i in told.accepted]
        return all(s in ("", "Sent", "Uncertain", "Delivered", "Failed") for s in known)

    eventually(settled, patience=120)
    eventually(lambda: _received(box) >= set(told.incoming), patience=60)


def _known_state(box: RunningBox, message_id: str) -> str:
    status, value = box.get(f"/api/v1/messages/{message_id}")
    return box.word(value) if status == 200 else ""


def _received(box: RunningBox) -> set[str]:
    return set(_inbox(box))


def _inbox(box: RunningBox) -> list[str]:
    found: list[str] = []
    while True:
        status, page = box.get(f"/api/v1/inbox?limit=200&offset={len(found)}")
        assert status == 200, page
        if not page:
            return found
        found += [message["contentPreview"] for message in page]


def _outcome(box: RunningBox, network: Network, told: Told, cuts: int) -> Outcome:
    out, there = Counter(texts_sent(network)), Counter(_inbox(box))
    states = {i: _known_state(box, i) for i in told.accepted}
    doubtful = {told.accepted[i] for i, s in states.items() if s == "Uncertain"}
    missing = set(told.accepted.values()) - set(out) - doubtful
    return Outcome(
        cuts=cuts,
        sent=len(told.accepted),
        received=len(told.incoming),
        uncertain=len(doubtful),
        lost_out=len(missing),
        lost_in=len(set(told.incoming) - set(there)),
        doubled_out=sum(n - 1 for n in out.values()),
        doubled_in=sum(n - 1 for n in there.values()),
        forgotten=sum(s == "" for s in states.values()),
    )
