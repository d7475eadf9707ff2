"""The life of a part (one segment of a dispatch, one PDU), as one table.

```
new -> submitted -> accepted -> delivered
 ^        |            '-> failed
 |        |-> unknown (Ctrl-Z written, no answer) -> any of the above
 '--------'- refused, or sent again
```

`apply` is the only way from one state to the next; an undefined pair raises by name. The life of
a dispatch: dispatch_states. What its parts say about it: gateway.store.sending.progress.
"""

from __future__ import annotations

from enum import StrEnum

from gateway.decisions.dispatch_states import UndefinedMove


class PartState(StrEnum):
    NEW = "new"  # not out: to be sent, for the first time or again
    SUBMITTED = "submitted"  # Ctrl-Z is written, or is about to be
    ACCEPTED = "accepted"  # the network has it
    UNKNOWN = "unknown"  # submitted, and no answer came
    DELIVERED = "delivered"  # the handset has it
    FAILED = "failed"  # the network had it and says that it will not arrive


class PartMove(StrEnum):
    """What can happen to a part."""

    SUBMIT = "submit"
    ACCEPT = "accept"  # the network took it, now or as a late answer tells
    REFUSE = "refuse"  # the modem or the network said no
    LOSE_SIGHT = "lose sight"  # no answer came
    RESEND = "resend"  # its dispatch is queued again
    # What a status report (TP-ST, TS 23.040 9.2.3.15) says of it:
    REPORT_DELIVERED = "report delivered"
    REPORT_PENDING = "report pending"  # the service centre has it and tries on
    REPORT_FAILED = "report failed"


_S, _M = PartState, PartMove

TABLE: dict[tuple[PartState, PartMove], PartState] = {
    (_S.NEW, _M.SUBMIT): _S.SUBMITTED,
    (_S.NEW, _M.REFUSE): _S.NEW,  # before Ctrl-Z: nothing was out
    (_S.SUBMITTED, _M.ACCEPT): _S.ACCEPTED,
    (_S.SUBMITTED, _M.REFUSE): _S.NEW,
    (_S.SUBMITTED, _M.LOSE_SIGHT): _S.UNKNOWN,
    (_S.UNKNOWN, _M.ACCEPT): _S.ACCEPTED,
    (_S.UNKNOWN, _M.REFUSE): _S.NEW,
    (_S.UNKNOWN, _M.RESEND): _S.NEW,
    (_S.FAILED, _M.RESEND): _S.NEW,
    # A late answer about its first journey, while it waits to be sent again.
    (_S.NEW, _M.ACCEPT): _S.ACCEPTED,
    # The handset's word is the last one, whatever was known before or comes later.
    **{(state, _M.REPORT_DELIVERED): _S.DELIVERED for state in _S},
    (_S.DELIVERED, _M.REPORT_PENDING): _S.DELIVERED,
    (_S.DELIVERED, _M.REPORT_FAILED): _S.DELIVERED,
    # A part that waits to be sent again is not stopped by what its first journey came to.
    (_S.NEW, _M.REPORT_PENDING): _S.NEW,
    (_S.NEW, _M.REPORT_FAILED): _S.NEW,
    # Whoever reports has it: the answer of the modem is no longer needed.
    (_S.SUBMITTED, _M.REPORT_PENDING): _S.ACCEPTED,
    (_S.UNKNOWN, _M.REPORT_PENDING): _S.ACCEPTED,
    (_S.ACCEPTED, _M.REPORT_PENDING): _S.ACCEPTED,
    (_S.FAILED, _M.REPORT_PENDING): _S.FAILED,
    (_S.SUBMITTED, _M.REPORT_FAILED): _S.FAILED,
    (_S.UNKNOWN, _M.REPORT_FAILED): _S.FAILED,
    (_S.ACCEPTED, _M.REPORT_FAILED): _S.FAILED,
    (_S.FAILED, _M.REPORT_FAILED): _S.FAILED,
}

TAKEN = (_S.ACCEPTED, _S.DELIVERED, _S.FAILED)  # the network has it, or had it
WITH_NETWORK = (_S.ACCEPTED, _S.DELIVERED)  # it has it, for all that is known
IN_DOUBT = (_S.SUBMITTED, _S.UNKNOWN)  # it may have it
REPORTED = (_S.DELIVERED, _S.FAILED)  # a report has said the last word
UNSENT = (_S.NEW, _S.SUBMITTED)  # to be sent, or submitted while a refusal is being judged


def apply(state: PartState, move: PartMove) -> PartState:
    """The state after `move`. Raises UndefinedMove for a pair that the table does not hold."""
    try:
        return TABLE[state, move]
    except KeyError:
        raise UndefinedMove(f"a part that is {state} cannot {move}") from None


def allows(state: PartState, move: PartMove) -> bool:
    return (state, move) in TABLE


def before(move: PartMove) -> tuple[PartState, ...]:
    """The states in which `move` can happen."""
    return tuple(state for state in PartState if (state, move) in TABLE)
