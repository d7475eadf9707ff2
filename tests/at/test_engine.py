"""The engine's own promises: one command at a time, deadlines, caps, payloads."""

from __future__ import annotations

import pytest

from gateway.at import (
    AtBusy,
    Command,
    Engine,
    LateResponse,
    NoPrompt,
    Prompt,
    Response,
    Restarted,
    Result,
    Resynchronised,
    Urc,
    WriteBytes,
    commands,
)

OK = Result("OK")


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_a_second_command_is_refused_while_one_is_pending(engine):
    engine.send(commands.at(), 0.0)
    with pytest.raises(AtBusy):
        engine.send(commands.csq(), 0.0)
    with pytest.raises(AtBusy):
        engine.resynchronise(0.0)


def test_a_command_is_refused_while_out_of_step(engine):
    engine.send(commands.at(), 0.0)
    engine.tick(3.0)
    assert engine.out_of_step
    with pytest.raises(AtBusy):
        engine.send(commands.at(), 3.0)


def test_without_a_prompt_there_is_nothing_to_answer_or_to_leave(engine):
    with pytest.raises(NoPrompt):
        engine.send_payload(b"00\x1a", 0.0, 1.0)
    with pytest.raises(NoPrompt):
        engine.abandon(0.0)
    engine.send(commands.submit(1), 0.0)
    with pytest.raises(NoPrompt):
        engine.send_payload(b"00\x1a", 0.0, 1.0)


def test_nothing_pending_has_no_deadline(engine):
    assert engine.deadline is None
    engine.send(commands.at(), 5.0)
    assert engine.deadline == 8.0
    engine.receive(b"OK\r\n", 5.1)
    assert engine.deadline is None


def test_a_flood_of_news_does_not_extend_the_deadline(engine):
    command = commands.csq()
    engine.send(command, 0.0)
    events = []
    for tenth in range(1, 120):
        events += engine.receive(b"^RSSI:20\r\n", tenth / 10)
    answers = [e for e in events if isinstance(e, Response)]
    assert answers == [Response(command, (), Result("TIMEOUT"))]
    assert events.index(answers[0]) <= 100


def test_listed_messages_extend_the_deadline_but_not_for_ever(engine):
    engine.send(commands.cmgl(), 0.0)
    ended = None
    for second in range(1, 400):
        events = engine.receive(b"+CMGL: 1,1,,24\r\n", float(second))
        if any(isinstance(e, Response) for e in events):
            ended = second
            break
    assert ended == 180


def test_an_answer_in_the_last_moment_counts(engine):
    command = commands.at()
    engine.send(command, 0.0)
    assert engine.receive(b"OK\r\n", 3.0) == [Response(command, (), OK)]
    assert not engine.out_of_step


@pytest.mark.parametrize("echo", [b"AT+CMGS=19\r", b""])
def test_a_prompt_says_whether_its_command_was_repeated(engine, echo):
    engine.send(commands.submit(19), 0.0)
    (prompt,) = engine.receive(echo + b"\r\n> ", 1.0)
    assert prompt.echoed == bool(echo)


def hand_over(engine: Engine, now: float, tag: object = None) -> Command:
    command = commands.submit(19, tag)
    engine.send(command, now)
    assert engine.receive(b"\r\n> ", now) == [Prompt(command)]
    engine.send_payload(b"0011\x1a", now, 120.0)
    return command


def test_an_error_without_a_word_is_no_refusal_when_the_reference_follows(engine):
    command = hand_over(engine, 0.0)
    assert engine.receive(b"\r\nERROR\r\n", 1.0) == []
    events = engine.receive(b"\r\n+CMGS: 9\r\n\r\nOK\r\n", 2.0)
    assert events == [Response(command, ("+CMGS: 9",), OK)]


def test_an_error_without_a_word_is_a_refusal_when_nothing_follows(engine):
    command = hand_over(engine, 0.0)
    engine.receive(b"\r\nERROR\r\n", 1.0)
    assert engine.tick(4.0) == [Response(command, (), Result("ERROR"))]


@pytest.mark.parametrize("refusal", ["+CMS ERROR: 500", "+CMS ERROR: 38", "+CME ERROR: 100"])
def test_a_reference_after_a_refusal_settles_that_it_was_anothers(engine, refusal):
    """A message that is sent again because of it would arrive twice."""
    command = hand_over(engine, 0.0, tag=5)
    (answer,) = engine.receive(f"\r\n{refusal}\r\n".encode(), 1.0)
    assert not answer.result.ok
    assert engine.receive(b"\r\n+CMGS: 9\r\n\r\nOK\r\n", 2.0) == [
        LateResponse(command, ("+CMGS: 9",))
    ]
    assert engine.receive(b"\r\n+CMGS: 9\r\n", 2.0) != [LateResponse(command, ("+CMGS: 9",))]


def test_a_reference_is_of_the_message_that_was_handed_over_last(engine):
    hand_over(engine, 0.0, tag=5)
    engine.receive(b"\r\n+CMS ERROR: 38\r\n", 1.0)
    second = hand_over(engine, 2.0, tag=6)
    (answer,) = engine.receive(b"\r\n+CMGS: 9\r\n\r\nOK\r\n", 3.0)
    assert (answer.command.tag, answer.lines) == (second.tag, ("+CMGS: 9",))
    assert not any(isinstance(e, LateResponse) for e in engine.receive(b"\r\n+CMGS: 8\r\n", 4.0))


def test_the_payload_has_a_time_limit_of_its_own(engine):
    command = commands.submit(19)
    engine.send(command, 0.0)
    assert engine.receive(b"\r\n> ", 9.0) == [Prompt(command)]
    assert engine.tick(11.0) == []
    engine.send_payload(b"0011\x1a", 12.0, 120.0)
    assert not any(isinstance(e, Response) for e in engine.tick(131.9))
    assert any(isinstance(e, Response) for e in engine.tick(132.0))


def test_a_prompt_that_nobody_answers_ends_the_command(engine):
    engine.send(commands.submit(19), 0.0)
    engine.receive(b"> ", 1.0)
    (answer,) = engine.tick(31.0)
    assert answer.result.kind == "TIMEOUT"
    assert engine.send_payload(b"0011\x1a", 31.1, 60.0) == b""
    assert engine.resynchronise(31.2) == b"\x1b\r"


def test_a_command_that_ends_at_the_prompt_takes_no_payload_any_more(engine):
    engine.send(commands.submit(19), 0.0)
    engine.receive(b"> ", 1.0)
    events = engine.receive(b"\r\nRDY\r\n", 1.1)
    assert [type(e) for e in events] == [Response, Restarted]
    assert engine.send_payload(b"0011\x1a", 1.2, 60.0) == b""
    assert engine.abandon(1.2) == b""


def test_escape_is_not_sent_after_a_submission(engine):
    engine.send(commands.submit(19), 0.0)
    engine.receive(b"> ", 0.1)
    engine.send_payload(b"0011\x1a", 0.2, 60.0)
    engine.tick(61.0)
    assert engine.resynchronise(61.0) == b"AT+CMGF?\r"


def test_a_query_that_resembles_the_command_in_doubt_is_not_used(engine):
    engine.send(commands.at(), 0.0)
    engine.receive(b"OK\r\n", 0.0)
    engine.send(Command("AT+CMGF?", 1.0, "+CMGF:"), 0.0)
    engine.tick(1.0)
    assert engine.resynchronise(1.0) == b"AT+CMEE?\r"
    engine.receive(b"+CMGF: 0\r\nOK\r\n", 1.1)
    assert engine.out_of_step
    assert engine.receive(b"+CMEE: 1\r\nOK\r\n", 1.2) == [Resynchronised()]


def test_wake_swallows_whatever_is_heard_and_ends_well(engine):
    command = commands.wake()
    assert engine.send(command, 0.0) == b"\x1b\r"
    assert engine.receive(b"\r\nOK\r\n+CMS ERROR: 500\r\n", 0.1) == []
    assert engine.tick(engine.deadline) == [Response(command, (), OK)]
    assert not engine.out_of_step


def test_a_line_longer_than_any_real_one_is_dropped_and_the_next_one_understood(engine):
    command = commands.at()
    engine.send(command, 0.0)
    for _ in range(100):
        assert engine.receive(b"\x55" * 1000, 0.1) == []
    assert engine.receive(b"\r\nOK\r\n", 0.2) == [Response(command, (), OK)]


def test_a_long_line_that_comes_at_once_is_dropped_as_well(engine):
    command = commands.at()
    engine.send(command, 0.0)
    events = engine.receive(b"\x55" * 5000 + b"\r\nOK\r\n", 0.1)
    assert events == [Response(command, (), OK)]


def test_the_answer_of_a_babbling_modem_is_bounded(engine):
    engine.send(Command("ATI", 60.0), 0.0)
    for _ in range(300):
        engine.receive((b"y" * 2000 + b"\r\n") * 2, 0.1)
    (answer,) = engine.receive(b"OK\r\n", 0.2)
    assert sum(map(len, answer.lines)) <= 256 * 1024


def test_a_ussd_text_that_never_ends_is_told_when_it_gets_too_long(engine):
    events = engine.receive(b'+CUSD: 1,"' + b"abc\r\n" * 2000, 0.0)
    assert isinstance(events[0], Urc)
    assert len(events[0].line) < 5000


def test_a_header_waits_for_its_pdu_through_a_few_other_lines_only(engine):
    assert (
        engine.receive(b"+CMT: ,24\r\n" + b"^RSSI:1\r\n" * 3, 0.0) == [Urc("^RSSI", "^RSSI:1")] * 3
    )
    assert engine.receive(b"^RSSI:2\r\n", 0.1) == [
        Urc("+CMT", "+CMT: ,24"),
        Urc("^RSSI", "^RSSI:2"),
    ]


def test_a_header_upon_a_header_loses_neither(engine):
    pdu = "07919471016730510409D0CD309A2E6F01000011109121333280"
    events = engine.receive(f"+CMT: ,24\r\n+CMT: ,25\r\n{pdu}\r\n".encode(), 0.0)
    assert events == [Urc("+CMT", "+CMT: ,24"), Urc("+CMT", "+CMT: ,25", pdu)]


def test_late_boot_lines_right_after_opening_are_no_restart(engine):
    engine.send(commands.at(), 0.0)
    assert engine.receive(b"PB DONE\r\n", 1.0) == [Urc("PB DONE", "PB DONE")]


def test_late_boot_lines_long_after_are_one(engine):
    engine.send(commands.at(), 0.0)
    engine.receive(b"OK\r\n", 0.1)
    assert engine.receive(b"PB DONE\r\n", 1000.0) == [Restarted("PB DONE")]


def test_a_sim_that_comes_back_by_itself_means_a_restart(engine):
    engine.send(commands.at(), 0.0)
    engine.receive(b"OK\r\n^SIMST:255\r\n", 0.1)
    assert engine.receive(b"^SIMST:1\r\n", 1000.0) == [Restarted("^SIMST:1")]


def test_the_engine_keeps_up_with_the_hot_path(engine):
    """5,000 lines in small pieces: a quadratic buffer would take longer than any test may."""
    block = b"+CMGL: 1,1,,24\r\n07919471016730510409D0CD309A2E6F01000011109121333280\r\n" * 2500
    engine.send(commands.cmgl(), 0.0)
    for n in range(0, len(block), 64):
        engine.receive(block[n : n + 64], 0.1)


def test_a_bare_prompt_is_looked_at_again_soon(engine):
    engine.send(commands.submit(19), 0.0)
    assert engine.receive(b"\r\n>", 1.0) == []
    assert engine.deadline == pytest.approx(1.05)
    assert [type(e) for e in engine.tick(1.05)] == [Prompt]


def test_a_prompt_that_stood_there_before_is_not_the_next_commands(engine):
    engine.send(commands.at(), 0.0)
    engine.receive(b"OK\r\n> ", 0.1)
    engine.send(commands.submit(19), 0.2)
    assert engine.receive(b"\r\n", 0.3) == []
    engine.tick(11.0)
    assert engine.resynchronise(11.0) == b"\x1b\r"


def test_a_refusal_of_a_command_about_messages_is_its_own(engine):
    engine.send(commands.submit(19), 0.0)
    engine.receive(b"> ", 0.1)
    engine.send_payload(b"0011\x1a", 0.2, 60.0)
    engine.tick(61.0)
    engine.resynchronise(61.0)
    engine.receive(b"+CMGF: 0\r\nOK\r\n", 61.1)
    command = commands.cmgr(1)
    engine.send(command, 62.0)
    assert engine.receive(b"+CMS ERROR: 321\r\n", 62.1) == [
        Response(command, (), Result("CMS", 321))
    ]


def test_a_modem_that_falls_silent_among_pings_is_asked_the_queries_again(engine):
    engine.send(commands.at(), 0.0)
    engine.tick(3.0)
    engine.resynchronise(3.0)
    now, written = 3.0, []
    while len(written) < 4:
        now = engine.deadline
        events = [
            *engine.tick(now),
            *engine.receive(b"ERROR\r\n" if len(written) < 2 else b"", now),
        ]
        written += [e.data for e in events if isinstance(e, WriteBytes)]
    assert written == [b"AT+CMGF?\r", b"AT+CMEE?\r", b"AT\r", b"\x1b\rAT+CNMI?\r"]


def test_a_silence_after_a_query_is_broken_by_any_answer_that_is_owed(engine):
    engine.send(commands.at(), 0.0)
    engine.receive(b"OK\r\n", 0.0)
    engine.send(commands.csq(), 0.0)
    engine.tick(10.0)
    engine.resynchronise(10.0)
    assert engine.tick(13.0) == [WriteBytes(b"\x1b\rAT+CMEE?\r")]
    engine.receive(b"+CMEE: 1\r\nOK\r\n", 13.1)
    engine.receive(b"+CNMI: 2,1\r\n", 13.4)
    assert engine.tick(13.6) == [WriteBytes(b"AT+CNMI?\r")]
