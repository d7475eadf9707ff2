"""Asks a modem how it is, with questions that change nothing in it: no PIN, no setting."""

from __future__ import annotations

from dataclasses import replace

from gateway.at import answers, commands
from gateway.health.snapshot import ModemFacts, Storage
from gateway.modem.jobs import verdict
from gateway.modem.machine import ModemEvent
from gateway.terminal.spoken import TerminalPort

SILENT = ("TIMEOUT", "UNREACHABLE", "LOST")


def probe(line: TerminalPort) -> ModemFacts:
    """Everything that the modem itself can tell, of one that nobody else asks."""
    first = line.ask(commands.at())
    if not first.ok:
        return ModemFacts(line.path, answered=False, silence=first.words)
    model = f"{_name(line, 'AT+CGMI')} {_name(line, 'AT+CGMM')}".strip()
    pin = line.ask(commands.cpin_query())
    sim = answers.cpin(pin.lines, pin.as_result)
    modem = ModemFacts(line.path, model=model, sim=sim)
    if sim != "READY":
        return modem
    return storages_and_centre(line, _network(line, modem))


def storages_and_centre(line: TerminalPort, modem: ModemFacts) -> ModemFacts:
    """What the service does not tell."""
    centre = line.ask(commands.csca_query())
    if centre.result in SILENT:  # it has no time now, or has just gone: nothing more is known
        return modem
    usage = line.ask(commands.cpms_query())
    return replace(
        modem,
        smsc=answers.csca(centre.lines) if centre.ok else None,
        storages=tuple(Storage(u.memory, u.used, u.total) for u in answers.cpms_usage(usage.lines)),
        signal_dbm=answers.csq(line.ask(commands.csq()).lines),
    )


def _network(line: TerminalPort, modem: ModemFacts) -> ModemFacts:
    """Circuit, packet and LTE domain: any of them will do."""
    stats = {}
    for command in commands.registration_queries():
        stat = answers.registration(line.ask(command).lines)
        if stat is not None:
            stats[command.prefix.rstrip(":")] = stat
    if not stats:
        return modem
    trouble = verdict.no_service(stats, None)
    registered = [s for s in stats.values() if s.registered]
    return replace(
        modem,
        registered=trouble is None,
        denied=trouble is not None and trouble[0] is ModemEvent.DENY,
        searching=any(s.searching for s in stats.values()) and not registered,
        roaming=bool(registered) and all(s.roaming for s in registered),
        advice=trouble[1] if trouble is not None and trouble[0] is ModemEvent.DENY else "",
    )


def _name(line: TerminalPort, command: str) -> str:
    reply = line.ask(command)
    return answers.name(reply.lines) if reply.ok else ""
