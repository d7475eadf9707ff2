"""The button on the box: blinks of the state, a code for who forgot the password, a shutdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.events import Events
from gateway.modem.ledger import Telemetry
from gateway.services.accounts.accounts import Accounts
from gateway.services.connections.status import StatusReader
from gateway.services.light.button import ButtonPresses
from gateway.services.light.display import LightDisplay
from hw.patterns import Colour
from hw.presses import Press
from tests.services.conftest import FakeClock

Told = list[tuple[Colour | None, float]]


class Recorder:
    def __init__(self) -> None:
        self.told: Told = []

    def show(self, pattern: object) -> None:
        pass

    def tell(self, told: Sequence[tuple[Colour | None, float]]) -> None:
        self.told = list(told)


def pressing(clock: FakeClock, lamp: Recorder, shut: list[bool]) -> ButtonPresses:
    accounts = Accounts(clock)
    status = StatusReader(lambda: [Telemetry("/dev/one", state="sim_missing")], lambda: 0)
    lighting = LightDisplay(clock, status, accounts, Events(), lamp)
    return ButtonPresses(accounts, lighting, lamp, lambda: shut.append(True))


def test_a_short_press_blinks_the_line_of_the_card(store: Path, clock: FakeClock) -> None:
    lamp = Recorder()
    pressing(clock, lamp, []).pressed(Press.SHORT)
    assert [c for c, _ in lamp.told if c] == [Colour.RED] * 3  # the third line: the SIM


def test_a_long_press_blinks_a_code_that_lets_its_owner_in_again(
    store: Path, clock: FakeClock
) -> None:
    lamp = Recorder()
    acts = pressing(clock, lamp, [])
    acts.accounts.set_password("admin", "forgotten horse")
    acts.pressed(Press.HOLD)
    code = read_off(lamp.told)
    acts.accounts.claim_first_run(code, "admin", "remembered horse")
    assert acts.accounts.sign_in("admin", "remembered horse", "127.0.0.1")


def read_off(told: Told) -> str:
    """As somebody with a pencil would: blinks between the long blue light and the next."""
    digits, blinks = "", 0
    for colour, seconds in told[3:]:
        if colour and seconds > 1:
            break
        if colour:
            blinks += 1
        elif seconds == 1.0:
            digits, blinks = digits + str(blinks % 10), 0
    return digits


def test_two_presses_shut_the_box_down(store: Path, clock: FakeClock) -> None:
    shut: list[bool] = []
    pressing(clock, Recorder(), shut).pressed(Press.DOUBLE)
    assert shut == [True]
