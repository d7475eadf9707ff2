"""What became of a message: our states in the words of SMSGate, which has fewer.

Clients of SMSGate know its words only and fail at any other. Where they say less than the box
knows, our word stands beside them as "boxState": "uncertain", "scheduled".
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.decisions.dispatch_states import DispatchState

FOREIGN: dict[DispatchState, str] = {
    DispatchState.PENDING: "Pending",
    DispatchState.SENDING: "Processed",
    DispatchState.SENT: "Sent",
    DispatchState.DELIVERED: "Delivered",
    DispatchState.FAILED: "Failed",
    DispatchState.UNCERTAIN: "Processed",  # handed over, and nothing more is known
    DispatchState.CANCELLED: "Cancelled",
}

OURS = (DispatchState.UNCERTAIN,)  # what SMSGate has no word for
SCHEDULED = {"boxState": "scheduled"}

# Of several recipients: whatever is under way decides first, in this order.
UNDER_WAY = (DispatchState.PENDING, DispatchState.SENDING, DispatchState.UNCERTAIN)
ARRIVED = {DispatchState.SENT, DispatchState.DELIVERED}


def overall(states: Iterable[DispatchState]) -> DispatchState:
    """The state of a message with these recipients.

    After what is under way: all alike, that; some sent or delivered, "sent"; else, of failed and
    cancelled ones, "failed".
    """
    found = set(states)
    for state in UNDER_WAY:
        if state in found:
            return state
    if len(found) == 1:
        return found.pop()
    return DispatchState.SENT if found & ARRIVED else DispatchState.FAILED


def shown(state: DispatchState, *, deleted: bool) -> DispatchState:
    """What waits in a deleted message is not sent: cancelled, unless somebody restores it."""
    return DispatchState.CANCELLED if deleted and state is DispatchState.PENDING else state


def worded(state: DispatchState) -> dict[str, str]:
    """The fields that tell a state."""
    ours = {"boxState": str(state)} if state in OURS else {}
    return {"state": FOREIGN[state], **ours}
