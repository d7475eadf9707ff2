"""May this user open the ports and switch the pins."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Port, Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    for port in now.ports:
        if port.exists and port.serial and not port.usable:
            yield _closed(port, now.user)
    if now.gpio_group is False:
        yield problem(
            "permissions.gpio",
            f"The user {now.user} may not use the pins of the board.",
            f"Run `sudo usermod -aG gpio {now.user}` and start the service again.",
        )


def _closed(port: Port, user: str) -> Issue:
    group = port.group or "dialout"
    if port.in_group:
        mend = "The group is right but not yet in force: sign in anew, or restart the service."
    else:
        mend = f"Run `sudo usermod -aG {group} {user}`, then sign in anew or restart the service."
    return problem(
        "permissions.port",
        f"The user {user} may not open {port.path}, which belongs to the group {group}.",
        mend,
        about=port.path,
    )
