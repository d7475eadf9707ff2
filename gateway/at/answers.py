"""Reads the answers to commands, however a modem puts them. Nothing here raises.

What cannot be read is None, "" or an empty list. The parts: identity.py (who is there),
network.py (registration, signal, operator), storage.py (messages and memories), ussd.py.
"""

from __future__ import annotations

from gateway.at.identity import cfun, cpin, iccid, imei, imsi, name, own_number, pin_tries
from gateway.at.network import Registration, cesq, csq, hcsq, operator, registration
from gateway.at.results import Result
from gateway.at.storage import (
    MemoryUsage,
    OfferedMemories,
    StorageEntry,
    cmgl,
    cmgr,
    cnma_offered,
    cpms_offered,
    cpms_usage,
    csca,
    cscs,
    in_text_mode,
    message_reference,
    stored_at,
)
from gateway.at.text import last_integer
from gateway.at.ussd import UssdResult, cusd

__all__ = [
    "MemoryUsage",
    "OfferedMemories",
    "Registration",
    "StorageEntry",
    "UssdResult",
    "cesq",
    "cfun",
    "cmgl",
    "cmgr",
    "cnma_offered",
    "cpin",
    "cpms_offered",
    "cpms_usage",
    "csca",
    "cscs",
    "csq",
    "cusd",
    "hcsq",
    "iccid",
    "imei",
    "imsi",
    "in_text_mode",
    "is_busy",
    "is_empty_slot",
    "last_integer",
    "may_become_ready",
    "message_reference",
    "name",
    "operator",
    "own_number",
    "pin_tries",
    "registration",
    "stored_at",
]

_BUSY = {"CME": (14, 515), "CMS": (314, 515)}
_EMPTY = {"CME": (21, 22), "CMS": (321,)}


def is_busy(result: Result) -> bool:
    """Whether SIM or modem are still starting: ask again in a second."""
    return result.code in _BUSY.get(result.kind, ())


def is_empty_slot(result: Result) -> bool:
    """Whether the refusal only means that nothing is stored there (any more)."""
    return result.code in _EMPTY.get(result.kind, ())


def may_become_ready(result: Result) -> bool:
    """Whether a refused AT+CMGF=0 may be taken up to a minute later, when the SIM is ready.

    SIM800 gives a bare ERROR until "SMS Ready"; others CMS 302, 310, 500 or 515, CME 3 or 14.
    """
    if is_busy(result) or (result.kind == "ERROR" and not result.text):
        return True
    codes = {"CMS": (None, 302, 303, 310, 500), "CME": (None, 3, 4, 10, 13, 100)}
    return result.kind in codes and result.code in codes[result.kind]
