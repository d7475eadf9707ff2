"""The views of the inbox as the page names them."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.search.views import View


@dataclass(frozen=True, slots=True)
class InboxView:
    name: str
    view: View
    title: str
    short: str  # where there is little room
    icon: str
    empty: str

    @property
    def deleted(self) -> bool:
        return self.view is View.DELETED


VIEWS = {
    v.name: v
    for v in (
        InboxView(
            "all",
            View.ALL,
            "All Communications",
            "All",
            "all",
            "No messages yet. What you send and what comes in appears here.",
        ),
        InboxView(
            "received",
            View.RECEIVED,
            "SMS received",
            "Received",
            "in",
            "Nothing received yet. An SMS to one of the box's numbers appears here by itself.",
        ),
        InboxView("sent", View.SENT, "SMS sent", "Sent", "out", "Nothing sent yet."),
        InboxView("failed", View.FAILED, "SMS failed", "Failed", "alert", "Nothing failed."),
        InboxView(
            "pending",
            View.PENDING,
            "SMS pending",
            "Pending",
            "clock",
            "Nothing is waiting to be sent.",
        ),
        InboxView(
            "untriggered",
            View.UNTRIGGERED,
            "Did not trigger",
            "No trigger",
            "asleep",
            "Nothing here. An SMS that sets off no activity appears here; set them up under"
            " Activities.",
        ),
        InboxView(
            "calls",
            View.CALLS,
            "Missed calls",
            "Calls",
            "call",
            "No missed calls. A call to one of the box's numbers is noted here.",
        ),
        InboxView(
            "deleted",
            View.DELETED,
            "Deleted Communications",
            "Deleted",
            "bin",
            "Nothing is deleted. What you delete is kept here and can be restored.",
        ),
    )
}
