from __future__ import annotations

from pathlib import Path

import pytest

from gateway.events import Events
from gateway.services.box.preferences import Preferences
from gateway.services.credit.ussd import UssdDialogues
from gateway.services.messages.accept import Messages
from gateway.services.people.imports import ContactImports
from gateway.services.schedules.schedules import Schedules
from gateway.store.connections import connections
from gateway.store.file import settings
from tests.services.played_modem import PlayedModem


class FakeClock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.ms = 1_795_000_000_000
        self.seconds = 1000.0

    def now(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def line(store: Path) -> int:
    return connections.upsert_connection("8949", "262011234567890", 1).connection_id


@pytest.fixture
def modem(line: int) -> PlayedModem:
    return PlayedModem(line)


@pytest.fixture
def desk(modem: PlayedModem, clock: FakeClock) -> UssdDialogues:
    return UssdDialogues(modem, clock, Events())


@pytest.fixture
def hold() -> list[str]:
    """What the clock is held for; nothing by default."""
    return []


@pytest.fixture
def scheduling(clock: FakeClock, store: Path, hold: list[str]) -> Schedules:
    clock.ms = 1_795_000_200_000  # 2026-11-18 11:10 in Berlin, a Wednesday
    events = Events()
    preferences = Preferences(events, "KE")
    settings.put("box.zone", "Europe/Berlin")
    messaging = Messages(clock, events, preferences.country)
    return Schedules(clock, events, messaging, preferences, lambda: " ".join(hold))


@pytest.fixture
def importing(clock: FakeClock, store: Path) -> ContactImports:
    return ContactImports(clock, Events(), lambda: "KE")
