"""What became of a message: our states in the words of SMSGate, which has fewer.

Clients of SMSGate know its words only and fail at any other. Where they say less than the box
knows, our word stands beside them as "boxState": "uncertain", "scheduled".
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.decisions.dispatch_states import State

FOREIGN: dict[State, str] = {
    State.PENDING: "Pending",
    State.SENDING: "Processed",
    State.SENT: "Sent",
    State.DELIVERED: "Delivered",
    State.FAILED: "Failed",
    State.UNCERTAIN: "Processed",  # handed over, and nothing more is known
    State.CANCELLED: "Cancelled",
}

OURS = (State.UNCERTAIN,)  # what SMSGate has no word for
SCHEDULED = {"boxState": "scheduled"}

# Of several recipients: whatever is under way decides first, in this order.
UNDER_WAY = (State.PENDING, State.SENDING, State.UNCERTAIN)
ARRIVED = {State.SENT, State.DELIVERED}


def overall(states: Iterable[State]) -> State:
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
    return State.SENT if found & ARRIVED else State.FAILED


def shown(state: State, *, deleted: bool) -> State:
    """What waits in a deleted message is not sent: cancelled, unless somebody restores it."""
    return State.CANCELLED if deleted and state is State.PENDING else state


def worded(state: State) -> dict[str, str]:
    """The fields that tell a state."""
    ours = {"boxState": str(state)} if state in OURS else {}
    return {"state": FOREIGN[state], **ours}
