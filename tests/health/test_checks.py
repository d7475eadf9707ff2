"""Each check, on a box that is well and on one that is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.health import CHECKS, Severity, examine, is_well
from gateway.health.snapshot import (
    ClockState,
    Disk,
    Holder,
    KeptStop,
    LowCredit,
    ModemFacts,
    Port,
    Queue,
    SilencedSender,
    Snapshot,
    Storage,
    Store,
    Supply,
    Unreached,
    UnusableDevice,
    Webhook,
)

NOW = 1_790_000_000_000
DAY = 24 * 3600 * 1000
MINUTE = 60 * 1000
HOUR = 60 * MINUTE
PORT = "/dev/ttyUSB2"

WELL_PORT = Port(PORT, group="dialout")
SERVED = ModemFacts(
    PORT, state="ready", smsc="+254720000000", signal_dbm=-79, storages=(Storage("SM", 2, 20),)
)
ASKED = ModemFacts(
    PORT, sim="READY", registered=True, smsc="+254720000000", storages=(Storage("SM", 2, 20),)
)
QUEUE = Queue(due=3, oldest_due=NOW - 2 * MINUTE, last_sent=NOW - MINUTE)
WELL = Snapshot(
    now=NOW,
    user="pigeon",
    ports=(WELL_PORT,),
    modems=(SERVED,),
    supply=Supply(),
    gpio_group=True,
    clock=ClockState(2026, True),
    disk=Disk("/var/lib/pigeonbox"),
    store=Store(created=NOW - DAY, queue=QUEUE),
)
OLD_STORE = Store(created=NOW - 100 * DAY, queue=QUEUE)


def port(**changes: object) -> dict[str, object]:
    return {"ports": (replace(WELL_PORT, **changes),)}  # type: ignore[arg-type]


def served(**changes: object) -> dict[str, object]:
    return {"modems": (replace(SERVED, **changes),)}  # type: ignore[arg-type]


def asked(**changes: object) -> dict[str, object]:
    return {"modems": (replace(ASKED, **changes),)}  # type: ignore[arg-type]


def store(**changes: object) -> dict[str, object]:
    return {"store": replace(OLD_STORE, **changes)}  # type: ignore[arg-type]


P, W, N = Severity.PROBLEM, Severity.WARNING, Severity.NOTE
STUCK = Queue(due=3, oldest_due=NOW - 30 * MINUTE, last_sent=NOW - 20 * MINUTE)

BAD: list[tuple[str, Severity, dict[str, object]]] = [
    ("ports.none", P, {"ports": (), "modems": ()}),
    ("ports.absent", P, port(exists=False)),
    ("ports.not-serial", P, port(serial=False)),
    ("ports.console", P, port(kernel_console=True)),
    (
        "usb.hilink",
        P,
        {"devices": (UnusableDevice("hilink", "1-1", "A stick runs HiLink.", True),)},
    ),
    (
        "usb.adapter",
        N,
        {"devices": (UnusableDevice("adapter", "1-1", "An adapter is left.", False),)},
    ),
    ("permissions.port", P, port(usable=False, in_group=False)),
    ("permissions.gpio", P, {"gpio_group": False}),
    ("ports.held", P, port(holders=(Holder(77, "smsd"),))),
    ("ports.kept", P, port(keeper="a login prompt", holders=(Holder(5, "agetty"),))),
    ("modem-manager", W, {"modem_manager": True}),
    ("power.low", P, {"supply": Supply(low=True, was_low=True)}),
    ("power.was-low", W, {"supply": Supply(was_low=True)}),
    ("power.restarts", W, served(restarts=3)),
    ("modem.silent", P, served(state="recovering", words="Not answering")),
    ("modem.silent", P, asked(answered=False, sim="")),
    ("modem.attention", P, served(state="failed", words="Needs attention")),
    ("modem.attention", P, served(state="absent", words="Not connected")),
    ("modem.held", P, served(held="Its credit is too low.")),
    ("modem.warning", W, served(warnings=("The supply is low: use a stronger one.",))),
    ("modem.recoveries", W, served(recoveries=3)),
    ("modem.starting", N, served(state="probing")),
    ("sim.missing", P, served(state="sim_missing")),
    ("sim.missing", P, asked(sim="")),
    ("sim.missing", P, asked(sim="NOT INSERTED")),
    ("sim.pin", P, served(state="sim_locked", advice="The SIM asks for its PIN.")),
    ("sim.pin", P, asked(sim="SIM PIN")),
    ("sim.puk", P, served(state="sim_locked", advice="The SIM is blocked and asks for its PUK.")),
    ("sim.puk", P, asked(sim="SIM PUK")),
    ("sim.locked", P, asked(sim="PH-NET PIN")),
    ("network.denied", P, served(state="denied")),
    ("network.denied", P, asked(registered=False, denied=True)),
    ("network.none", P, served(state="searching")),
    ("network.none", P, asked(registered=False)),
    ("network.unknown", N, asked(registered=None)),
    ("network.weak", W, served(signal_dbm=-105)),
    ("network.roaming", N, served(roaming=True)),
    ("smsc.missing", P, served(smsc="")),
    ("smsc.missing", P, asked(smsc="")),
    ("storage.full", P, served(storages=(Storage("SM", 20, 20), Storage("SM", 20, 20)))),
    ("clock.unset", P, {"clock": ClockState(1970, None)}),
    ("clock.free", W, {"clock": ClockState(2026, False)}),
    ("clock.wrong", P, {"clock": ClockState(2026, True, "It says 1970.")}),
    ("clock.unknown", N, {"clock": ClockState(2026, None)}),
    ("disk.full", P, {"disk": Disk("/data", free=7 << 20)}),
    ("disk.low", W, {"disk": Disk("/data", free=150 << 20)}),
    ("disk.read-only", P, {"disk": Disk("/data", read_only=True, writable=False)}),
    ("disk.volatile", P, {"disk": Disk("/data", volatile=True)}),
    ("disk.denied", P, {"disk": Disk("/data", writable=False)}),
    ("database.none", N, store(exists=False, created=None)),
    ("database.damaged", P, store(damage=("Page 7 is never used",), newest_backup=NOW)),
    ("database.unreadable", P, store(readable=False, trouble="It cannot be read.", created=None)),
    ("service.hidden", P, {"service": False, "barred": True, "ports": (), "modems": ()}),
    ("service.stopped", P, {"service": False}),
    ("service.silent", P, {"service": False, "hung": True}),
    ("backup.none", N, store()),
    ("backup.old", N, store(newest_backup=NOW - 40 * DAY)),
    ("messages.uncertain", W, store(newest_backup=NOW, queue=Queue(uncertain=1))),
    ("credit.low", W, {"credits": (LowCredit("Airtel", "12.50 KES"),)}),
    ("credit.held", P, {"credits": (LowCredit("Airtel", "2.50 KES", held=True),)}),
    ("permissions.exposed", W, {"exposed": (("/etc/pigeonbox/config.toml", "a PIN"),)}),
    ("certificate.ends", W, {"certificate_ends": NOW + 3 * DAY}),
    ("certificate.ended", P, {"certificate_ends": NOW - MINUTE}),
    ("temperature.hot", W, {"temperature": 78.2}),
    ("temperature.too-hot", P, {"temperature": 84.0}),
    ("database.mended", W, store(newest_backup=NOW, mended="It was written anew.")),
    ("backup.folder", W, store(newest_backup=NOW, backup_trouble="The stick is not there.")),
    ("service.thread", P, {"dead": ("dispatch",)}),
    ("update.failed", W, {"update_failed": "The page did not answer."}),
    ("webhook.failing", W, {"webhooks": (Webhook("Till", "http://till/", NOW - HOUR, "No."),)}),
    ("webhook.given_up", P, {"webhooks": (Webhook("Till", "http://till/", NOW, "No.", 2),)}),
    ("optout.unreached", W, {"unreached": (Unreached("The activity “X”", ("Ann",), NOW),)}),
    ("optout.kept", W, {"kept_stops": (KeptStop("Ann", "STOP", NOW),)}),
    ("replies.stopped", W, {"silenced": (SilencedSender("Ann", "Too many.", NOW),)}),
    ("activity.broken", W, {"broken_activities": (("Join", "Its group is gone."),)}),
    ("light.none", N, {"dark": "The light (rgb) cannot be used: no pins."}),
    ("queue.stuck", P, store(newest_backup=NOW, queue=STUCK)),
]


def test_a_box_that_is_well_has_no_issue():
    assert examine(WELL) == ()


def test_a_modem_that_answers_well_without_the_service_has_no_issue_of_its_own():
    found = examine(replace(WELL, service=False, modems=(ASKED,)))
    assert [i.key for i in found] == ["service.stopped"]


@pytest.mark.parametrize(("key", "severity", "changes"), BAD, ids=lambda v: str(v)[:30])
def test_one_thing_wrong_is_one_issue_that_says_what_to_do(key, severity, changes):
    found = examine(replace(WELL, **changes))
    assert [(i.key, i.severity) for i in found] == [(key, severity)]
    (issue,) = found
    assert issue.words.endswith(".")
    assert issue.mend or severity is N or key.startswith(("usb.", "modem.warning"))
    assert is_well(found) == (severity is N)


def test_every_check_has_a_bad_snapshot_here():
    silent = {
        name
        for name, check in CHECKS.items()
        if not any(list(check(replace(WELL, **changes))) for _, _, changes in BAD)
    }
    assert silent == set()


def test_a_port_that_cannot_be_opened_is_told_once_and_not_as_a_silent_modem():
    changes = port(usable=False, in_group=True) | asked(answered=False, sim="")
    found = examine(replace(WELL, service=False, **changes))
    assert sorted(i.key for i in found) == ["permissions.port", "service.stopped"]
    assert "sign in anew" in next(i for i in found if i.key == "permissions.port").mend


def test_the_programs_on_a_port_are_named():
    held = port(holders=(Holder(77, "smsd"), Holder(9, "minicom")))
    (issue,) = examine(replace(WELL, **held))
    assert "smsd (process 77), minicom (process 9)" in issue.words


def test_a_long_queue_that_moves_is_not_stuck():
    moving = Queue(due=5000, oldest_due=NOW - 3 * 60 * MINUTE, last_sent=NOW - MINUTE)
    assert examine(replace(WELL, store=replace(OLD_STORE, newest_backup=NOW, queue=moving))) == ()


def test_a_queue_of_which_nothing_ever_went_out_is_stuck_since_its_oldest():
    never = Queue(due=1, oldest_due=NOW - 11 * MINUTE, last_sent=None)
    found = examine(replace(WELL, store=Store(queue=never)))
    assert [(i.key, i.since) for i in found] == [("queue.stuck", NOW - 11 * MINUTE)]


def test_a_damaged_database_is_not_called_unreadable_as_well():
    broken = Store(readable=False, trouble="It is damaged.", damage=("no database",))
    assert [i.key for i in examine(replace(WELL, store=broken))] == ["database.damaged"]


def test_a_young_store_is_not_asked_for_backups():
    assert examine(replace(WELL, store=Store(created=NOW - 29 * DAY))) == ()


def test_a_program_that_is_just_being_restarted_is_no_news():
    hook = Webhook("Till", "http://till/", NOW - 5 * MINUTE, "No program answers.")
    assert examine(replace(WELL, webhooks=(hook,))) == ()


def test_a_modem_is_called_by_the_name_of_its_connection():
    (issue,) = examine(replace(WELL, **served(state="sim_locked", name="Clinic")))
    assert issue.words == f"The SIM in the modem of “Clinic” at {SERVED.port} is locked."
