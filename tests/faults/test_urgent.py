"""An alarm does not wait for the network's answer to a USSD request, on any model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.modem.jobs import ussd
from gateway.services.credit.ussd import DialogueState
from gateway.services.messages.accept import WrittenMessage
from gateway.simnet import Network
from tests.faults.world import Out, World, world

AT_ONCE = 15.0  # seconds on a busy machine; the answer would be waited for a minute


def alarm(box: World, modem: str, n: int) -> Out:
    """A message of priority 100 through one modem."""
    number = f"+25479{n:07d}"
    draft = WrittenMessage(
        recipients=number,
        text=f"alarm {n}",
        connection_id=box.connection(modem),
        with_report=True,
    )
    accepted = box.services.messaging.send(replace(draft, priority=100))
    out = Out(modem, accepted.message_id, number, draft.text, with_report=True)
    box.outs.append(out)
    return out


def test_an_alarm_goes_out_although_a_ussd_request_gets_no_answer(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    with world(tmp_path, network, monkeypatch) as box:
        desk = box.services.ussd
        assert desk is not None
        for name, modem in box.modems.items():
            modem.faults.ussd_never = 1
            desk.request(box.connection(name), "*100#")
        assert box.until(lambda: not any(m.faults.ussd_never for m in box.modems.values()))
        for name in box.modems:  # they wait, as always, and what is claimed takes all the room
            for _ in range(3):
                box.send(name)
        alarms = [alarm(box, name, n) for n, name in enumerate(box.modems)]
        assert box.until(lambda: all(network.texts(a.number) for a in alarms), AT_ONCE)
        for name, modem in box.modems.items():
            shown = desk.dialogue(box.connection(name))
            assert shown is not None
            assert (shown.state, shown.turns[-1].words) == (
                DialogueState.OVER,
                ussd.INTERRUPTED.words,
            )
            asked = next(i for i, t in enumerate(modem.heard) if t.startswith("AT+CUSD=1,"))
            assert "AT+CUSD=2" in modem.heard[asked:], "the session is still open"
        box.until(box.settled)
        assert box.left() == []
