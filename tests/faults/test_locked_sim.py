"""A SIM that asks for its PIN or PUK, from the modem to page, light and health, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config import Config, ModemPort, Ports
from gateway.decisions.dispatch_states import DispatchState
from gateway.process.app import Service
from gateway.process.box import Box
from gateway.services.messages.accept import WrittenMessage
from gateway.simnet import Network
from gateway.store.connections import connections
from gateway.store.file import database
from gateway.store.messages import details
from hw.simulator import PERSONALITIES, SimulatedModem
from hw.simulator.card import PIN_TRIES
from tests.support.box import eventually
from tests.support.hurry import hurry
from tests.webui.conftest import NAME, PASSWORD, Reader, words
from webui import create_app


@contextmanager
def service(
    folder: Path, modem: SimulatedModem, port: Path | None = None
) -> Iterator[tuple[Box, Reader]]:
    """The service on this modem, with somebody signed in."""
    config = Config(
        data=folder / "data",
        country="KE",
        modems=(ModemPort(str(port or modem.port)),),
        ports=Ports(usb=False),
    )
    running = Service(config)
    try:
        box = running.start()
        with database.connected():
            if not box.accounts.set_up:
                box.accounts.set_password(NAME, PASSWORD)
            with create_app(box).test_client() as client:
                reader = Reader(client)
                reader.sign_in()
                yield box, reader
    finally:
        running.stop()


@pytest.fixture
def modem(network: Network, monkeypatch: pytest.MonkeyPatch) -> SimulatedModem:
    hurry(monkeypatch.setattr)
    return network.add_modem(pin="1234")


def state(box: Box) -> str:
    return box.status.snapshot().modems[0].state


def issues(box: Box) -> set[str]:
    assert box.health
    return {issue.key for issue in box.health.issues}


def light(box: Box) -> str:
    assert box.lighting
    return box.lighting.light().name


def connection(box: Box) -> str:
    found = eventually(lambda: box.status.snapshot().modems[0].connection_id)
    return f"/connections/{found}"


def is_locked(box: Box, page: Reader, key: str) -> None:
    """Everywhere at once."""
    eventually(lambda: key in issues(box), what=f"for {key} in {issues(box)}")
    assert (state(box), light(box)) == ("sim_locked", "sim")
    assert "PIN or PUK" in words(page.get("/box"))


def test_a_wrong_pin_costs_one_try_ever_and_the_right_one_opens(
    tmp_path: Path, network: Network, modem: SimulatedModem
):
    card = modem.card
    assert card
    with service(tmp_path, modem) as (box, page):
        is_locked(box, page, "sim.pin")
        here = f"{connection(box)}/pin"
        assert f'href="{here}"' in page.get("/connections")
        waits = box.messaging.send(WrittenMessage("0712345678", "waits for the PIN"))
        assert page.post(here, form=here, pin="9999").status_code == 303
        eventually(lambda: card.pin_tries == PIN_TRIES - 1, what="for the one try")
        eventually(lambda: "wrong" in words(page.get(here)).lower(), what="for the page to say so")
        is_locked(box, page, "sim.pin")
    with service(tmp_path, modem) as (box, page):  # it remembers what was tried
        is_locked(box, page, "sim.pin")
        assert card.pin_tries == PIN_TRIES - 1
        here = f"{connection(box)}/pin"
        assert page.post(here, form=here, pin="1234").status_code == 303
        eventually(lambda: state(box) == "ready", what="for the modem to get ready")
        eventually(lambda: not {"sim.pin", "sim.puk"} & issues(box))
        eventually(lambda: light(box) != "sim")
        sent = (DispatchState.SENT, DispatchState.DELIVERED)
        eventually(lambda: details.get(waits.message_id).dispatches[0].state in sent)
        assert [s.recipient for s in network.sent] == ["+254712345678"]
    card.unlocked = False  # the modem was without power
    modem.reboot()
    with service(tmp_path, modem) as (box, _):
        eventually(lambda: state(box) == "ready", what="for the kept PIN to be used")
    assert card.pin_tries == PIN_TRIES


def test_a_puk_is_a_persons_and_the_box_never_tries(
    tmp_path: Path, network: Network, modem: SimulatedModem
):
    card = modem.card
    assert card
    card.pin_tries = 0  # somebody has tried three elsewhere
    with service(tmp_path, modem) as (box, page):
        is_locked(box, page, "sim.puk")
        assert "asks for its PUK" in words(page.get("/connections"))
        assert card.enter_puk("12345678", "")  # in a phone, which switches the PIN off as well
        eventually(lambda: state(box) == "ready", what="for the unblocked SIM")
        eventually(lambda: "sim.puk" not in issues(box))
        eventually(lambda: light(box) != "sim")
    card.pin, card.pin_tries, card.unlocked = "1234", 0, False
    with service(tmp_path, modem) as (box, page):  # the same, of a SIM that the box knows
        is_locked(box, page, "sim.puk")
        here = f"{connection(box)}/pin"
        shown = page.get(here)
        assert "PUK" in words(shown)
        assert 'name="pin"' not in shown
        page.post(here, form="/connections", pin="1234")  # somebody else's old form
        is_locked(box, page, "sim.puk")
        assert (card.pin_tries, card.puk_tries) == (0, 10)


@pytest.mark.parametrize("name", PERSONALITIES)
def test_a_locked_sim_that_does_not_say_who_it_is_is_known_after_a_power_cut(
    name: str, tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    """No second SIM appears, the page does not say that the first is nowhere, its PIN is used."""
    hurry(monkeypatch.setattr)
    modem = network.add_modem(personality=PERSONALITIES[name], pin="1234", link=tmp_path / "port")
    modem.faults.shy = modem.faults.mute = True
    card = modem.card
    assert card
    with service(tmp_path, modem, port=tmp_path / "port") as (box, page):
        is_locked(box, page, "sim.pin")
        here = f"{connection(box)}/pin"
        assert page.post(here, form=here, pin="1234").status_code == 303
        eventually(lambda: state(box) == "ready", what="for the modem to get ready")
        assert len(connections.all_connections()) == 1
        card.unlocked = False
        modem.reboot()  # without a word, while the box works
        eventually(lambda: state(box) != "ready", what="for the box to notice")
        eventually(lambda: state(box) == "ready", what="for the known PIN to be used again")
        assert len(connections.all_connections()) == 1
        assert "is in no modem" not in words(page.get("/connections"))
    card.unlocked = False
    modem.reboot()  # with the box, by a power cut
    with service(tmp_path, modem, port=tmp_path / "port") as (box, page):
        eventually(lambda: state(box) == "ready", what="for the kept PIN to be used")
        assert len(connections.all_connections()) == 1
        waits = box.messaging.send(WrittenMessage("0712345678", "again"))
        sent = (DispatchState.SENT, DispatchState.DELIVERED)
        eventually(lambda: details.get(waits.message_id).dispatches[0].state in sent)
    assert card.pin_tries == PIN_TRIES
