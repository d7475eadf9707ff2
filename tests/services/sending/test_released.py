"""Whatever a message waits for: it goes as soon as that is there, and says meanwhile what it is.

Each row is one reason why a dispatch waits: how it comes about, a word of what the page says of it,
and what ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.clock import HOUR, MINUTE, SECOND
from gateway.decisions.routing import Rule, RuleKind
from gateway.events import Events
from gateway.modem.jobs.ussd import UssdReply
from gateway.services.credit.credit import CreditChecks, _CheckAnswer
from gateway.services.credit.ussd import UssdDialogues
from gateway.store.connections import connections, rules
from gateway.store.credit import credit
from gateway.store.credit.credit import CreditCheckInfo, CreditSettings
from gateway.store.messages import trash
from gateway.store.sending import workload
from tests.services.conftest import FakeClock
from tests.services.played_modem import PlayedModem
from tests.services.radio_world import TAKES, RadioWorld
from tests.store.given import restore
from tests.support.settings import decide

AT_ONCE = 2  # seconds: dispatch looks every second
NUMBER = "+254700000001"
Does = Callable[[RadioWorld], object]


@dataclass(frozen=True)
class Waits:
    name: str
    begins: Does
    ends: Does
    says: str = ""
    refused: int = 0  # others whom the network refuses first
    chosen: Callable[[RadioWorld], int | None] = lambda world: None
    lasts: int = 12 * 60 + 43  # seconds

    def __str__(self) -> str:
        return self.name


def refuses(prompt: str, pdu: str = "") -> Does:
    def begin(world: RadioWorld) -> None:
        world.air = lambda number, now: (prompt, pdu)

    return begin


def takes(world: RadioWorld) -> None:
    world.air = lambda number, now: TAKES


def then(*steps: Does) -> Does:
    return lambda world: [step(world) for step in steps]


def down(world: RadioWorld) -> None:
    world.up = False


def up(world: RadioWorld) -> None:
    world.up = True


def back(world: RadioWorld) -> None:
    """The modem was away for a moment: its SIM was opened, it found its network, it restarted."""
    down(world)
    world.run(1)
    up(world)


def set_to(**options: bool | int) -> Does:
    return lambda world: decide(world.options, world.connection, **options)


def let_go(world: RadioWorld) -> None:
    world.options.let_go(world.connection)


def centre(world: RadioWorld) -> None:
    decide(world.options, world.connection, centre="+491710760000")


def roam(*, here: bool) -> Does:
    def begin(world: RadioWorld) -> None:
        world.roaming = here

    return begin


def held_by(words: str) -> Does:
    return lambda world: world.holds.hold(world.connection, "credit", words)


def other(world: RadioWorld) -> int:
    """A second SIM, in no modem."""
    return connections.upsert_connection("8944100000000000002", "", world.clock.now()).connection_id


def only(*wanted: Callable[[RadioWorld], Rule]) -> Does:
    return lambda world: rules.replace_all([(rule(world), True) for rule in wanted])


def through_the_other(world: RadioWorld) -> Rule:
    return Rule(RuleKind.CONNECTION, "", other(world))


def through_any(world: RadioWorld) -> Rule:
    return Rule(RuleKind.ANY)


def to_this_one(world: RadioWorld) -> None:
    workload.move(other(world), world.connection, "Blue", "ann", world.clock.now())


def to_the_rules(world: RadioWorld) -> None:
    workload.move(world.connection, 0, "the rules", "ann", world.clock.now())


def topped_up(world: RadioWorld) -> None:
    """An answer comes that tells of more credit than the last one."""
    ussd = UssdDialogues(PlayedModem(world.connection), world.clock, Events())
    checks = CreditChecks(ussd, world.clock, Events(), topped_up=world.holds.let_go)
    credit.put_settings(world.connection, CreditSettings(code="*100#"))
    now = world.clock.now()
    credit.add(
        CreditCheckInfo(
            world.connection, now - HOUR, balance=Decimal(0), currency="EUR", raw="0 EUR"
        )
    )
    checks._store(_CheckAnswer(world.connection, "check", UssdReply("Guthaben: 10,00 EUR")))


def deleted(world: RadioWorld) -> None:
    trash.delete(ids(world), world.clock.now(), "ann")


def restored(world: RadioWorld) -> None:
    restore(ids(world), world.clock.now(), "ann")


def ids(world: RadioWorld) -> list[int]:
    return [message for message in world.written if world.state(message) == "pending"]


def paced(world: RadioWorld) -> None:
    set_to(per_hour=1)(world)
    world.write("+254700000099")
    world.run(2)


NO_CREDIT = refuses(">", "CMS 38")
REASONS = (
    Waits("no network", down, up, "no network"),
    Waits("the SIM is away", down, up, "no network", chosen=lambda world: world.connection),
    Waits(
        "sending switched off", set_to(send_enabled=False), set_to(send_enabled=True), "switched"
    ),
    Waits(
        "roaming, and not to send there",
        then(set_to(send_roaming=False), roam(here=True)),
        roam(here=False),
        "roaming",
    ),
    Waits(
        "roaming, and then allowed to",
        then(set_to(send_roaming=False), roam(here=True)),
        set_to(send_roaming=True),
        "roaming",
    ),
    Waits("too little credit", held_by("Top it up."), held_by(""), "Top it up"),
    Waits("the pace", paced, set_to(per_hour=0), "of this hour"),
    Waits("the pace of the box", paced, set_to(per_hour=9), "of this hour"),
    Waits("another SIM by the rules", only(through_the_other), only(through_any), "no network"),
    Waits(
        "another SIM that was chosen", lambda world: None, to_this_one, "no network", chosen=other
    ),
    Waits("refused: no network", refuses(">", "CMS 331"), then(takes, back), "check antenna"),
    Waits("refused: no SIM", refuses("CMS 310"), then(takes, back), "no SIM card"),
    Waits("refused: PIN", refuses("CMS 311"), then(takes, back), "asks for its PIN"),
    Waits("refused: busy", refuses("CME 14"), then(takes, back), "starting"),
    Waits("refused: a restart", refuses("CMS 517"), then(takes, back), "again"),
    Waits("refused: silence", refuses("TIMEOUT"), then(takes, back), "did not ask"),
    Waits("refused: no centre", refuses(">", "CMS 330"), then(takes, centre), "service centre"),
    Waits("refused: no centre yet", refuses("CMS 330"), then(takes, centre), "service centre"),
    Waits("refused: barred", refuses(">", "CMS 8"), then(takes, let_go), "barred"),
    Waits("refused: no credit", NO_CREDIT, then(takes, topped_up), "check credit", refused=3),
    Waits("refused once, modem was away", refuses(">", "CMS 500"), then(takes, back), lasts=8),
    Waits("refused once, topped up", refuses(">", "CMS 21"), then(takes, topped_up), lasts=8),
    Waits(
        "refused once, given to the rules",
        refuses(">", "CMS 42"),
        then(takes, to_the_rules),
        lasts=8,
        chosen=lambda world: world.connection,
    ),
    Waits("refused once, let go", refuses(">", "CMS 42"), then(takes, let_go), lasts=8),
    Waits("deleted", deleted, restored),
)


@pytest.fixture
def world(clock: FakeClock, store: Path) -> RadioWorld:
    world = RadioWorld(clock)
    world.patience = SECOND
    return world


@pytest.mark.parametrize("row", REASONS, ids=str)
def test_what_waits_goes_as_soon_as_its_cause_is_gone(world: RadioWorld, row: Waits):
    if row.begins is deleted:
        (message,) = world.write(NUMBER)
        row.begins(world)
    else:
        row.begins(world)
        world.write(*(f"+2547110000{n:02d}" for n in range(row.refused)))
        world.run(4 if row.refused else 0)
        (message,) = world.write(NUMBER, connection_id=row.chosen(world))
    world.run(row.lasts)
    assert world.state(message) == "pending"
    assert row.says in world.reason(message)
    row.ends(world)
    assert world.run(AT_ONCE + 2 * row.refused, world.all_sent([message])), world.reason(message)


def test_a_phone_that_is_off_is_not_rung_again_because_the_modem_was_away(world: RadioWorld):
    world.air = lambda number, now: (">", "CMS 27")
    (message,) = world.write(NUMBER)
    world.run(5)
    tried = len(world.tried)
    back(world)
    world.run(5 * MINUTE // SECOND)
    assert len(world.tried) == tried
    assert world.state(message) == "pending"
