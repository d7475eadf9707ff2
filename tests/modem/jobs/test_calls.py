"""One call is one message, whatever lines it is made of, and disturbs no SMS."""

from __future__ import annotations

import pytest

from gateway.at import Urc
from gateway.modem.jobs.calls import NAMELESS, QUIET, Calls
from tests.modem.conftest import ready, until, work
from tests.support.radio import texts_sent

ANN, BOB = "+254711000001", "+254711000002"
RING = Urc("RING", "RING")


def clip(number: str, kind: int = 145) -> Urc:
    return Urc("+CLIP", f'+CLIP: "{number}",{kind},"",0,"",0')


def end(line: str = "NO CARRIER") -> Urc:
    return Urc(line.partition(":")[0], line)


def told(lines: list[tuple[float, Urc]]) -> list[str]:
    calls = Calls()
    return [n for at, urc in lines if (n := calls.hear(urc, at)) is not None]


def test_a_call_that_rings_on_is_told_once():
    rings = [(t + d, u) for t in (0.0, 3.0, 6.0, 9.0) for d, u in ((0, RING), (0.1, clip(ANN)))]
    assert told([*rings, (10.0, end())]) == [ANN]


def test_the_number_may_come_with_the_second_ring():
    assert told([(0.0, RING), (3.0, RING), (3.1, clip(ANN)), (6.0, clip(ANN))]) == [ANN]


def test_the_same_caller_again_later_is_another_call():
    assert told([(0.0, clip(ANN)), (3.0, end()), (6.0, RING), (6.1, clip(ANN))]) == [ANN, ANN]
    assert told([(0.0, clip(ANN)), (QUIET + 1, clip(ANN))]) == [ANN, ANN]


def test_somebody_else_at_once_is_another_call():
    assert told([(0.0, clip(ANN)), (2.0, RING), (2.1, clip(BOB)), (5.0, clip(BOB))]) == [ANN, BOB]


@pytest.mark.parametrize("ending", ["NO CARRIER", "^CEND:1,0,0,0", "VOICE CALL: END"])
def test_a_call_without_a_number_is_told_when_it_ends(ending: str):
    assert told([(0.0, RING), (3.0, RING), (4.0, end(ending))]) == [""]


def test_a_withheld_number_is_told_at_once():
    assert told([(0.0, RING), (0.1, clip("", 128)), (3.0, RING), (3.1, clip("", 128))]) == [""]


def test_a_call_that_rings_on_without_a_number_is_told_after_a_while():
    calls = Calls()
    assert calls.hear(RING, 0.0) is None
    assert calls.late(NAMELESS - 1) is None
    assert calls.late(NAMELESS) == ""
    assert calls.late(NAMELESS + 1) is None
    assert calls.hear(RING, NAMELESS + 2) is None


def test_a_summary_of_a_call_that_was_heard_is_no_second_call():
    summary = Urc("MISSED_CALL", "MISSED_CALL: 02:23AM 0711000001")
    assert told([(0.0, clip(ANN)), (9.0, end()), (9.5, summary)]) == [ANN]
    assert told([(500.0, summary)]) == ["0711000001"]


def test_an_end_without_a_call_is_nothing():
    assert told([(0.0, end()), (1.0, end("BUSY"))]) == []


def test_an_international_number_without_plus_gets_one():
    assert told([(0.0, clip("254711000001"))]) == [ANN]
    assert told([(0.0, clip("0711000001", 129))]) == ["0711000001"]


@pytest.mark.parametrize("hang_up", [False, True])
def test_a_call_is_recorded_and_ended_only_if_wished(network, ledger, start, hang_up):
    modem = network.add_modem()
    ledger.hang_up = hang_up
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.ring(ANN)
    assert ledger.wait("called") == [ANN]
    if hang_up:
        until(lambda: "AT+CHUP" in modem.heard)
    worker.assign([work("after the call")])
    ledger.wait("accepted")
    assert ("AT+CHUP" in modem.heard) is hang_up
    modem.hang_up()


def test_a_modem_without_chup_is_told_to_hang_up_in_the_old_way(network, ledger, start):
    modem = network.add_modem()
    modem.faults.refuse_command = "+CHUP"
    ledger.hang_up = True
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.ring(ANN)
    until(lambda: "ATH" in modem.heard)


def test_a_call_in_the_middle_of_a_send_does_not_disturb_it(network, ledger, start):
    modem = network.add_modem(air_time=0.5)
    ledger.hang_up = True
    worker = start(modem.port)
    until(lambda: ready(worker))
    ledger.on["submitting"] = lambda: modem.ring(ANN)
    worker.assign([work("undisturbed")])
    ledger.wait("accepted")
    assert texts_sent(network) == ["undisturbed"]
    assert ledger.wait("called")[0] == ANN
    names = [n for n in ledger.names if n in ("accepted", "called")]
    assert names[0] == "accepted"
    assert ledger.all("doubtful") == []
