"""Writes the rules for udev out of the tables of known modems: `python -m hw.host.udev`.

Written anew at every installation, so that rules and tables cannot drift apart.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from hw import usb_ids
from hw.lamps import ACT_NAMES

HEAD = """\
# Made by Pigeonbox's install.sh from its own table of modems; changes here are lost.
# What a word means: udev(7). Modems stay with Pigeonbox, under names that do not change.
"""

# An interface of a stick, then the stick above it: "/dev/pigeonbox/usb-1-1.2-if02".
NAMES = """\
SUBSYSTEM=="tty", SUBSYSTEMS=="usb", ATTRS{bInterfaceNumber}=="?*", \\
  ENV{PIGEONBOX_IF}="$attr{bInterfaceNumber}"
"""

# The steps by which a modem that hangs is brought back: hw/power.py.
POWER = """\
# A stick may be let go of and taken up again.
ACTION=="add", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ENV{PIGEONBOX}=="modem", \\
  RUN+="/bin/chgrp pigeonbox $sys$devpath/authorized", \\
  RUN+="/bin/chmod 0664 $sys$devpath/authorized"
# Sockets of a hub may be switched by uhubctl, through the hub itself or through newer kernels.
SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{bDeviceClass}=="09", GROUP="pigeonbox", \\
  MODE="0664"
ACTION!="remove", SUBSYSTEM=="usb", DRIVER=="hub", \\
  RUN+="/bin/sh -c 'chgrp -f pigeonbox $sys$devpath/*-port*/disable; true'", \\
  RUN+="/bin/sh -c 'chmod -f 0664 $sys$devpath/*-port*/disable; true'"
"""

PINS = """\
# The pins of the board. Raspberry Pi OS gives them to the group gpio in a later file.
SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="pigeonbox", MODE="0660"
"""


def rules() -> str:
    """The whole file."""
    parts = [HEAD, 'ACTION=="remove", GOTO="pigeonbox_end"\n', NAMES]
    parts += (f"# {maker}\n{_modem(vendor)}" for vendor, maker in usb_ids.VENDORS.items())
    parts.append("# Serial adapters: named and left alone by others, opened when listed only.\n")
    parts += (_adapter(*ids, name) for ids, name in usb_ids.ADAPTERS.items())
    parts += [POWER, PINS, _leds(), 'LABEL="pigeonbox_end"\n']
    return "\n".join(parts)


def products(vendor: int) -> tuple[str, ...]:
    """Patterns for idProduct; of most makers everything is a modem."""
    if vendor != usb_ids.UBLOX:
        return ("*",)
    return tuple(_globs(usb_ids.UBLOX_MODEMS))


def _globs(ids: range) -> Iterator[str]:
    """ "10??" for each whole block of 256 ids."""
    if ids.start % 256 or ids.stop % 256 or ids.step != 1:
        raise ValueError("only whole blocks of 256 ids can be written as patterns")
    yield from (f"{block:02x}??" for block in range(ids.start // 256, ids.stop // 256))


def _modem(vendor: int) -> str:
    return _ours(f"{vendor:04x}", products(vendor), "modem")


def _adapter(vendor: int, product: int, name: str) -> str:
    return f"# {name}\n{_ours(f'{vendor:04x}', (f'{product:04x}',), 'adapter')}"


def _ours(vendor: str, products: Iterable[str], kind: str) -> str:
    """The device and its ports: not ModemManager's, our names, our rights."""
    which = "|".join(products)
    device = f'ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{which}"'
    above = f'SUBSYSTEMS=="usb", ATTRS{{idVendor}}=="{vendor}", ATTRS{{idProduct}}=="{which}"'
    return (
        f'SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", {device}, '
        f'ENV{{ID_MM_DEVICE_IGNORE}}="1", ENV{{PIGEONBOX}}="{kind}"\n'
        f'SUBSYSTEM=="tty|net|usbmisc", {above}, ENV{{ID_MM_PORT_IGNORE}}="1"\n'
        f'SUBSYSTEM=="tty", {above}, GROUP="dialout", MODE="0660", '
        'SYMLINK+="pigeonbox/usb-%b-if$env{PIGEONBOX_IF}"\n'
    )


def _leds() -> str:
    return (
        "# The Pi's own LED.\n"
        f'ACTION=="add|change", SUBSYSTEM=="leds", KERNEL=="{"|".join(ACT_NAMES)}", \\\n'
        '  RUN+="/bin/chgrp pigeonbox $sys$devpath/brightness $sys$devpath/trigger", \\\n'
        '  RUN+="/bin/chmod 0664 $sys$devpath/brightness $sys$devpath/trigger"\n'
    )


if __name__ == "__main__":
    sys.stdout.write(rules())
