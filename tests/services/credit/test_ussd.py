"""Dialogues by USSD, on a played modem."""

from __future__ import annotations

import pytest

from gateway.at import Command, Response, Result, Urc, profile_for
from gateway.events import Events
from gateway.modem.jobs import ussd as job
from gateway.modem.jobs.base import Context, LinkLost
from gateway.services.credit.ussd import (
    HOLD,
    QUEUED,
    DialogueState,
    UssdDialogues,
    UssdError,
    checked,
)
from gateway.store.file import settings
from tests.services.played_modem import text


def test_a_menu_is_a_dialogue_of_request_answer_choice(desk, modem, line):
    modem.said = [text("1 Balance\n2 Offers", 1), text("5.00 EUR")]
    desk.request(line, " *123# ")
    shown = desk.dialogue(line)
    assert shown.state is DialogueState.CHOOSE
    assert shown.turns[0].answer == "1 Balance\n2 Offers"
    desk.choose(line, "1")
    shown = desk.dialogue(line)
    assert shown.state is DialogueState.OVER
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
    UssdDialogues(modem, clock, Events()).request(line, "*100#")  # the box has restarted
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
    assert desk.dialogue(line).state is DialogueState.OVER


def test_a_modem_that_goes_away_ends_the_dialogue_with_words(desk, modem, line):
    modem.said = [LinkLost("It was unplugged.")]
    desk.request(line, "*100#")
    shown = desk.dialogue(line)
    assert (shown.state, shown.turns[0].words) == (DialogueState.OVER, "It was unplugged.")


def test_a_menu_nobody_answers_is_closed_on_the_network(desk, modem, line, clock):
    modem.said = [text("menu", 1)]
    desk.request(line, "*100#")
    assert desk.tidy() == HOLD
    clock.seconds += HOLD
    modem.asked.clear()
    desk.tidy()
    assert modem.asked == ["AT+CUSD=2"]
    assert desk.dialogue(line).state is DialogueState.OVER
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
    assert desk.dialogue(line).state is DialogueState.OVER
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
        request = going.send(Response(request, (), Result("OK")) if ok else None)
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
