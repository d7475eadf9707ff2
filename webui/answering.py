"""Whom Reply to goes to, what Forward brings along, and why neither is possible."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.services import placeholders
from gateway.services.interactions import Selection
from gateway.services.messaging import MAX_PEOPLE
from gateway.services.numbers import from_network
from gateway.store import details, queries
from webui.current import box

MOST_NAMED = 5  # senders that are named as left out
ONE_ONLY = "Only one SMS can be forwarded at a time: tick just one."
NO_TEXT = "This message has no text that could be forwarded."
GONE = "This message is not here any more."


class CannotBe(Exception):
    """Says why, in plain words."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the form of Send SMS begins with."""

    title: str  # "Reply to" | "Forward"
    numbers: tuple[str, ...] = ()
    text: str = ""
    connection_id: int | None = None  # preselected
    first: int | None = None  # the connection to offer first
    left_out: str = ""  # in words


def is_answerable(sender: str) -> bool:
    """Names such as BANK are no numbers: nothing can be sent to them."""
    return from_network(sender, "") != ""


def reply(chosen: Selection) -> Start:
    """To the distinct senders; of what was sent from here, to its recipients. Raises CannotBe."""
    numbers: dict[str, None] = {}
    names: dict[str, None] = {}
    lines: set[int | None] = set()
    count = 0
    for chunk in chosen.chunks():
        found = queries.correspondents(chunk)
        count += len({c.message_id for c in found})
        for c in found:
            if is_answerable(c.number):
                numbers[box().people.key(c.number)] = None
            else:
                names[c.number] = None
            lines.add(c.connection_id if c.incoming else None)
    if not count:
        raise CannotBe(GONE)
    if not numbers:
        raise CannotBe(_nobody(list(names)))
    if len(numbers) > MAX_PEOPLE:
        raise CannotBe(f"These come from more than {MAX_PEOPLE:,} people; answer them in turns.")
    common = next(iter(lines)) if len(lines) == 1 else None
    return Start(
        "Reply to",
        tuple(numbers),
        connection_id=common if count == 1 else None,
        first=common,
        left_out=_left_out(list(names)),
    )


def forward(chosen: Selection) -> Start:
    """The text of the one message. Raises CannotBe."""
    if len(chosen.ids) != 1:
        raise CannotBe(ONE_ONLY)
    message = details.get(chosen.ids[0], most=1)
    if message is None or message.deleted_at is not None:
        raise CannotBe(GONE)
    if not message.text.strip():
        raise CannotBe(NO_TEXT)
    filled = any(d.text is not None for d in message.dispatches)
    return Start("Forward", text=message.text if filled else placeholders.escaped(message.text))


def why_no_reply(sender: str) -> str:
    """ "" when it can be answered."""
    if is_answerable(sender):
        return ""
    if not sender:
        return "It came without its sender's number, so it cannot be answered."
    return f"“{sender}” is a name, not a number, so it cannot be answered."


def _nobody(names: list[str]) -> str:
    if len(names) == 1:
        return why_no_reply(names[0])
    said = [f"“{n}”" for n in names[:MOST_NAMED] if n]
    more = len(names) - len(said)
    listed = ", ".join(said) + (f" and {more} more" if more else "")
    return f"None of these can be answered: {listed} are names or unknown, not numbers."


def _left_out(names: list[str]) -> str:
    if not names:
        return ""
    said = [f"“{n}”" if n else "a sender without a number" for n in names[:MOST_NAMED]]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    verb = "is" if len(names) == 1 else "are"
    return (
        f"{', '.join(said)}{more} cannot be answered, being no phone "
        f"number{'' if len(names) == 1 else 's'}, and {verb} left out."
    )
