"""The life of a dispatch (one recipient of one outgoing message), as one table.

```
pending -> sending -> sent -> delivered
   ^          |-> uncertain (Ctrl-Z written, no answer)
   |          '-> failed
   '--- retry, resend
```

What is sent later is no dispatch before its time (gateway.store.schedules.schedules).

`apply` is the only way from one state to the next; an undefined pair raises by name.
"""

from __future__ import annotations

from enum import StrEnum


class DispatchState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


# Of several recipients, this order decides what is said first.
WORST_FIRST = (
    DispatchState.FAILED,
    DispatchState.UNCERTAIN,
    DispatchState.SENDING,
    DispatchState.PENDING,
    DispatchState.SENT,
    DispatchState.DELIVERED,
    DispatchState.CANCELLED,
)


class DispatchMove(StrEnum):
    """What can happen to a dispatch."""

    CLAIM = "claim"  # a modem took it
    RELEASE = "release"  # the modem gave it back: nothing is under way
    RETRY = "retry"  # refused for now, another attempt follows
    ACCEPT = "accept"  # the network took every part
    GIVE_UP = "give up"  # refused for good, expired, no rule
    LOSE_SIGHT = "lose sight"  # submitted, and no answer came
    CONFIRM = "confirm"  # the handset has every part
    REPORT_FAILURE = "report failure"  # the network says it will not arrive
    RESUME = "resume"  # the doubtful part is settled, others have still to go
    RESEND = "resend"  # a person, or the message's own policy, says again
    CANCEL = "cancel"  # withdrawn before it was submitted


_S, _M = DispatchState, DispatchMove

TABLE: dict[tuple[DispatchState, DispatchMove], DispatchState] = {
    (_S.PENDING, _M.CLAIM): _S.SENDING,
    (_S.PENDING, _M.GIVE_UP): _S.FAILED,
    (_S.PENDING, _M.CANCEL): _S.CANCELLED,
    (_S.SENDING, _M.RELEASE): _S.PENDING,
    (_S.SENDING, _M.RETRY): _S.PENDING,
    (_S.SENDING, _M.ACCEPT): _S.SENT,
    (_S.SENDING, _M.GIVE_UP): _S.FAILED,
    (_S.SENDING, _M.LOSE_SIGHT): _S.UNCERTAIN,
    (_S.SENT, _M.CONFIRM): _S.DELIVERED,
    (_S.SENT, _M.REPORT_FAILURE): _S.FAILED,
    (_S.FAILED, _M.RESEND): _S.PENDING,
    (_S.UNCERTAIN, _M.RESEND): _S.PENDING,
    (_S.UNCERTAIN, _M.RESUME): _S.PENDING,
    (_S.UNCERTAIN, _M.ACCEPT): _S.SENT,
    (_S.UNCERTAIN, _M.CONFIRM): _S.DELIVERED,
    (_S.UNCERTAIN, _M.REPORT_FAILURE): _S.FAILED,
    # A report can overtake the modem's own answer: the answer changes nothing more.
    (_S.DELIVERED, _M.ACCEPT): _S.DELIVERED,
    # Some centres report "gave up" and then deliver after all; the handset's word is the last one.
    (_S.FAILED, _M.CONFIRM): _S.DELIVERED,
}


class UndefinedMove(ValueError):
    """A dispatch was asked to do what its state does not allow."""


def apply(state: DispatchState, move: DispatchMove) -> DispatchState:
    """The state after `move`. Raises UndefinedMove for a pair that the table does not hold."""
    try:
        return TABLE[state, move]
    except KeyError:
        raise UndefinedMove(f"a dispatch that is {state} cannot {move}") from None
