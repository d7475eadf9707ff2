"""Are there ports at all, and are they serial ports."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, note, problem
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    if not (now.ports or now.modems or now.barred):
        yield problem(
            "ports.none",
            "No modem is plugged in and none is listed in the config.",
            "Plug one in, or list its port in the config as [[modem]].",
        )
    for port in now.ports:
        if not port.exists:
            yield problem(
                "ports.absent",
                f"{port.path} is not there.",
                "Plug the modem in, or correct the port in the config; `ls /dev/serial/by-id` "
                "lists the ports of USB modems.",
                about=port.path,
            )
        elif not port.serial:
            yield problem(
                "ports.not-serial",
                f"{port.path} is not a serial port.",
                "Correct the port in the config.",
                about=port.path,
            )
        if port.kernel_console:
            yield problem(
                "ports.console",
                f"The system itself talks on {port.path}.",
                "Switch the serial console off with raspi-config (Interface Options, Serial "
                "Port, login shell: No) and restart.",
                about=port.path,
            )
    for device in now.devices:
        if device.serious:
            yield problem(f"usb.{device.key}", device.words, "", about=device.place)
        else:
            yield note(f"usb.{device.key}", device.words, about=device.place)
