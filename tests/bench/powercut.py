"""What is left when the power goes, many times (tests.support.powercut): nothing may be missing."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gateway.simnet import Network
from tests.bench import Figure
from tests.support.powercut import NoDisk, cut_again_and_again

CUTS = 40
SEED = 2026


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, Network() as network:
        try:
            found = cut_again_and_again(Path(folder), network, CUTS, SEED)
        except NoDisk as e:
            print(f"no disk of its own can be mounted here: {e}", file=sys.stderr)
            return
    yield Figure("power cuts", found.cuts, "cuts", "")
    yield Figure("power cuts: accepted for sending", found.sent, "SMS", "")
    yield Figure("power cuts: received", found.received, "SMS", "")
    yield Figure("power cuts: shown as uncertain", found.uncertain, "SMS", "")
    yield Figure(
        "power cuts: lost or forgotten",
        found.lost_out + found.lost_in + found.forgotten,
        "SMS",
        "0",
    )
    yield Figure("power cuts: doubled", found.doubled_out + found.doubled_in, "SMS", "0")
