"""Puts the snapshot together: the machine, the store, and the modems through whoever has them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from gateway.config import Config
from gateway.health import exposure, machine
from gateway.health.probe import probe, storages_and_centre
from gateway.health.snapshot import (
    LowCredit,
    ModemFacts,
    Queue,
    Snapshot,
    Store,
    UnusableDevice,
    Webhook,
)
from gateway.store.keeping import checkup, repair
from gateway.terminal.spoken import TerminalPort
from hw import ports as usb
from hw.serialport import PortError


class OpenedPort(TerminalPort, Protocol):
    def close(self) -> None: ...


T = TypeVar("T")
Open = Callable[[str, int], OpenedPort]  # a port and its speed; raises PortError


def collect(
    config: Config,
    now: int,
    *,
    status: Mapping[str, Any] | None,
    service: int | None,
    open_line: Open,
    barred: bool = False,
) -> Snapshot:
    """`status`: what the running service answered, None without one. `service`: its process id.

    `barred`: this user may not know whether one runs; then no port is opened. `open_line` gives
    the way to the modem at a port: through the service, or the port itself.
    """
    paths = _paths(config, status)
    ports = machine.ports(paths, ours={service} if service else ())
    if status is not None:
        modems = _at_once(lambda m: _from_service(m, open_line), status["modems"])
    elif service is None and not barred:
        free = [
            p.path
            for p in ports
            if p.exists and p.serial and p.usable and not (p.holders or p.keeper)
        ]
        modems = _at_once(lambda path: _from_port(path, _speed(config, path), open_line), free)
    else:
        modems = []
    return Snapshot(
        now=now,
        service=status is not None,
        barred=barred,
        hung=status is None and service is not None,
        ports=ports,
        modems=tuple(modems),
        store=_store(config.data, now),
        supply=machine.supply(),
        clock=machine.clock(now),
        **_around(config),
    )


def from_inside(
    config: Config,
    now: int,
    status: Mapping[str, Any],
    *,
    store: Store,
    credits: tuple[LowCredit, ...],
    webhooks: tuple[Webhook, ...],
    broken_activities: tuple[tuple[str, str], ...],
    dead: tuple[str, ...],
    rarely: Mapping[str, Any],
) -> Snapshot:
    """What the service itself sees: no modem is asked for it. `rarely`: what programs told last."""
    return Snapshot(
        now=now,
        ports=machine.ports(_paths(config, status), ours={os.getpid()}),
        modems=tuple(_from_service(m) for m in status["modems"]),
        store=store,
        credits=credits,
        webhooks=webhooks,
        broken_activities=broken_activities,
        dead=dead,
        dark=" ".join(f["words"] for f in status["findings"] if f["key"] in ("light", "button")),
        **_around(config),
        **rarely,
    )


def asked_rarely(now: int) -> dict[str, Any]:
    """What only other programs can tell, which have to be started for it."""
    return {"supply": machine.supply(), "clock": machine.clock(now)}


def _around(config: Config) -> dict[str, Any]:
    """The machine around the service, as files tell it."""
    pins = config.led_board not in ("none", "mock", "act")
    return {
        "user": machine.user(),
        "devices": tuple(_devices(_plugged_in(config))),
        "modem_manager": machine.runs("ModemManager"),
        "gpio_group": machine.may_use_pins() if pins else None,
        "disk": machine.disk(config.data),
        "temperature": machine.temperature(),
        "update_failed": machine.failed_update(config.data),
        "exposed": exposure.exposed(config),
        "certificate_ends": exposure.certificate_ends(config.http.certificate),
    }


def _at_once(ask: Callable[[T], ModemFacts], whom: Sequence[T]) -> list[ModemFacts]:
    """All at the same time: a silent modem takes 12 s."""
    if not whom:
        return []
    with ThreadPoolExecutor(min(len(whom), 16)) as threads:
        return list(threads.map(ask, whom))


def _paths(config: Config, status: Mapping[str, Any] | None) -> list[str]:
    """Listed ports, those that the service uses, and without it those where it would look."""
    paths = [m.port for m in config.modems]
    if status is not None:
        paths += [m["port"] for m in status["modems"]]
    else:
        paths += [tty.device for d in _plugged_in(config) for tty in usb.at_ports(d)[:1]]
    paths = [p for p in paths if p not in config.ports.ignore]
    return list(dict.fromkeys(p for p in paths if p.startswith("/")))


def _plugged_in(config: Config) -> list[usb.UsbDevice]:
    """What the service would look at: nothing that it was told to leave alone."""
    leave = config.ports.ignore
    if not config.ports.usb:
        return []
    return [d for d in usb.scan() if d.path not in leave and usb.id_words(d.id) not in leave]


def _speed(config: Config, path: str) -> int:
    return next((m.baud for m in config.modems if m.port == path), 115200)


def _devices(found: Iterable[usb.UsbDevice]) -> Iterable[UnusableDevice]:
    for device in found:
        if (finding := usb.finding(device)) is not None:
            yield UnusableDevice(finding.key, finding.place, finding.words, finding.serious)


def _from_service(said: Mapping[str, Any], open_line: Open | None = None) -> ModemFacts:
    """What the service says of a modem, and, with a way to it, what has to be asked for."""
    modem = ModemFacts(
        port=said["port"],
        state=said["state"],
        words=said["words"],
        advice=said["advice"],
        name=said["connection_name"],
        model=said["model"],
        roaming=said["roaming"],
        recoveries=said["recoveries"],
        restarts=said["restarts"],
        warnings=tuple(said.get("warnings", ())),
    )
    if said["attention"]:
        modem = replace(modem, state="failed")
    elif said["state"] in ("opening", "probing") and said["advice"]:  # it answered before
        modem = replace(modem, state="recovering")
    elif modem.state == "ready" and said["level"] == "bad":
        modem = replace(modem, held=modem.advice)
    if modem.state != "ready" or open_line is None:
        return modem
    line = open_line(modem.port, 0)
    try:
        return storages_and_centre(line, modem)
    finally:
        line.close()


def _from_port(path: str, baud: int, open_line: Open) -> ModemFacts:
    try:
        line = open_line(path, baud)
    except PortError as e:
        return ModemFacts(path, answered=False, silence=str(e))
    try:
        return probe(line)
    finally:
        line.close()


def _store(folder: Path, now: int) -> Store:
    found = store_of(checkup.examine(folder, now))
    done = repair.mended(folder)
    return replace(found, mended=done.words if done else "")


def store_of(seen: checkup.Checkup) -> Store:
    return Store(
        exists=seen.exists,
        readable=seen.readable,
        trouble=seen.trouble,
        damage=seen.damage,
        size=seen.size,
        created=seen.first_message_at,
        newest_backup=seen.newest_backup_at,
        backups=seen.backups,
        queue=Queue(
            due=seen.due,
            oldest_due=seen.oldest_due_at,
            last_sent=seen.last_sent_at,
            uncertain=seen.uncertain,
            uncertain_since=seen.uncertain_since,
        ),
    )
