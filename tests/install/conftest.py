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


@pytest.fixture(scope="session", params=SUITES)
def machine(request: pytest.FixtureRequest) -> Iterator[machines.Machine]:
    """A running system on which Pigeonbox has been installed, by name of its Debian."""
    folder = Path("/var/tmp") / f"pigeonbox-test-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    try:
        with machines.started(folder, request.param) as machine:
            yield machine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def box(machine: machines.Machine) -> machines.Machine:
    """Installed, running, and with one message in it that must not be lost."""
    if not (machine.root / "opt/pigeonbox/current").is_symlink():
        machine.bring()
        if not (machine.root / "boot/firmware").exists():
            (machine.root / "boot/firmware").mkdir(parents=True)
        # Whatever pip is told on the machine decides nothing here.
        (machine.root / "etc/pip.conf").write_text("[global]\nindex-url = http://127.0.0.9/\n")
        machine.install("--serial", "no")
        machine.do("pigeonbox", "send", "--id", "kept", "+254712345678", "before the upgrade")
    machine.wait_well()
    return machine
