"""The credit watch, on a played modem and on simulated ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest

from gateway.clock import HOUR, MINUTE, SystemClock
from gateway.decisions import credit_codes
from gateway.events import Events
from gateway.modem.fleet import Fleet
from gateway.modem.jobs import ussd as job
from gateway.modem.roster import Roster
from gateway.modem.worker import WorkerConfig
from gateway.services.credit import patterns
from gateway.services.credit.credit import UNREADABLE, CreditChecks
from gateway.services.credit.credit_settings import TypedCredit, read_settings
from gateway.services.credit.ussd import QUEUED, DialogueState, UssdDialogues, UssdError, checked
from gateway.services.messages.accept import Refused
from gateway.simnet import Network
from gateway.store.connections import connections
from gateway.store.credit import credit
from gateway.store.credit.credit import CreditCheckInfo, CreditSettings
from gateway.store.file import database
from hw.simulator import PERSONALITIES
from tests.modem.conftest import MemoryLedger, until
from tests.services.conftest import FakeClock
from tests.services.played_modem import text
from tests.support.settings import somebody


class Held(dict):
    def __call__(self, connection_id: int, words: str) -> None:
        self[connection_id] = words


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def watcher(desk: UssdDialogues, clock: FakeClock, held: Held) -> CreditChecks:
    return CreditChecks(desk, clock, Events(), held)


def watched(line: int, **more: object) -> None:
    credit.put_settings(line, CreditSettings(code="*100#", **more))


def test_check_now_keeps_balance_and_words(watcher, modem, line):
    watched(line)
    modem.said = [text("Guthaben: 5,12 EUR\nWähl bitte aus", 1)]
    watcher.check_now(line)
    watcher.turn()
    status = watcher.status(line)
    assert status.read.balance == Decimal("5.12")
    assert status.read.currency == "EUR"
    assert not status.checking
    assert modem.asked[-1] == "AT+CUSD=2"  # nobody chooses from that menu


def test_an_answer_that_cannot_be_read_keeps_its_words_and_is_never_zero(watcher, modem, line):
    watched(line, hold_below=Decimal(1))
    modem.said = [text("Try again later")]
    watcher.check_now(line)
    watcher.turn()
    last = watcher.status(line).last
    assert (last.raw, last.balance, last.trouble) == ("Try again later", None, UNREADABLE)
    assert watcher.held() == {}


def test_no_answer_is_kept_as_such(watcher, modem, line):
    watched(line)
    modem.said = [""]
    watcher.check_now(line)
    watcher.turn()
    assert watcher.status(line).last.trouble == job.NO_ANSWER


def test_a_check_that_the_modem_does_not_get_to_can_be_tried_again(watcher, modem, line, clock):
    watched(line)
    modem.busy = True
    watcher.check_now(line)
    assert watcher.status(line).checking
    clock.seconds += QUEUED
    watcher.turn()
    watcher.turn()
    assert not watcher.status(line).checking
    assert "busy" in watcher.status(line).last.trouble
    modem.busy = False
    modem.said = [text("5.00 EUR")]
    watcher.check_now(line)
    watcher.turn()
    assert watcher.status(line).read.balance == 5
    assert len([asked for asked in modem.asked if "*100#" in asked]) == 1


def test_an_own_pattern_reads_what_the_built_in_one_cannot(watcher, modem, line):
    watched(line, pattern=r"(\d+) units")
    modem.said = [text("You have 77 units")]
    watcher.check_now(line)
    watcher.turn()
    assert watcher.status(line).read.balance == 77


def test_a_catastrophic_pattern_is_ended_and_said(watcher, modem, line, monkeypatch):
    monkeypatch.setattr(patterns.search, "__defaults__", (0.5,))
    watched(line, pattern=r"((?:a+)+)$")
    modem.said = [text("a" * 60 + "!")]
    watcher.check_now(line)
    watcher.turn()
    assert "too long" in watcher.status(line).last.trouble


def test_without_a_code_it_says_what_is_missing(watcher, line):
    with pytest.raises(UssdError, match="code"):
        watcher.check_now(line)


def test_it_is_asked_every_so_many_hours(watcher, modem, line, clock):
    watched(line, every_hours=6)
    modem.said = [text("5.00 EUR"), text("4.00 EUR")]
    watcher.turn()
    assert watcher.turn() == 3600.0
    assert len(credit.history(line)) == 1
    clock.ms += 6 * HOUR - MINUTE
    assert watcher.turn() == 60.0
    clock.ms += MINUTE
    watcher.turn()
    watcher.turn()
    assert [c.balance for c in credit.history(line)] == [4, 5]


def test_it_is_asked_after_so_many_sms(watcher, modem, line, clock, monkeypatch):
    watched(line, after_sms=10)
    modem.said = [text("5.00 EUR"), text("4.00 EUR")]
    watcher.turn()
    watcher.turn()
    clock.ms += HOUR
    monkeypatch.setattr(credit, "sent_since", lambda check: 9)
    watcher.turn()
    assert len(modem.said) == 1
    monkeypatch.setattr(credit, "sent_since", lambda check: 10)
    watcher.turn()
    assert not modem.said


def test_a_failed_check_is_not_repeated_at_once(watcher, modem, line, clock):
    watched(line, every_hours=24)
    modem.said = ["", text("5.00 EUR")]
    watcher.turn()
    watcher.turn()
    assert len(modem.said) == 1
    clock.ms += HOUR
    watcher.turn()
    assert not modem.said


@pytest.mark.parametrize("by_itself", [False, True])
def test_a_check_that_an_urgent_message_has_interrupted_is_made_again(
    watcher, modem, line, clock, by_itself
):
    watched(line, every_hours=24 if by_itself else 0)
    modem.urgent = True
    watcher.turn() if by_itself else watcher.check_now(line)
    watcher.turn()
    assert "urgent" in watcher.status(line).last.trouble
    assert not modem.asked
    modem.urgent = False
    modem.said = [text("5.00 EUR")]
    watcher.turn()
    assert not modem.asked
    clock.ms += 3 * MINUTE
    watcher.turn()
    watcher.turn()
    assert watcher.status(line).read.balance == Decimal("5.00")
    # Nobody knows whether the network still has a session open: it is closed first.
    assert modem.asked[0] == "AT+CUSD=2"


def test_a_person_in_a_menu_is_not_disturbed(watcher, desk, modem, line):
    watched(line, every_hours=1)
    modem.said = [text("menu", 1)]
    desk.request(line, "*123#")
    assert watcher.turn() <= 60.0
    assert desk.dialogue(line).state is DialogueState.CHOOSE


def test_the_queue_is_held_below_the_limit_and_let_go_above(watcher, modem, line, held):
    watched(line, hold_below=Decimal(2), warn_below=Decimal(5))
    modem.said = [text("1.50 EUR"), text("Sorry"), text("10.00 EUR")]
    watcher.check_now(line)
    watcher.turn()
    assert "1.50 EUR is below 2" in held[line]
    assert watcher.status(line).low
    watcher.check_now(line)
    watcher.turn()
    assert held[line]  # what could not be read changes nothing
    watcher.check_now(line)
    watcher.turn()
    assert held[line] == ""
    assert not watcher.status(line).low


def test_a_held_connection_is_asked_every_hour_so_that_a_top_up_is_noticed(
    watcher, modem, line, held, clock
):
    watched(line, hold_below=Decimal(2))
    modem.said = [text("1.50 EUR"), text("10.00 EUR")]
    watcher.check_now(line)
    watcher.turn()
    clock.ms += HOUR - 1
    watcher.turn()
    assert held[line]
    clock.ms += 1
    watcher.turn()
    watcher.turn()
    assert held[line] == ""


def test_what_was_held_is_held_after_a_restart(desk, clock, line, held):
    watched(line, hold_below=Decimal(2))
    credit.add(CreditCheckInfo(line, clock.now(), raw="x", balance=Decimal(1)))
    watcher = CreditChecks(desk, clock, Events(), held)
    watcher.start()
    assert held[line]
    watcher.stop()


def test_changing_the_limit_counts_at_once(watcher, modem, line, held):
    watched(line, hold_below=Decimal(2))
    modem.said = [text("1.50 EUR")]
    watcher.check_now(line)
    watcher.turn()
    watcher.set_settings(line, TypedCredit(code="*100#"), somebody())
    assert held[line] == ""


def test_a_top_up_keeps_the_answer_and_asks_for_the_balance_afterwards(watcher, modem, line, clock):
    watched(line)
    modem.said = [text("Your account was topped up with 10.00 EUR"), text("Balance 12.00 EUR")]
    watcher.top_up(line, "*104*123456789012#")
    watcher.turn()
    kept = credit.history(line)[0]
    assert (kept.kind, kept.balance) == ("topup", None)
    assert "10.00 EUR" in kept.raw
    clock.ms += 10_000
    watcher.turn()
    watcher.turn()
    assert watcher.status(line).read.balance == 12


def test_the_network_suggests_the_code(watcher, line):
    assert watcher.status(line).suggestion == "*100#"
    assert credit_codes.suggestion("310260123456789") == "#225#"
    assert credit_codes.suggestion("001010000000001") == ""
    assert credit_codes.suggestion("") == ""


def test_every_known_code_can_be_sent():
    for network, code in credit_codes.CODES.items():
        assert network.isdecimal()
        assert len(network) in (5, 6)
        assert checked(code) == code


def test_settings_are_understood_as_people_type_them():
    typed = TypedCredit(" *100# ", r"(\d+)", "12", "", "5,50", "-1")
    assert read_settings(typed) == CreditSettings(
        "*100#", r"(\d+)", 12, 0, Decimal("5.50"), Decimal(-1)
    )


def test_everything_wrong_with_the_settings_is_said_at_once():
    with pytest.raises(Refused) as refused:
        read_settings(TypedCredit("hello", "(", "x", "-1", "five", "1e9"))
    fields = [e.field for e in refused.value.errors]
    assert fields == ["code", "pattern", "every_hours", "after_sms", "warn_below", "hold_below"]
    with pytest.raises(Refused, match="code"):
        read_settings(TypedCredit(every_hours="3"))


# with modems -------------------------------------------------------------------------------------


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@pytest.mark.parametrize("personality", ["generic", "huawei"])
def test_the_whole_of_it_on_a_simulated_modem(
    store, network, personality, held, monkeypatch, tmp_path
):
    monkeypatch.setattr(job, "LINGER", 0.2)
    modem = network.add_modem(personality=PERSONALITIES[personality])
    network.credit[modem.number] = 150
    line = connections.upsert_connection(modem.card.iccid, modem.card.imsi, 1).connection_id

    class OneLine(MemoryLedger):
        def sim_in(self, sim):
            super().sim_in(sim)
            return line

    clock, events = SystemClock(), Events()
    roster = Roster(clock, list)
    fleet = Fleet(roster, clock, database.connected, lambda port: OneLine())
    fleet.add(WorkerConfig(modem.port))
    came = threading.Event()
    desk = UssdDialogues(roster, clock, events)
    watcher = CreditChecks(desk, clock, events, held, came.set)
    try:
        until(lambda: [t for t in roster.telemetry() if t.state == "ready"])
        typed = TypedCredit(code="*100#", every_hours="1", hold_below="2")
        watcher.set_settings(line, typed, somebody())
        watcher.start()
        assert came.wait(10)
        assert "1.50 EUR" in held[line]
        network.credit[modem.number] = 900
        came.clear()
        watcher.check_now(line)
        assert watcher.wait(line, 10)
        assert came.wait(10)
        assert held[line] == ""
        desk.request(line, "*123#")
        assert desk.wait(line, 10).state is DialogueState.CHOOSE
        desk.choose(line, "2")
        assert modem.number in desk.wait(line, 10).turns[-1].answer
    finally:
        watcher.stop()
        fleet.stop()
