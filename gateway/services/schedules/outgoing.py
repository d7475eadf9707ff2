"""A scheduled message as it goes out now: who is meant by then, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.decisions.recurrence import Unit
from gateway.services.messages.accept import MAX_PEOPLE, Messages, WrittenMessage, new_id
from gateway.services.messages.composition import unknown_placeholders, wording_errors
from gateway.services.schedules.schedule_people import expand
from gateway.store.messages.outbox import OutgoingMessage
from gateway.store.schedules.schedules import ScheduleInfo


def outgoing_now(
    messaging: Messages, found: ScheduleInfo, now: int
) -> tuple[OutgoingMessage | None, str]:
    """The message as it goes out now, and what is to be said; None: why it cannot."""
    content = found.content
    to = expand(content.recipients)
    said = _sentence(to.lacking)
    if not to.numbers:
        return None, joined(said, "Nothing was sent.")
    if len(to.numbers) > MAX_PEOPLE:
        return None, f"Not sent: {len(to.numbers):,} people are more than {MAX_PEOPLE:,}."
    draft = WrittenMessage((), content.text, fill=content.fill)
    errors = unknown_placeholders(content.text) if content.fill else []
    worded = messaging.word(draft, to.numbers)
    errors += wording_errors(worded, to.numbers)
    if errors:
        return None, f"Not sent. {' '.join(e.words for e in errors)}"
    once = found.repeat.unit is Unit.ONCE
    outgoing = messaging.outgoing(
        WrittenMessage(
            recipients=(),
            text=content.text,
            connection_id=content.connection_id,
            with_report=content.with_report,
            client_id=(found.client_id if once else None) or new_id(),
            when_uncertain=content.when_uncertain,
            ttl_seconds=content.ttl_seconds,
            priority=content.priority,
            flash=content.flash,
            answers=content.answers,
        ),
        to.numbers,
        worded,
        author=found.author,
        origin="schedule" if found.origin == "page" else found.origin,
        now=now,
    )
    return outgoing, said


def _sentence(lacking: Sequence[str]) -> str:
    return " ".join(f"{words}." for words in lacking)


def joined(*words: str) -> str:
    return " ".join(filter(None, words))
