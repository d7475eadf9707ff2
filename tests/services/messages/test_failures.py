"""Every reason why an SMS failed says what to do, and promises nothing that is over."""

from __future__ import annotations

import pytest

from gateway.at.codes import CME, CMS
from gateway.at.results import Result, after_pdu
from gateway.decisions import routing
from gateway.decisions.dispatch_states import DispatchState
from gateway.services.messages.failures import ADVISES, BY_ITSELF, reason_words
from gateway.sms import describe_status
from gateway.store.sending import blocked_recipients, queue

CODES = [("CMS", c) for c in (*CMS, 5, 140, 400, 600)] + [("CME", c) for c in (*CME, 200)]


@pytest.mark.parametrize(("kind", "code"), CODES)
def test_every_code_of_a_modem_ends_in_advice(kind, code):
    why = after_pdu(Result(kind, code))
    words = reason_words(why.words, why.label, DispatchState.FAILED)
    assert words.startswith(why.words.rstrip(".").split("; it is")[0])
    assert any(sign in words for sign in (*ADVISES, "end it again")), words
    assert not any(promise in words for promise in BY_ITSELF)
    assert words.endswith(".")


@pytest.mark.parametrize("kind", ["ERROR", "TIMEOUT", "RESTARTED", "NO_PROMPT", "LOST"])
def test_so_does_a_modem_that_gives_no_code(kind):
    why = after_pdu(Result(kind))
    words = reason_words(why.words, why.label, DispatchState.FAILED)
    assert "again" in words or "check its power supply" in words
    assert "before you send it again" in reason_words(why.words, why.label, DispatchState.UNCERTAIN)


@pytest.mark.parametrize("status", range(0x40, 0x80))
def test_so_does_every_report_that_it_did_not_arrive(status):
    reason = f"Not delivered: {describe_status(status).words}."
    assert "Check that the number is right" in reason_words(
        reason, f"TP-ST {status}", DispatchState.FAILED
    )


@pytest.mark.parametrize("reason", [routing.NO_RULE, blocked_recipients.BLOCKED, queue.EXPIRED, ""])
def test_so_does_what_the_box_itself_decides(reason):
    words = reason_words(reason, "", DispatchState.FAILED)
    assert any(sign in words for sign in (*ADVISES, "end it again"))


def test_what_is_still_tried_is_told_as_it_is():
    reason = "The network is congested; it is tried again by itself."
    assert reason_words(reason, "CMS 42", DispatchState.PENDING) == reason
    assert reason_words("", "", DispatchState.SENT) == ""
    assert reason_words(reason, "CMS 42", DispatchState.FAILED) == (
        "The network is congested. It was tried several times: send it again when the cause is"
        " gone."
    )
