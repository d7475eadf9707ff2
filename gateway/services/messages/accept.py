"""What is asked of messages: send, resend, read. One place for page, API and command line."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gateway import sms
from gateway.clock import SECOND, Clock
from gateway.events import Events, OutboxChanged, Queued
from gateway.services.messages.composition import (
    MAX_PARTS,
    Composition,
    alike,
    unknown_placeholders,
    word,
    wording_errors,
)
from gateway.services.people.addressees import Addressees, resolve
from gateway.services.people.numbers import Recipients, from_network
from gateway.services.sending.default_validity import validity
from gateway.store.connections import connections
from gateway.store.messages import counts, inbox, lists, outbox, withdrawal
from gateway.store.messages.counts import RecipientCount
from gateway.store.schedules import schedules
from gateway.text.plural import counted, people
from gateway.text.refusal import FieldError as FieldError
from gateway.text.refusal import Refused as Refused

MAX_PEOPLE = 20_000
MAX_CLIENT_ID = 128
UNSEEN = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x9f]")  # controls but tab, LF, FF and CR
WHEN_UNCERTAIN = ("hold", "resend")
ID_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message as written, not yet checked."""

    recipients: str | Sequence[str]
    text: str
    connection_id: int | None = None
    with_report: bool = True
    client_id: str | None = None
    when_uncertain: str = "hold"
    ttl_seconds: int | None = None  # None: what is set for the box, 24 hours as a rule
    priority: int = 0
    fill: bool = False  # {name}, {number} and own fields in the text are filled in
    names: bool = True  # names of people and groups count as recipients
    flash: bool = False  # class 0: shown at once on the phone, and not kept there
    answers: Sequence[int] = ()  # ids of the received messages that it answers
    answers_seen: int | None = None  # the newest answer to them that its writer knows of


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    message_id: int
    client_id: str
    queued: RecipientCount

    @property
    def people(self) -> int:
        return self.queued.people

    @property
    def sms(self) -> int:
        """Parts over all recipients."""
        return self.queued.sms

    @property
    def blocked(self) -> int:
        """Recipients whose numbers are blocked: theirs have failed already."""
        return self.queued.blocked

    @property
    def words(self) -> str:
        return queued_words(self.queued)


class Messages:
    """Stateless but for its settings; safe to use from any thread with a database connection."""

    def __init__(self, clock: Clock, events: Events, country: Callable[[], str]) -> None:
        self._clock = clock
        self._events = events
        self._country = country

    def send(
        self, draft: WrittenMessage, *, author: str = "", origin: str = "page"
    ) -> AcceptedMessage:
        """Check and store; it is on disk when this returns.

        Raises Refused (all mistakes at once), outbox.DuplicateId, AnsweredMeanwhile, StoreError.
        """
        addressees, errors = self.examine(draft)
        numbers = addressees.recipients.numbers
        if errors:
            raise Refused(errors)
        worded = self.word(draft, numbers)
        if errors := wording_errors(worded, numbers):
            raise Refused(errors)
        client_id = draft.client_id or new_id()
        if schedules.by_client_id(client_id):
            raise outbox.DuplicateId(client_id)
        draft = replace(draft, client_id=client_id)
        message_id = outbox.add(
            self.outgoing(
                draft, numbers, worded, author=author, origin=origin, now=self._clock.now()
            )
        )
        self._events.publish(Queued())
        return AcceptedMessage(message_id, client_id, counts.queued(message_id))

    def outgoing(
        self,
        draft: WrittenMessage,
        numbers: tuple[str, ...],
        worded: Composition,
        *,
        author: str,
        origin: str,
        now: int,
    ) -> outbox.OutgoingMessage:
        """What was checked and worded, as it is stored."""
        ttl = draft.ttl_seconds * SECOND if draft.ttl_seconds else validity()
        return outbox.OutgoingMessage(
            text=worded.text,
            texts=worded.each,
            numbers=numbers,
            parts=worded.parts,
            created_at=now,
            due_at=now,
            valid_until=now + ttl,
            client_id=draft.client_id,
            connection_id=draft.connection_id,
            with_report=draft.with_report,
            when_uncertain=draft.when_uncertain,
            priority=draft.priority,
            author=author,
            origin=origin,
            flash=draft.flash,
            answers=self._answered(draft.answers, numbers),
            answers_seen=draft.answers_seen,
        )

    def _answered(
        self, message_ids: Sequence[int], numbers: Sequence[str]
    ) -> tuple[tuple[int, str], ...]:
        """Of these received messages those whose senders are among the recipients."""
        if not message_ids:
            return ()
        country = self._country()
        by_key = {from_network(n, country) or n: n for n in numbers}
        return tuple(
            (c.message_id, by_key[key])
            for c in lists.correspondents(message_ids)
            if c.incoming and (key := from_network(c.number, country) or c.number) in by_key
        )

    def check(self, draft: WrittenMessage) -> list[FieldError]:
        """Everything that would make `send` refuse this draft."""
        addressees, errors = self.examine(draft)
        if errors:
            return errors
        numbers = addressees.recipients.numbers
        return wording_errors(self.word(draft, numbers), numbers)

    def word(self, draft: WrittenMessage, numbers: Sequence[str]) -> Composition:
        """What is kept and what each of `numbers` gets."""
        text = tidy(draft.text)
        return word(text, numbers) if draft.fill else alike(text, len(numbers))

    def addressees(
        self, typed: str | Sequence[str], *, later: bool = False, names: bool = True
    ) -> Addressees:
        """Numbers, names of people and names of groups, each with whom it stands for.

        What is sent later may go to a group that has nobody in it yet.
        """
        return resolve(typed, self._country(), empty_groups=later, names=names)

    def recipients(self, typed: str | Sequence[str]) -> Recipients:
        return self.addressees(typed).recipients

    def resend(self, dispatch_ids: Sequence[int], who: str) -> int:
        """Queue failed or uncertain dispatches again; returns how many were."""
        count = outbox.resend(dispatch_ids, self._clock.now(), who)
        self._events.publish(Queued())
        return count

    def withdraw(self, message_id: int, who: str) -> bool:
        """What waits of it is not sent. False: nothing waits any more; nothing was changed."""
        done = withdrawal.withdraw(message_id, self._clock.now(), who)
        if done:
            self._events.publish(OutboxChanged())
        return done

    def mark_read(self, message_ids: Sequence[int], *, read: bool = True) -> int:
        """Received messages as read, or as not read yet; returns how many were otherwise."""
        changed = inbox.mark_read(message_ids, self._clock.now() if read else None)
        if changed:
            self._events.publish(OutboxChanged())
        return changed

    def examine(
        self, draft: WrittenMessage, *, later: bool = False
    ) -> tuple[Addressees, list[FieldError]]:
        """Whom it goes to, and what is wrong with it as it was written."""
        addressees = self.addressees(draft.recipients, later=later, names=draft.names)
        errors = [FieldError("recipients", f"{bad}.") for bad in addressees.bad]
        if not addressees.entries and not errors:
            errors.append(FieldError("recipients", "Enter at least one phone number."))
        if len(addressees.recipients.numbers) > MAX_PEOPLE:
            errors.append(
                FieldError(
                    "recipients", f"At most {MAX_PEOPLE:,} people at once; send it in turns."
                )
            )
        errors += _text_errors(draft.text)
        errors += unknown_placeholders(draft.text) if draft.fill else []
        errors += _option_errors(draft)
        return addressees, errors


def tidy(text: str) -> str:
    """Line ends as SMS has them: a lone LF (a CR would cost a septet and shows on some phones)."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def queued_words(found: RecipientCount) -> str:
    """ "1,000 SMS queued to 200 people", the same wherever it is told."""
    unfit = f"{counted(found.blocked, 'number is', 'numbers are')} blocked" if found.blocked else ""
    if not found.people:
        return f"Nothing was queued: {unfit}"
    queued = f"{found.sms:,} SMS queued to {people(found.people)}"
    return f"{queued}; {unfit}" if unfit else queued


def new_id() -> str:
    """An identifier for API clients that brought none: 21 letters and digits, 125 random bits."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(21))


def _text_errors(text: str) -> list[FieldError]:
    if not text.strip():
        return [FieldError("text", "Write a message.")]
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as e:
        return [FieldError("text", f"Character {e.start + 1} is broken; type it again.")]
    if unseen := UNSEEN.search(text):
        words = f"Character {unseen.start() + 1} cannot be sent; remove it."
        return [FieldError("text", words)]
    parts = sms.count(tidy(text)).parts
    if parts > MAX_PARTS:
        words = f"The message is too long: it takes {parts} SMS, at most {MAX_PARTS} are possible."
        return [FieldError("text", words)]
    return []


def _option_errors(draft: WrittenMessage) -> list[FieldError]:
    errors = []
    if draft.connection_id is not None and not connections.exists(draft.connection_id):
        errors.append(FieldError("connection", "This connection is not known; choose another."))
    if draft.when_uncertain not in WHEN_UNCERTAIN:
        errors.append(FieldError("when_uncertain", "Must be hold or resend."))
    if draft.client_id is not None and not _good_id(draft.client_id):
        errors.append(
            FieldError("client_id", f"The id must have 1 to {MAX_CLIENT_ID} visible characters.")
        )
    if draft.ttl_seconds is not None and not 1 <= draft.ttl_seconds <= 63 * 7 * 86400:
        errors.append(FieldError("ttl", "The validity must be 1 second to 63 weeks."))
    if not -128 <= draft.priority <= 127:
        errors.append(FieldError("priority", "The priority must be -128 to 127."))
    return errors


def _good_id(value: str) -> bool:
    return 1 <= len(value) <= MAX_CLIENT_ID and value.isprintable() and value == value.strip()
