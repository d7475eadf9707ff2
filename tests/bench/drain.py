"""How fast the outbox empties: stored -> `sent`, every commit durable, over real ptys."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gateway.clock import HOUR, SystemClock
from gateway.simnet import Network
from gateway.store import opening
from gateway.store.file import database
from gateway.store.messages import outbox
from tests.bench import Figure
from tests.support.box import RunningBox, eventually

TEXT = "Pump 3 at the north well has stopped."


def run() -> Iterator[Figure]:
    yield Figure("drain, 1 modem without air time", drain(1, 0.0, 3000), "SMS/s", "at least 300")
    rate = drain(8, 2.0, 8 * 20)
    yield Figure("drain, 8 modems with 2 s air time", rate * 60, "SMS/min", "at least 237.6 of 240")


def drain(modems: int, air_time: float, messages: int) -> float:
    """SMS a second between the first and the last that was sent, over `modems` modems."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        network = Network(air_time=air_time)
        stack.callback(network.stop)
        for _ in range(modems):
            network.add_modem()
        network.start()
        box = stack.enter_context(RunningBox(Path(name), ports=[m.port for m in network.modems]))
        fill(box.data, messages)
        box.start()
        with opened(box.data):
            times = eventually(lambda: sent_times(messages), patience=600)
        # The first of each modem starts the clock: what follows is what one modem can do.
        times = times[modems - 1 :]
        return (len(times) - 1) / max(0.001, (times[-1] - times[0]) / 1000)


def fill(data: Path, messages: int, *, with_report: bool = False) -> None:
    """So many messages to as many people, accepted before the box starts."""
    with opened(data):
        now = SystemClock().now()
        for n in range(messages):
            outbox.add(
                outbox.OutgoingMessage(
                    text=f"{TEXT} {n}",
                    numbers=(f"+2547{n:08d}",),
                    parts=1,
                    created_at=now,
                    due_at=now,
                    valid_until=now + HOUR,
                    client_id=None,
                    connection_id=None,
                    with_report=with_report,
                )
            )


@contextlib.contextmanager
def opened(data: Path) -> Iterator[None]:
    opening.open_store(data)
    try:
        with database.connected():
            yield
    finally:
        opening.close_store()


def sent_times(wanted: int) -> list[int]:
    """When each was sent, oldest first; empty until there are `wanted`."""
    rows = database.database.execute_sql(
        "SELECT sent_at FROM dispatch WHERE state IN ('sent', 'delivered') ORDER BY sent_at"
    ).fetchall()
    return [at for (at,) in rows] if len(rows) >= wanted else []
