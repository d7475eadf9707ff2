"""Do other programs have our ports open; half of the modem's answers then go to them."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    for port in now.ports:
        if port.keeper:
            yield problem(
                "ports.kept",
                f"{port.path} is taken by {port.keeper}.",
                "Switch it off: a login prompt with raspi-config (Interface Options, Serial Port, "
                "login shell: No), Bluetooth with dtoverlay=disable-bt in config.txt.",
                about=port.path,
            )
        elif port.holders:
            names = ", ".join(f"{h.name} (process {h.pid})" for h in port.holders)
            yield problem(
                "ports.held",
                f"{port.path} is in use by {names}.",
                "End that program, or give it another port; a modem can serve only one.",
                about=port.path,
            )
