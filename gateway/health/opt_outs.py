"""Does STOP, or the guard of automatic replies, keep somebody from what people count on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.clock import DAY
from gateway.health.issue import Issue, Severity, warning
from gateway.health.snapshot import Snapshot

NEWS = 7 * DAY  # somebody in a group who opted out is a warning that long, then a note
SHOWN = 3  # names
UNBLOCK = (
    "If it must reach them, unblock the number under People, Blocked, and mark the person or the"
    " group as always reached."
)
ASK = "Open the message and ask whether it was them: the sender of an SMS can be forged."
LOOK = (
    "Look at what it writes: a machine may be answering. Block the number if so; else it is"
    " answered again a day after this began."
)


def check(now: Snapshot) -> Iterator[Issue]:
    for one in now.unreached:
        few = "is blocked" if len(one.who) == 1 else "are blocked"
        words = f"{one.what} does not reach {_list(one.who)}, who {few}."
        severe = one.named or now.now - one.at < NEWS
        severity = Severity.WARNING if severe else Severity.NOTE
        yield Issue("optout.unreached", severity, words, UNBLOCK, one.what, one.at)
    for kept in now.kept_stops:
        words = f"“{kept.word}” came from {kept.who}, always reached: nothing was blocked."
        yield warning("optout.kept", words, ASK, about=kept.who, since=kept.at)
    for quiet in now.silenced:
        words = f"{quiet.who} gets no automatic replies. {quiet.words}"
        yield warning("replies.stopped", words, LOOK, about=quiet.who, since=quiet.at)


def _list(who: Sequence[str]) -> str:
    if len(who) <= SHOWN:
        return " and ".join(filter(None, (", ".join(who[:-1]), who[-1])))
    return f"{', '.join(who[:SHOWN])} and {len(who) - SHOWN} more"
