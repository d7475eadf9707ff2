"""What may settle a doubt after its time-out, and what must not."""

from __future__ import annotations

import pytest

from gateway.at import Command, LateResponse, Result, after_pdu, profile_for
from gateway.modem.jobs import send
from gateway.modem.jobs.base import Context
from tests.modem.conftest import MemoryLedger


@pytest.fixture
def context(ledger: MemoryLedger) -> Context:
    return Context("/dev/x", ledger, profile_for("", ""), connection_id=7)


def late(lines: tuple[str, ...] = (), result: Result | None = None) -> LateResponse:
    return LateResponse(Command("AT+CMGS=20", 10.0, "+CMGS:", prompt=True, tag=11), lines, result)


def test_a_late_reference_is_proof(context, ledger):
    send.late(context, late(("+CMGS: 5",)))
    assert ledger.all("accepted") == [(11, 5)]


@pytest.mark.parametrize("code", [1, 38, 194, 255])
def test_a_late_refusal_by_the_network_is_one(context, ledger, code):
    send.late(context, late(result=Result("CMS", code)))
    assert ledger.all("refused") == [(11, after_pdu(Result("CMS", code)))]


def test_a_late_word_that_the_centre_has_it_already_is_an_acceptance(context, ledger):
    send.late(context, late(result=Result("CMS", 197)))
    assert ledger.entries == [("accepted", (11, None))]


@pytest.mark.parametrize(
    "result",
    [
        Result("OK"),
        Result("ERROR"),
        Result("CME", 14),
        Result("CME", 100),
        Result("CMS", 302),
        Result("CMS", 515),
        Result("CMS", None),
        Result("TIMEOUT"),
    ],
)
def test_what_may_answer_something_else_settles_nothing(context, ledger, result):
    send.late(context, late(result=result))
    assert ledger.entries == []
