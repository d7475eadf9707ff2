"""A message belongs to the SIM that was chosen for it, or that has begun to send it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.simnet import Network
from hw.simulator import SimCard
from tests.faults.world import World, world


def end_well(box: World) -> None:
    box.until(box.settled)
    assert box.left() == []


@pytest.mark.parametrize("refusal", ["CMS 38", "CMS 500"])
def test_a_long_message_goes_on_through_the_sim_that_began_it(
    refusal: str, tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    """Handsets join parts of one sender only: the rest through another SIM would never be read."""
    with world(tmp_path, network, monkeypatch) as box:
        for modem in box.modems.values():
            modem.air_time = 0.3
        box.send("", long=True)
        assert box.until(lambda: network.sent)
        begun = network.sent[0].sender
        (modem,) = [m for m in box.modems.values() if m.number == begun]
        modem.faults.refuse_with = refusal
        modem.faults.refuse = 2  # the second part, and the first try to send it again
        end_well(box)
        assert modem.faults.refuse == 0, "it was never refused"
        assert {sent.sender for sent in network.sent} == {begun}


def test_another_sim_does_not_send_what_was_meant_for_the_first(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    with world(tmp_path, network, monkeypatch) as box:
        modem = box.modems["generic"]
        first = modem.card
        assert first is not None
        modem.faults.registration = 2
        assert box.until(lambda: box.status()["generic"].state == "searching")
        held = [box.send("generic") for _ in range(3)]
        modem.insert(SimCard("8949001000000009999", "001010000009999", "+491713920099"))
        modem.faults.registration = None
        assert box.until(
            lambda: box.status()["generic"].connection_id not in (None, box.connection("generic"))
        ), "the new SIM is not known as a connection of its own"
        new = box.status()["generic"].connection_id
        box.send_through(new, "generic")
        box.until(lambda: box.state(box.outs[-1]) == "delivered")
        assert [str(box.state(out)) for out in held] == ["pending"] * 3
        assert {sent.sender for sent in network.sent} == {"+491713920099"}
        modem.insert(first)
        end_well(box)
        assert len([s for s in network.sent if s.sender == first.number]) == 3
