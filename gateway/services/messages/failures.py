"""Why SMS failed, in plain words with what to do; and what stopped many of them, summed up.

What the radio writes down says what happened while it is still being tried. Once a dispatch has
failed, nothing is tried by itself any more, and the reader has to do something: that is added here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.at.codes import PROMISES as BY_ITSELF  # made while it was tried, and over
from gateway.decisions.dispatch_states import DispatchState
from gateway.decisions.routing import NO_RULE
from gateway.store.messages import trash

SHOWN = 3
# Of the commonest ones a few words say enough above a list; the whole sentence is with each row.
SHORT = {NO_RULE: "no routing rules"}

TRIED = "It was tried several times: send it again when the cause is gone."
PHONE = "Check that the number is right and its phone is on, then send it again."
EXPIRED = "Send it again to have it tried for another day."
NETWORK = "Send it again later; if it fails again, ask the operator of the SIM."
MODEM = "Send it again; if it fails again, choose another connection."
DOUBT = "Ask the recipient before you send it again: it may have arrived."
UNKNOWN = "No reason is known."
ADVISES = (": ", "; ", "nblock", "Add one", "check ", "Check ")  # a sentence that says what to do
OF_PHONES = ("CMS 22", "CMS 27", "CMS 211", "CMS 196", "TP-ST ")


def reason_words(reason: str, code: str, state: str) -> str:
    """The reason as a person reads it. Of what has not failed: as it was written down."""
    if state not in (DispatchState.FAILED, DispatchState.UNCERTAIN):
        return reason
    reason = reason or UNKNOWN
    if state == DispatchState.UNCERTAIN:
        return _joined(reason, DOUBT)
    for promise in BY_ITSELF:
        if reason.endswith(promise):
            return _joined(reason.removesuffix(promise) + ".", TRIED)
    if reason.startswith("Expired"):
        return _joined(reason, EXPIRED)
    if code.startswith(OF_PHONES):
        return _joined(reason, PHONE)
    if any(sign in reason for sign in ADVISES):
        return reason
    return _joined(reason, NETWORK if code.startswith("CMS ") and _of_network(code) else MODEM)


def _of_network(code: str) -> bool:
    """CMS below 300 is the network's own word (3GPP TS 27.005 3.2.5)."""
    number = code.removeprefix("CMS ")
    return number.isdigit() and int(number) < 300


def _joined(reason: str, advice: str) -> str:
    return f"{reason if reason.endswith(('.', '!', '?')) else reason + '.'} {advice}"


@dataclass(frozen=True, slots=True)
class FailureCause:
    number: int  # SMS to recipients
    short: str
    words: str  # the whole reason


def causes() -> list[FailureCause]:
    """The commonest first."""
    return [FailureCause(n, _short(reason), reason) for reason, n in trash.causes(SHOWN)]


def _short(reason: str) -> str:
    found = SHORT.get(reason)
    if found is not None:
        return found
    for promise in BY_ITSELF:
        reason = reason.removesuffix(promise)
    reason = reason.rstrip(".")
    return reason[0].lower() + reason[1:] if reason[1:2].islower() else reason
