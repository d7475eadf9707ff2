"""The credit watch and USSD dialogues, on a played modem and on simulated ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from gateway import credit_codes
from gateway.at import Answer, Command, Result, Urc, profile_for
from gateway.clock import HOUR, MINUTE, SystemClock
from gateway.events import Events
from gateway.modem.fleet import Fleet
from gateway.modem.jobs import ussd as job
from gateway.modem.jobs.base import Context, LinkLost
from gateway.modem.ledger import Identity, Telemetry
from gateway.modem.worker import WorkerConfig
from gateway.services import patterns
from gateway.services.credit import UNREADABLE, Credit, Typed, understood
from gateway.services.messaging import Refused
from gateway.services.ussd import HOLD, QUEUED, State, Ussd, UssdError, checked
from gateway.simnet import Network
from gateway.store import connections, credit, db, settings
from gateway.store.credit import Check, Watch
from hw.simulator import PERSONALITIES
from tests.modem.conftest import MemoryLedger, until
from tests.services.conftest import FakeClock


class PlayedModem:
    """Carriers with one connection whose modem answers from a list; "" is silence."""

    def __init__(self, connection_id: int) -> None:
        self.connection_id = connection_id
        self.said: list[str | Exception] = []
        self.asked: list[str] = []
        self.refuses: set[str] = set()
        self.waiting: list[Callable] = []
        self.up = True
        self.busy = False  # what is posted waits until `work`

    def telemetry(self) -> list[Telemetry]:
        if not self.up:
            return []
        who = Identity("huawei", "E3531", "22.5", "35")
        return [Telemetry("port", state="ready", connection_id=self.connection_id, identity=who)]

    def post(self, connection_id: int, run: Callable) -> bool:
        if not self.up or connection_id != self.connection_id:
            return False
        self.waiting.append(run)
        if not self.busy:
            self.work()
        return True

    def work(self) -> None:
        while self.waiting:
            context = Context("port", None, profile_for("", ""))
            context.connection_id = self.connection_id
            self._run(self.waiting.pop(0)(context))

    def _run(self, running) -> None:
        reply = None
        try:
            while True:
                request = running.send(reply)
                reply = None
                if isinstance(request, Command):
                    self.asked.append(request.text)
                    bad = request.text in self.refuses
                    reply = Answer(request, (), Result("ERROR" if bad else "OK"))
                elif request.seconds == job.PATIENCE and self.said:
                    line = self.said.pop(0)
                    if isinstance(line, Exception):
                        reply = running.throw(line)
                    elif line:
                        reply = Urc("+CUSD", line)
        except (StopIteration, LinkLost):
            pass


@pytest.fixture
def line(store: Path) -> int:
    return connections.upsert_connection("8949", "262011234567890", 1).connection_id


@pytest.fixture
def modem(line: int) -> PlayedModem:
    return PlayedModem(line)


@pytest.fixture
def desk(modem: PlayedModem, clock: FakeClock) -> Ussd:
    return Ussd(modem, clock, Events())


class Held(dict):
    def __call__(self, connection_id: int, words: str) -> None:
        self[connection_id] = words


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def watcher(desk: Ussd, clock: FakeClock, held: Held) -> Credit:
    return Credit(desk, clock, Events(), held)


def text(words: str, state: int = 0) -> str:
    return f'+CUSD: {state},"{words}",15'


# dialogues ---------------------------------------------------------------------------------------


def test_a_menu_is_a_dialogue_of_request_answer_choice(desk, modem, line):
    modem.said = [text("1 Balance\n2 Offers", 1), text("5.00 EUR")]
    desk.request(line, " *123# ")
    shown = desk.dialogue(line)
    assert shown.state is State.CHOOSE
    assert shown.turns[0].answer == "1 Balance\n2 Offers"
    desk.choose(line, "1")
    shown = desk.dialogue(line)
    assert shown.state is State.OVER
    assert [(t.asked, t.answer) for t in shown.turns] == [
        ("*123#", "1 Balance\n2 Offers"),
        ("1", "5.00 EUR"),
    ]
    assert modem.asked == ["AT+CUSD=2", 'AT+CUSD=1,"*123#",15', 'AT+CUSD=1,"1",15']


def test_only_a_session_that_may_be_open_is_cancelled_first(desk, modem, line):
    modem.said = [text("done"), text("menu", 1), text("done")]
    desk.request(line, "*100#")
    modem.asked.clear()
    desk.request(line, "*100#")
    assert modem.asked == ['AT+CUSD=1,"*100#",15']
    modem.asked.clear()
    desk.request(line, "*100#")
    assert modem.asked == ["AT+CUSD=2", 'AT+CUSD=1,"*100#",15']


def test_what_works_on_a_model_is_remembered_for_its_firmware(desk, modem, line, clock):
    plain, packed = 'AT+CUSD=1,"*100#",15', 'AT+CUSD=1,"AA180C3602",15'
    modem.refuses = {plain}
    modem.said = [text("EBB79B1E0685E9ECF4BADE9E03")] * 2
    desk.request(line, "*100#")
    assert desk.dialogue(line).turns[0].answer == "konta atlikums"
    assert settings.get("ussd:huawei|E3531|22.5") == "packed"
    modem.asked.clear()
    Ussd(modem, clock, Events()).request(line, "*100#")  # the box has restarted
    assert modem.asked == ["AT+CUSD=2", packed]


def test_a_second_request_waits_for_the_first(desk, modem, line):
    modem.busy = True
    desk.request(line, "*100#")
    with pytest.raises(UssdError, match="under way"):
        desk.request(line, "*101#")


def test_without_a_modem_it_says_so(desk, modem, line):
    modem.up = False
    with pytest.raises(UssdError, match="No modem"):
        desk.request(line, "*100#")
    assert desk.dialogue(line).state is State.OVER


def test_a_modem_that_goes_away_ends_the_dialogue_with_words(desk, modem, line):
    modem.said = [LinkLost("It was unplugged.")]
    desk.request(line, "*100#")
    shown = desk.dialogue(line)
    assert (shown.state, shown.turns[0].words) == (State.OVER, "It was unplugged.")


def test_a_menu_nobody_answers_is_closed_on_the_network(desk, modem, line, clock):
    modem.said = [text("menu", 1)]
    desk.request(line, "*100#")
    assert desk.tidy() == HOLD
    clock.seconds += HOLD
    modem.asked.clear()
    desk.tidy()
    assert modem.asked == ["AT+CUSD=2"]
    assert desk.dialogue(line).state is State.OVER
    with pytest.raises(UssdError, match="closed"):
        desk.choose(line, "1")


def test_a_request_that_the_modem_does_not_get_to_is_given_up_and_not_sent_later(
    desk, modem, line, clock
):
    modem.busy = True
    desk.request(line, "*100#")
    clock.seconds += QUEUED
    desk.tidy()
    assert "busy" in desk.dialogue(line).turns[0].words
    modem.work()
    assert modem.asked == ["AT+CUSD=2"]


def test_cancelling_closes_the_menu(desk, modem, line):
    modem.said = [text("menu", 1)]
    desk.request(line, "*100#")
    modem.asked.clear()
    desk.cancel(line)
    assert modem.asked == ["AT+CUSD=2"]
    assert desk.dialogue(line).state is State.OVER
    desk.cancel(line)
    assert modem.asked == ["AT+CUSD=2"]


def test_a_menu_that_comes_after_cancelling_is_closed_at_once(desk, modem, line):
    modem.busy = True
    desk.request(line, "*100#")
    running = modem.waiting.pop(0)
    context = Context("port", None, profile_for("", ""))
    context.connection_id = line
    going = running(context)
    request = going.send(None)
    reply = None
    while not (isinstance(request, job.Await) and request.seconds == job.PATIENCE):
        ok = isinstance(request, Command)
        request = going.send(Answer(request, (), Result("OK")) if ok else None)
    desk.cancel(line)
    request = going.send(Urc("+CUSD", text("menu", 1)))
    assert request.seconds == job.LINGER
    request = going.send(reply)
    assert request.text == "AT+CUSD=2"


def test_stopping_closes_what_is_open(desk, modem, line):
    modem.said = [text("menu", 1)]
    desk.request(line, "*100#")
    modem.asked.clear()
    desk.stop()
    assert modem.asked == ["AT+CUSD=2"]


@pytest.mark.parametrize("code", ["", "hello", "*100#;", '*1"', "a" * 200, "*" * 161])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(UssdError, match="digits"):
        checked(code)


@pytest.mark.parametrize("code", ["**04*1234*5678*5678#", "**05*12345678*1*1#", "**042*1*2*2#"])
def test_codes_that_change_pins_are_never_sent(code):
    with pytest.raises(UssdError, match="PIN"):
        checked(code)


# credit ------------------------------------------------------------------------------------------


def watched(line: int, **more: object) -> None:
    credit.put_watch(line, Watch(code="*100#", **more))


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


def test_a_person_in_a_menu_is_not_disturbed(watcher, desk, modem, line):
    watched(line, every_hours=1)
    modem.said = [text("menu", 1)]
    desk.request(line, "*123#")
    assert watcher.turn() <= 60.0
    assert desk.dialogue(line).state is State.CHOOSE


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
    credit.add(Check(line, clock.now(), raw="x", balance=Decimal(1)))
    watcher = Credit(desk, clock, Events(), held)
    watcher.start()
    assert held[line]
    watcher.stop()


def test_changing_the_limit_counts_at_once(watcher, modem, line, held):
    watched(line, hold_below=Decimal(2))
    modem.said = [text("1.50 EUR")]
    watcher.check_now(line)
    watcher.turn()
    watcher.set_watch(line, Typed(code="*100#"))
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
    typed = Typed(" *100# ", r"(\d+)", "12", "", "5,50", "-1")
    assert understood(typed) == Watch("*100#", r"(\d+)", 12, 0, Decimal("5.50"), Decimal(-1))


def test_everything_wrong_with_the_settings_is_said_at_once():
    with pytest.raises(Refused) as refused:
        understood(Typed("hello", "(", "x", "-1", "five", "1e9"))
    fields = [e.field for e in refused.value.errors]
    assert fields == ["code", "pattern", "every_hours", "after_sms", "warn_below", "hold_below"]
    with pytest.raises(Refused, match="code"):
        understood(Typed(every_hours="3"))


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
    fleet = Fleet(clock, db.connected, lambda port: OneLine(), list)
    fleet.add(WorkerConfig(modem.port))
    came = threading.Event()
    desk = Ussd(fleet, clock, events)
    watcher = Credit(desk, clock, events, held, came.set)
    try:
        until(lambda: [t for t in fleet.telemetry() if t.state == "ready"])
        watcher.set_watch(line, Typed(code="*100#", every_hours="1", hold_below="2"))
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
        assert desk.wait(line, 10).state is State.CHOOSE
        desk.choose(line, "2")
        assert modem.number in desk.wait(line, 10).turns[-1].answer
    finally:
        watcher.stop()
        fleet.stop()
