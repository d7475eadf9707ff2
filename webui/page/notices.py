"""What a page says after something was done: a code and a number in its address -> words.

Never words from the address themselves: anybody can make a link, and the page would say them.
"""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from gateway.store.people import groups
from gateway.text.plural import counted, people
from webui.page.arguments import an_id


@dataclass(frozen=True, slots=True)
class Notice:
    words: str
    warn: bool = False
    view: str = ""  # where what was done can be seen
    undo: int = 0  # the deletion that can be taken back


def _messages(number: int) -> str:
    return counted(number, "message")


def _gone_words(number: int) -> str:
    """Of what was ticked: how many somebody else had dealt with meanwhile."""
    return f" {counted(number, 'was', 'were')} not there any more." if number > 0 else ""


def people_notice(args: MultiDict[str, str]) -> str:
    """From `?done=join&n=3&to=5`; "" when nothing is to be said."""
    number = max(0, args.get("n", 0, type=int))
    group = groups.get(an_id(args.get("to")) or 0)
    name = group.name if group else "the group"
    match args.get("done"):
        case "nobody":
            return "Tick somebody first."
        case "no group":
            return "Choose a group first."
        case "no number":
            return "None of them has a number."
        case "join":
            return f"{people(number)} added to {name}."
        case "leave":
            return f"{people(number)} removed from {name}."
        case "delete":
            return f"{people(number)} deleted."
        case "restore" if not number:
            return "Nobody was brought back: they are back already, or it was too long ago."
        case "restore":
            return f"{people(number)} brought back."
    return ""


def notice(args: MultiDict[str, str]) -> Notice | None:
    """From `?said=deleted&n=3`; None when nothing is to be said."""
    number = args.get("n", 0, type=int)
    nothing = number == 0
    gone = _gone_words(args.get("gone", 0, type=int))
    match args.get("said"):
        case "delete" if nothing:
            return Notice("These were deleted already.", True, "deleted")
        case "delete":
            undo = an_id(args.get("undo")) or 0
            return Notice(f"{_messages(number)} deleted.{gone}", view="deleted", undo=undo)
        case "restore" if nothing:
            return Notice("These were restored already.", True, "all")
        case "restore":
            return Notice(f"{_messages(number)} restored.{gone}", view="all")
        case "delete for good" if nothing:
            return Notice(
                "Nothing was deleted for good: it was gone already, or is being sent.", True
            )
        case "delete for good":
            return Notice(f"{_messages(number)} deleted for good.{gone}")
        case "read" | "unread" as how if nothing:
            return Notice(f"Nothing was changed: these were {how} already, or are no SMS received.")
        case "read" | "unread" as how:
            return Notice(f"{_messages(number)} marked as {how}.")
        case "draft":
            return Notice("Kept as a draft. You find it here and under Send SMS.")
        case "discard" if nothing:
            return Notice("This draft was not here any more.")
        case "discard":
            return Notice("Discarded.")
        case "resend" if nothing:
            return Notice("Nothing was queued again: it had been already.", True, "pending")
        case "resend":
            words = f"{counted(number, 'SMS', 'SMS')} queued again."
            return Notice(words, view="pending")
    return None
