"""A line that loses characters of what the modem says and of what it is told: of references, slots,
PDUs, identities, commands.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.simnet import Network
from tests.faults.test_switches import BACK, Case, calm, settle, switch, traffic
from tests.faults.world import world

ROUNDS = 3
DOUBT = 12  # messages per modem that may be called uncertain: who said what is lost for good


@pytest.mark.parametrize(
    "switches", [{"lose": 0.002}, {"lose": 0.012}, {"lose": 0.001, "lose_heard": 0.001}], ids=str
)
def test_lost_characters_lose_nothing_and_turn_nothing_into_something_else(
    switches: dict[str, object],
    tmp_path: Path,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
):
    fails = (
        "lose_heard" in switches
    )  # a message that never got through whole is said to have failed
    case = Case("lossy", switches, doubt=DOUBT, fails=fails, lost_reports=True)
    with world(tmp_path, network, monkeypatch) as box:
        known = {name: s.connection_id for name, s in box.status().items()}
        for seed, modem in enumerate(box.modems.values()):
            modem.faults.seed = seed + 1
        switch(box, case.switches)
        for _ in range(ROUNDS):
            before = len(network.sent)
            traffic(box, case)
            box.until(lambda before=before: len(network.sent) > before + 20, patience=5)
        switch(box, calm(case))
        settle(box, case)
        again = {name: box.send(name, with_report=False) for name in box.modems}
        assert box.until(lambda: all(box.state(o) == "sent" for o in again.values()), BACK)
        assert {name: s.connection_id for name, s in box.status().items()} == known
