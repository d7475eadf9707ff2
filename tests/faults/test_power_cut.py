"""The power goes in the middle of everything: the disk alone tells what was done."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.simnet import Network
from tests.support.powercut import NoDisk, cut_again_and_again


def test_a_power_cut_loses_nothing_and_doubles_nothing(network: Network, tmp_path: Path) -> None:
    try:
        found = cut_again_and_again(tmp_path, network, cuts=4, seed=1)
    except NoDisk as e:
        pytest.skip(f"NO DISK OF ITS OWN CAN BE MOUNTED HERE ({e}): power cuts are not tested")
    assert found.wrong == 0, found
    assert found.uncertain <= found.cuts
    assert found.sent > 4
    assert found.received > 4
