"""Whom Reply to goes to, what Forward brings along, and why neither is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.services.messages.accept import MAX_PEOPLE
from gateway.services.messages.bulk import Selection
from gateway.services.people import placeholders
from gateway.services.people.numbers import from_network
from gateway.store.messages import details, lists
from gateway.store.messages.answers import AnswerInfo
from webui.page.current import author, box
from webui.page.formats import phone, shortened

MOST_ANSWERED = MAX_PEOPLE
MOST_TOLD = 3  # answers of others that Reply to shows
MOST_NAMED = 5  # senders that are named as left out
ONE_ONLY = "Only one SMS can be forwarded at a time: tick just one."
NO_TEXT = "This message has no text that could be forwarded."
GONE = "This message is not here any more."


class CannotAnswer(Exception):
    """Says why, in plain words."""


@dataclass(frozen=True, slots=True)
class ComposeStart:
    """What the form of Send SMS begins with."""

    title: str  # "Reply to" | "Forward"
    numbers: tuple[str, ...] = ()
    text: str = ""
    connection_id: int | None = None  # preselected
    first: int | None = None  # the connection to offer first
    left_out: str = ""  # in words
    answers: tuple[int, ...] = ()  # ids of the received messages that it answers


def is_answerable(sender: str) -> bool:
    """Names such as BANK are no numbers: nothing can be sent to them."""
    return from_network(sender, "") != ""


def reply(chosen: Selection) -> ComposeStart:
    """To the distinct senders; of what was sent from here, its recipients. Raises CannotAnswer."""
    numbers: dict[str, None] = {}
    names: dict[str, None] = {}
    through: set[int | None] = set()
    count = 0
    answers: list[int] = []
    for chunk in chosen.chunks():
        found = lists.correspondents(chunk)
        count += len({c.message_id for c in found})
        for c in found:
            if is_answerable(c.number):
                numbers[box().people.key(c.number)] = None
                answers += [c.message_id] * (c.incoming and len(answers) < MOST_ANSWERED)
            else:
                names[c.number] = None
            through.add(c.connection_id if c.incoming else None)
    if not count:
        raise CannotAnswer(GONE)
    if not numbers:
        raise CannotAnswer(_nobody(list(names)))
    if len(numbers) > MAX_PEOPLE:
        raise CannotAnswer(
            f"These come from more than {MAX_PEOPLE:,} people; answer them in turns."
        )
    common = next(iter(through)) if len(through) == 1 else None
    return ComposeStart(
        "Reply to",
        tuple(numbers),
        connection_id=common if count == 1 else None,
        first=common,
        left_out=_left_out(list(names)),
        answers=tuple(answers),
    )


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """That somebody has answered already: who, when, to whom, with which words."""

    who: str
    at: int
    to: str
    text: str
    reply_id: int | None  # where it can be read


def earlier_answers(found: Sequence[AnswerInfo]) -> list[EarlierAnswer]:
    """The newest ones, each reply once."""
    newest = {(a.reply_id, a.at): a for a in found if a.counts}
    shown = sorted(newest.values(), key=lambda a: a.id)[-MOST_TOLD:]
    rows = {r.id: r for r in lists.rows([a.reply_id for a in shown if a.reply_id])}
    peers = {c.message_id: c.number for c in lists.correspondents([a.message_id for a in shown])}
    names = box().people.names(peers.values())
    return [
        EarlierAnswer(
            who="You" if a.who == author() else a.who or "Somebody",
            at=a.at,
            to=names.get(n := peers.get(a.message_id, "")) or phone(n),
            text=shortened(rows[a.reply_id].words) if a.reply_id in rows else "",
            reply_id=a.reply_id if a.reply_id in rows else None,
        )
        for a in shown
    ]


def forward(chosen: Selection) -> ComposeStart:
    """The text of the one message. Raises CannotAnswer."""
    if len(chosen.ids) != 1:
        raise CannotAnswer(ONE_ONLY)
    message = details.get(chosen.ids[0], most=1)
    if message is None or message.deleted_at is not None:
        raise CannotAnswer(GONE)
    if not message.text.strip():
        raise CannotAnswer(NO_TEXT)
    filled = any(d.text is not None for d in message.dispatches)
    return ComposeStart(
        "Forward", text=message.text if filled else placeholders.escaped(message.text)
    )


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
