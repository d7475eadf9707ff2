"""Delivery reports through many kills, for each way in which modems bring them."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.decisions.dispatch_states import DispatchState
from gateway.simnet import Network
from gateway.store.file import database
from hw.simulator import PERSONALITIES
from tests.bench import Figure
from tests.bench.drain import fill, opened
from tests.support.box import RunningBox, eventually

MESSAGES, KILLS, SEED = 1000, 50, 2026
REPORT_DELAY = 1.0  # seconds from the handset to the report
# way -> a model that has it
WAYS = {"stored": "generic", "acknowledged": "sim800", "unkept": "novatel"}
QUIET = 50.0  # seconds without news after which no more is to come


@dataclass(frozen=True, slots=True)
class Outcome:
    reported: int  # messages that the network has reported on
    known: int  # of those, the ones that the box shows as delivered
    doubts: int  # that kills have left
    can_settle: int  # of those, the ones that the network has and reported on
    settled: int
    doubled: int


def run() -> Iterator[Figure]:
    for way, model in WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            found = through_kills(Path(folder), model, MESSAGES, KILLS)
        goal = "" if way == "unkept" else "at least 99"
        yield Figure(f"reports known, {way}", 100 * found.known / found.reported, "%", goal)
        yield Figure(f"doubts after kills, {way}", found.doubts, "SMS")
        open_doubts = found.can_settle - found.settled
        yield Figure(
            f"doubts that a report left open, {way}",
            open_doubts,
            f"of {found.can_settle}",
            "" if way == "unkept" else "0",
        )
        yield Figure(f"doubled, {way}", found.doubled, "SMS", "0")


def through_kills(folder: Path, model: str, messages: int, kills: int) -> Outcome:
    """Send, and kill the box again and again in the middle of it; then see what it knows."""
    chance = random.Random(SEED)
    network = Network(report_delay=REPORT_DELAY)
    modem = network.add_modem(personality=PERSONALITIES[model], air_time=0.02)
    with network, RunningBox(folder, ports=[modem.port]) as box:
        fill(box.data, messages, with_report=True)
        for n in range(kills):
            box.start()
            _sent(network, (n + 1) * messages // (kills + 1) - chance.randrange(messages // kills))
            box.kill()
        box.start()
        with opened(box.data):
            eventually(lambda: not left(), patience=300)
            return outcome(network)


def _sent(network: Network, so_many: int) -> None:
    eventually(lambda: len(network.sent) >= so_many, patience=120)


def left() -> int:
    """Dispatches that have not gone out."""
    row = database.database.execute_sql(
        "SELECT count(*) FROM dispatch WHERE state IN ('pending', 'sending')"
    ).fetchone()
    return int(row[0])


def states() -> dict[str, DispatchState]:
    rows = database.database.execute_sql("SELECT number, state FROM dispatch").fetchall()
    return {number: DispatchState(state) for number, state in rows}


def doubtful() -> set[str]:
    rows = database.database.execute_sql(
        "SELECT DISTINCT d.number FROM attempt a JOIN dispatch d ON d.id = a.dispatch_id"
        " WHERE a.outcome = 'uncertain'"
    ).fetchall()
    return {number for (number,) in rows}


def outcome(network: Network) -> Outcome:
    sent = [s.recipient for s in network.sent if s.refused is None]
    taken = set(sent)

    def known() -> int:
        now = states()
        return sum(now[number] is DispatchState.DELIVERED for number in taken)

    _until_still(known)
    now, doubts = states(), doubtful()
    can = doubts & taken
    return Outcome(
        reported=len(taken),
        known=known(),
        doubts=len(doubts),
        can_settle=len(can),
        settled=sum(now[number] is DispatchState.DELIVERED for number in can),
        doubled=len(sent) - len(taken),
    )


def _until_still(look: Callable[[], int]) -> None:
    """Until nothing has become known for longer than a sweep takes to come round."""
    best, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET:
        now = look()
        if now != best:
            best, since = now, time.monotonic()
        time.sleep(0.5)
