"""Silence after Ctrl-Z: what a question shows, on modems that serve, drop, refuse or echo it."""

from __future__ import annotations

import pytest

from gateway.at import (
    Command,
    Engine,
    Event,
    LateResponse,
    Prompt,
    Response,
    Result,
    Resynchronised,
    WriteBytes,
    commands,
    inquiry,
)

FIRST, GRACE = inquiry.FIRST, inquiry.GRACE
LIMIT = 120.0


class Talk:
    """A submission whose Ctrl-Z was written at 0.0."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.command: Command = commands.submit(19, tag=7)
        self.engine.send(self.command, -1.0)
        assert self.engine.receive(b"\r\n> ", -0.5) == [Prompt(self.command)]
        self.engine.send_payload(b"0011\x1a", 0.0, LIMIT)
        self.events: list[Event] = []

    def hears(self, said: str, at: float) -> Talk:
        self.events += self.engine.receive(said.encode(), at)
        return self

    def passes(self, until: float) -> Talk:
        self.events += self.engine.tick(until)
        return self

    @property
    def asked(self) -> list[bytes]:
        return [e.data for e in self.events if isinstance(e, WriteBytes)]

    @property
    def results(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(e.result.kind, e.lines) for e in self.events if isinstance(e, Response)]

    @property
    def late(self) -> list[LateResponse]:
        return [e for e in self.events if isinstance(e, LateResponse)]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_nothing_is_asked_of_a_modem_that_answers_in_time(talk):
    assert talk.engine.deadline == FIRST
    talk.hears("\r\n+CMGS: 4\r\n\r\nOK\r\n", FIRST - 0.1).passes(FIRST)
    assert talk.asked == []
    assert talk.results == [("OK", ("+CMGS: 4",))]
    assert not talk.engine.out_of_step


def test_a_modem_that_forgot_the_message_is_known_by_answering_a_question(talk):
    talk.passes(FIRST)
    assert talk.asked == [b"AT+CMEE?\r"]
    talk.hears("\r\n+CMEE: 1\r\n\r\nOK\r\n", FIRST + 0.1).passes(FIRST + 0.1 + GRACE)
    assert talk.results == [("TIMEOUT", ())]


def test_what_the_modem_was_busy_with_comes_before_the_answer_to_the_question(talk):
    talk.passes(FIRST)
    talk.hears("\r\n+CMGS: 4\r\n\r\nOK\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n", FIRST + 9)
    assert talk.results == [("OK", ("+CMGS: 4",))]
    talk.events += [WriteBytes(talk.engine.resynchronise(FIRST + 10))]
    assert talk.asked[-1].startswith(b"AT+")
    talk.hears("\r\n+CMGF: 0\r\n\r\nOK\r\n", FIRST + 10.1).passes(FIRST + 11)
    assert Resynchronised() in talk.events
    assert len(talk.results) == 1


def test_the_reference_counts_also_right_after_the_answer_to_the_question(talk):
    """A modem that serves a command while it is still sending."""
    talk.passes(FIRST)
    talk.hears("\r\n+CMEE: 1\r\n\r\nOK\r\n", FIRST + 0.1)
    talk.hears("\r\n+CMGS: 4\r\n\r\nOK\r\n", FIRST + GRACE)
    assert talk.results == [("OK", ("+CMGS: 4",))]


def test_a_reference_that_comes_after_all_settles_the_doubt(talk):
    talk.passes(FIRST)
    talk.hears("\r\n+CMEE: 1\r\n\r\nOK\r\n", FIRST + 0.1).passes(FIRST + 10)
    assert talk.results == [("TIMEOUT", ())]
    talk.engine.resynchronise(FIRST + 10)
    talk.hears("\r\nOK\r\n", FIRST + 10.1)  # of whatever: it settles nothing
    talk.hears("\r\n+CMGF: 0\r\n\r\nOK\r\n", FIRST + 10.2).passes(FIRST + 12)
    talk.hears("\r\n+CMGS: 4\r\n\r\nOK\r\n", FIRST + 90)
    assert [e.lines for e in talk.late if e.lines] == [("+CMGS: 4",)]


@pytest.mark.parametrize("said", ["ERROR", "OK", "+CME ERROR: 515", "+CMS ERROR: 314", "NA"])
def test_a_busy_modem_that_refuses_the_question_has_refused_no_message(talk, said):
    talk.passes(FIRST).hears(f"\r\n{said}\r\n", FIRST + 0.1)
    assert talk.results == []
    talk.hears("\r\n+CMGS: 4\r\n\r\nOK\r\n", FIRST + 8)
    assert talk.results == [("OK", ("+CMGS: 4",))]


def test_an_error_that_may_be_the_messages_own_leaves_it_in_doubt(talk):
    talk.passes(FIRST).hears("\r\nERROR\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n", FIRST + 3)
    talk.passes(FIRST + 3 + GRACE)
    assert talk.results == [("TIMEOUT", ())]


@pytest.mark.parametrize("code", [21, 38, 331, 500, 512])
def test_what_only_the_message_can_be_refused_with_still_refuses_it(talk, code):
    talk.passes(FIRST).hears(f"\r\n+CMS ERROR: {code}\r\n", FIRST + 5)
    assert talk.results == [("CMS", ())]
    answer = next(e for e in talk.events if isinstance(e, Response))
    assert answer.result == Result("CMS", code)
    assert talk.engine.out_of_step  # the question may be answered yet


def test_a_modem_that_drops_what_comes_while_it_is_busy_is_asked_again(talk):
    for second in range(100):
        talk.passes(float(second))
    assert len(talk.asked) == 1 + int((99 - FIRST) // inquiry.AGAIN)
    assert all(question.startswith(b"\x1b\rAT+") for question in talk.asked[1:])
    assert all(b"\x1a" not in question for question in talk.asked)
    talk.hears("\r\n+CMGS: 4\r\n\r\nOK\r\n", 100.0)
    assert talk.results == [("OK", ("+CMGS: 4",))]


def test_questions_do_not_extend_the_time_limit(talk):
    for second in range(140):
        talk.passes(float(second)).hears("^RSSI: 17\r\nAT+CMEE?\r\n", second + 0.5)
    assert talk.results == [("TIMEOUT", ())]
    assert len(talk.asked) == 1 + int((LIMIT - 1 - FIRST) // inquiry.AGAIN)


def test_an_echoed_question_is_no_answer(talk):
    talk.passes(FIRST).hears("AT+CMEE?\r", FIRST + 0.1).passes(FIRST + 10)
    assert talk.results == []


def test_nothing_is_asked_once_the_reference_has_come(talk):
    talk.hears("\r\n+CMGS: 4\r\n", FIRST - 0.1).passes(FIRST + 1)
    assert talk.asked == []
    assert talk.passes(FIRST + 20).results == [("TIMEOUT", ("+CMGS: 4",))]


def test_a_restart_ends_the_questions(talk):
    talk.passes(FIRST).hears("\r\nRDY\r\n", FIRST + 2)
    assert talk.results == [("RESTARTED", ())]
    assert talk.engine.deadline is None
    assert not talk.engine.out_of_step
