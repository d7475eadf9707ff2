"""Whole Debian systems, one after the other; skipped aloud where they are not asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install import machines

SUITES = ("bookworm", "trixie")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("appliance") and (why := _why_not()):
            item.add_marker(pytest.mark.skip(reason=why))


def _why_not() -> str:
    if not os.environ.get("PIGEONBOX_APPLIANCE"):
        return "takes minutes: sudo ./install.sh test-appliance"
    return machines.why_not()


@pytest.fixture(scope="module", params=SUITES)
def machine(request: pytest.FixtureRequest) -> Iterator[machines.Machine]:
    """A running system on which Pigeonbox has been installed, by name of its Debian."""
    folder = Path("/var/tmp") / f"pigeonbox-test-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    try:
        with machines.started(folder, request.param) as machine:
            yield machine
    finally:
        shutil.rmtree(folder, ignore_errors=True)
