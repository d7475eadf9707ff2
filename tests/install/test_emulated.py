"""Installed on the processor of a Raspberry Pi: ./install.sh test-appliance --arch arm64."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install import emulated
from tests.install.emulated import Emulated

ARCH = os.environ.get("PIGEONBOX_ARCH", "")
SUITE = os.environ.get("PIGEONBOX_SUITE", "bookworm")

pytestmark = [pytest.mark.appliance, pytest.mark.timeout(3 * 3600)]

# The service as its unit starts it, on a simulated modem, spoken to over HTTP.
PROVE = r"""
set -euo pipefail
install -d -o pigeonbox -g pigeonbox /run/pigeonbox
cd /run/pigeonbox
setpriv --reuid=pigeonbox --regid=pigeonbox --init-groups -- \
    /opt/pigeonbox/current/venv/bin/pigeonbox run --config /etc/pigeonbox/config.toml \
    --listen 127.0.0.1:8099 --simulate 1 >/root/run.log 2>&1 &
pid=$!
until python3 -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:8099/health")' 2>&-; do
    kill -0 $pid || { cat /root/run.log; exit 3; }
    sleep 1
done
pigeonbox send --id one +254712345678 "hello from another processor"
until pigeonbox messages list --json --view sent | grep "hello from another"; do sleep 2; done
pigeonbox doctor || true
kill -TERM $pid
wait $pid
"""


@pytest.fixture(scope="module")
def machine() -> Iterator[Emulated]:
    if not ARCH:
        pytest.skip("takes half an hour: ./install.sh test-appliance --arch arm64 (or armhf)")
    if why := emulated.why_not(ARCH):
        pytest.skip(why)
    folder = Path("/var/tmp") / f"pigeonbox-test-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    try:
        yield Emulated(folder, SUITE, ARCH)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_it_installs_serves_sends_and_ends_cleanly(machine: Emulated) -> None:
    machine.bring()
    said = machine.install("--serial", "no")
    assert "starts with the next start of the machine" in said
    assert re.search(r"first-run\?code=\w", said)
    told = machine.do("bash", "-c", PROVE).stdout
    assert "hello from another processor" in told
    assert "things were looked at" in told  # by doctor
    unit = machine.root / "etc/systemd/system/multi-user.target.wants/pigeonbox.service"
    assert unit.is_symlink()


def test_started_the_service_is_ready_and_keeps_its_messages(machine: Emulated) -> None:
    machine.start()
    try:
        machine.wait_well(600)
        assert machine.shown("Type") == "notify"
        assert "hello from another" in machine.tell("pigeonbox", "messages", "list")
    finally:
        machine.stop()
