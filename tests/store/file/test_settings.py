"""Settings may hold anything after a backup was put back: no reader stumbles over it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.decisions.pacing import DEFAULT
from gateway.events import Events
from gateway.services.activities import fallback, stop_words
from gateway.services.clock import timekeeper
from gateway.services.clock.box_clock import BoxClock
from gateway.services.connections.box_limits import SETTING, BoxLimits
from gateway.services.health import notices
from gateway.services.keeping.keeping import OPTIONS, Keeping, KeepingOptions
from gateway.services.keeping.purge import DAYS
from gateway.services.sending import default_validity
from gateway.services.sending.holds import STREAK, SendingHolds
from gateway.store.connections import connections
from gateway.store.file import settings
from gateway.store.keeping import restore
from gateway.store.schedules import clock_change
from tests.store.given import connection

INSIDE = {"at": "x", "by": [], "boot": 1, "minute": "x", "numbers": 5, "kinds": "x"}
ODD = ["odd", 5, True, [], [[]], {}, {"x": 1}, INSIDE, None]


@pytest.mark.parametrize(
    ("kept", "default", "read"),
    [
        ("a", "b", "a"),
        (1, "b", "b"),
        (True, 1, 1),
        (1, False, False),
        ({"a": 1, "x": 2}, {"a": 0, "b": 3}, {"a": 1, "b": 3}),
        ({"a": "1"}, {"a": 0}, {"a": 0}),
        ({"a": "1"}, {}, {"a": "1"}),
        (["a"], ("b",), ["a"]),
        ([], ("b",), []),
        (["a", 1], ("b",), ("b",)),
        (None, 7, 7),
        ("whatever", None, "whatever"),
    ],
)
def test_what_has_another_shape_is_not_there(
    store: Path, kept: object, default: object, read: object
) -> None:
    settings.put("one", kept)
    found = settings.get("one", default)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_readers_take_what_is_usual_instead(store: Path, tmp_path: Path, odd: object) -> None:
    line = connection()
    for key in (
        *(OPTIONS, notices.OPTIONS, fallback.KEY, SETTING, DAYS, default_validity.VALID_HOURS),
        *(clock_change.MARK, timekeeper.VOUCHED, restore.RESTORED, f"{STREAK}{line}"),
        *("stop_words", "start_words"),
    ):
        settings.put(key, odd)
    clock = SystemClock()
    assert Keeping(clock, tmp_path, lambda: None).options() == KeepingOptions()
    assert asdict(fallback.get()) == asdict(fallback.Fallback())
    assert clock_change.kept_mark() is None
    assert default_validity.validity() > 0
    assert isinstance(stop_words.counted_words("stop"), tuple)
    assert BoxLimits(clock, Events()).limits() == DEFAULT
    assert SendingHolds(clock).leave(line) > 0
    holds = SendingHolds(clock)
    assert not holds.suspects(line)
    known = connections.get(line)
    assert known is not None
    assert holds.obstacle(known, roaming=False) == (False, "")
    keeper = timekeeper.Timekeeper(BoxClock(), Events())
    keeper.begin()
