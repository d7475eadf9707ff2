"""Another SIM in the modem: what was meant for the old one waits for it, and says so."""

from __future__ import annotations

import json

import pytest

from hw.simulator import SimCard
from tests.support.box import RunningBox, eventually

PHONE = "+254700000001"


@pytest.fixture
def box(tmp_path, network):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as running:
        running.start().wait_for_modems(1)
        yield running


def other_card() -> SimCard:
    return SimCard(iccid="8949001000000009990", imsi="001010000009990", number="+4917139200990")


def connections_up(box):
    answer = box.command("modems", "--json")
    return [m["connection_name"] for m in json.loads(answer.stdout)]


@pytest.mark.parametrize("said", [True, False])
def test_73_what_was_queued_for_the_old_sim_is_held_and_goes_out_when_it_is_back(
    box, network, said
):
    """`said`: whether the modem tells that the SIM was taken out, or just has another one."""
    (modem,) = network.modems
    old = modem.card
    if said:
        modem.insert(None)
        eventually(lambda: box.ready_modems() == 0)
    modem.insert(other_card())
    eventually(lambda: connections_up(box) == ["SIM 2"], what="for the new SIM")
    box.wait_for_modems(1)

    pinned = box.send("by the old one", PHONE, simNumber=1)
    free = box.send("by whichever", PHONE.replace("1", "2"))
    box.wait_for(free, "Sent", "Delivered")
    eventually(lambda: "SIM 1" in str(box.message(pinned)), what="for the reason")
    assert "in no modem" in str(box.message(pinned)), box.message(pinned)
    assert box.state(pinned) == "Pending"
    assert len(network.sent) == 1

    modem.insert(None)
    modem.insert(old)
    box.wait_for(pinned, "Sent", "Delivered")
    assert len(network.sent) == 2
