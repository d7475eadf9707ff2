"""What holds for every stream of bytes and every cut of it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.at import (
    Command,
    Engine,
    LateResponse,
    Prompt,
    Response,
    ResyncFailed,
    Resynchronised,
    WriteBytes,
    commands,
)

PDU = b"07919471016730510409D0CD309A2E6F01000011109121333280"
FRAGMENTS = [
    b"AT+CMGS=19",
    b"> ",
    b">",
    b"\r\n> ",
    b"OK",
    b"ERROR",
    b"+CMS ERROR: 38",
    b"+CMGS: 7",
    b"+CMGL: 1,1,,24",
    PDU,
    b"+CDS: 25",
    b"+CMT: ,24",
    b'+CMTI: "SM",3',
    b'+CUSD: 1,"a\r\nb, c',
    b'+CUSD: 0,"x',
    b'",15',
    b"+CREG: 1",
    b"+CREG: 0,1",
    b"RDY",
    b"RING",
    b"0",
    b"box login: ",
    b"login incorrect",
    b"x" * 4100,
    b"\x00\xff",
    b" ",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\r\n",
]
PENDING = [
    None,
    commands.at(),
    commands.cmgl(),
    commands.submit(19),
    commands.registration_queries()[0],
    commands.cpin_query(),
]
streams = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=6), st.just(b"\r\n")), max_size=25
).map(b"".join)


@given(streams, st.sampled_from(PENDING), st.lists(st.integers(0, 400), max_size=12), st.booleans())
def test_any_cut_of_the_stream_gives_the_same_events(stream, command, cuts, lost_step):
    def events_of(pieces):
        engine = Engine()
        if lost_step:
            engine.resynchronise(1000.0)
            engine.tick(1000.6)
        elif command is not None:
            engine.send(command, 1000.0)
        events = [event for piece in pieces for event in engine.receive(piece, 1001.0)]
        return events, engine.busy, engine.out_of_step, engine.deadline

    places = sorted({min(c, len(stream)) for c in cuts} | {0, len(stream)})
    pieces = [stream[a:b] for a, b in pairwise(places)]
    single = [stream[n : n + 1] for n in range(len(stream))]
    assert events_of(pieces) == events_of([stream] if stream else [])
    assert events_of(single) == events_of([stream] if stream else [])


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=80),
            streams,
            st.floats(0, 200, allow_nan=False),
            st.sampled_from([c for c in PENDING if c is not None]),
            st.just("payload"),
            st.just("abandon"),
            st.just("resynchronise"),
            st.just("reopened"),
        ),
        max_size=40,
    )
)
def test_no_bytes_at_any_time_make_the_engine_raise(steps):
    engine, now, prompted = Engine(), 1000.0, False
    for step in steps:
        events = []
        if isinstance(step, bytes):
            events = engine.receive(step, now)
        elif isinstance(step, float):
            now += step
            events = engine.tick(now)
        elif isinstance(step, Command) and not engine.busy:
            engine.send(step, now)
        elif step == "payload" and prompted:
            engine.send_payload(b"0011\x1a", now, 60.0)
            prompted = False
        elif step == "abandon" and prompted:
            engine.abandon(now)
            prompted = False
        elif step == "resynchronise" and engine.pending is None:
            engine.resynchronise(now)
        elif step == "reopened":
            engine.reopened(now)
            prompted = False
        prompted = engine.pending is not None and (
            prompted or any(isinstance(e, Prompt) for e in events)
        )
        assert engine.deadline is None or engine.deadline <= now + 200


class SlowModem:
    """Answers every command line in order, each after a time of its own; some not at all."""

    def __init__(self, times: list[float | None]) -> None:
        self.times = times
        self.free_at = 0.0
        self.owed: list[tuple[float, bytes]] = []

    def write(self, data: bytes, now: float) -> None:
        for line in data.replace(b"\x1b\r", b"").split(b"\r"):
            if not line:
                continue
            time = self.times.pop(0) if self.times else 0.01
            if time is None:
                continue
            self.free_at = max(now, self.free_at) + time
            name = line.removeprefix(b"AT").rstrip(b"?")
            information = b"\r\n" + name + b": " + line + b"\r\n" if name else b""
            self.owed.append((self.free_at, information + b"\r\nOK\r\n"))


@given(st.lists(st.one_of(st.none(), st.floats(0, 12)), max_size=12))
def test_no_command_ever_gets_the_answer_of_another(times):
    modem, engine, now = SlowModem(times), Engine(), 1000.0
    for number in range(6):
        command = Command(f"AT+T{number}", 2.0, f"+T{number}:" if number % 2 else "")
        modem.write(engine.send(command, now), now)
        while engine.busy:
            if engine.out_of_step and engine.deadline is None:
                modem.write(engine.resynchronise(now), now)
            heard = b""
            if modem.owed and modem.owed[0][0] <= engine.deadline:
                at, heard = modem.owed.pop(0)
                now = max(now, at)
                events = engine.receive(heard, now)
            else:
                now = engine.deadline
                events = engine.tick(now)
            for event in events:
                if isinstance(event, WriteBytes):
                    modem.write(event.data, now)
                elif isinstance(event, ResyncFailed):
                    return
                elif isinstance(event, Response) and event.result.ok:
                    own = f"+T{number}: AT+T{number}"
                    assert event.command is command
                    assert event.lines == (own,)


@given(st.floats(61, 500), st.booleans())
def test_a_reference_is_never_lost_within_five_minutes(after, in_step):
    engine = Engine()
    engine.send(commands.submit(19, tag=77), 0.0)
    engine.receive(b"\r\n> ", 0.1)
    engine.send_payload(b"0011\x1a", 0.2, 60.0)
    (answer,) = engine.tick(60.2)
    assert answer.result.kind == "TIMEOUT"
    if in_step:
        engine.resynchronise(60.3)
        assert engine.receive(b"+CMGF: 0\r\nOK\r\n", 60.4) == [Resynchronised()]
    engine.tick(after - 0.1)
    events = engine.receive(b"+CMGS: 9\r\n\r\nOK\r\n", after)
    late = [e for e in events if isinstance(e, LateResponse) and e.lines == ("+CMGS: 9",)]
    assert [e.command.tag for e in late] == ([77] if after < 360.2 or not in_step else [])
