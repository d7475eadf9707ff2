"""The actions of activities, done: reply, forward, join, leave. Each inside the transaction that
marks it done, so that it happens once or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.decisions.activities import ActionKind, StepMove
from gateway.decisions.activities.guard import PastReply, why_no_reply
from gateway.services.activities.message_facts import own_numbers, reply_candidate
from gateway.services.activities.placeholders import fill
from gateway.services.box.preferences import Preferences
from gateway.services.messages.accept import new_id, tidy
from gateway.services.messages.composition import alike, wording_errors
from gateway.services.people.numbers import display
from gateway.services.people.senders import number_of
from gateway.services.sending.default_validity import validity
from gateway.store.activities import activities, replies
from gateway.store.activities.activities import ForwardRecipient
from gateway.store.activities.runs import ActionStep
from gateway.store.messages import outbox
from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo

GROUP_GONE = "The group does not exist any more; choose another one in the activity."
NO_NUMBER = "The sender is no phone number, so it cannot be in a group."
OUT_OF_ORDER = "Something went wrong in the box; it has been written to the log."


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """What became of an action. `made_id`: the message that it made."""

    move: StepMove
    words: str
    made_id: int | None = None


def do(step: ActionStep, now: int, preferences: Preferences) -> ActionOutcome:
    """Raises StoreError; everything of it is then undone with the caller's transaction."""
    country = preferences.country()
    match step.kind:
        case ActionKind.REPLY:
            return _reply(step, now, country)
        case ActionKind.FORWARD:
            return _forward(step, now, country)
        case ActionKind.JOIN:
            return _join(step, now, country)
        case ActionKind.LEAVE:
            return _leave(step, country)
        case ActionKind.WEBHOOK:
            return _call(step)


def _reply(step: ActionStep, now: int, country: str) -> ActionOutcome:
    who = reply_candidate(step.message, now, country)
    if no := why_no_reply(who):
        if no.runaway:
            replies.silence(who.number, now, no.words)
        return ActionOutcome(StepMove.SKIP, f"Not answered. {no.words}")
    made = _send(step, (who.number,), now, country)
    if made.made_id is None:
        return made
    replies.add(who.number, PastReply(now, who.message_id, who.said))
    return ActionOutcome(StepMove.FINISH, f"Replied to {display(who.number)}.", made.made_id)


def _forward(step: ActionStep, now: int, country: str) -> ActionOutcome:
    found, troubles = forward_to(step.recipients)
    unfit = {number_of(step.message.sender, country), *own_numbers(country)}
    left_out = [n for n in found if n in unfit]
    numbers = tuple(n for n in found if n not in unfit)
    troubles += [f"{display(n)} is left out: {_why_left_out(n, step, country)}." for n in left_out]
    if not numbers:
        words = " ".join(("There is nobody to forward it to.", *troubles))
        return ActionOutcome(StepMove.SKIP if left_out else StepMove.FAIL, words)
    made = _send(step, numbers, now, country)
    if made.made_id is None:
        return made
    people_ = display(numbers[0]) if len(numbers) == 1 else f"{len(numbers):,} people"
    return ActionOutcome(
        StepMove.FINISH, " ".join((f"Forwarded to {people_}.", *troubles)), made.made_id
    )


def _why_left_out(number: str, step: ActionStep, country: str) -> str:
    """Two boxes that forward to each other would never end."""
    if number == number_of(step.message.sender, country):
        return "it wrote this message"
    return "it is one of this box's own connections"


def forward_to(recipients: Iterable[ForwardRecipient]) -> tuple[list[str], list[str]]:
    """Distinct numbers, and in words what keeps somebody from getting it."""
    numbers: dict[str, None] = {}
    troubles: list[str] = []
    for one in recipients:
        if one.number:
            numbers[one.number] = None
        elif one.person is not None:
            contact = people.get(one.person)
            if contact is None:
                troubles.append("A person whom it went to was deleted.")
            elif not contact.number:
                troubles.append(f"“{contact.name}” has no phone number.")
            else:
                numbers[contact.number] = None
        elif one.group is not None:
            group = groups.get(one.group)
            members = groups.numbers(one.group) if group else []
            if group is None:
                troubles.append("A group that it went to does not exist any more.")
            elif not members:
                troubles.append(f"The group “{group.name}” has nobody with a number in it.")
            numbers |= dict.fromkeys(members)
    return list(numbers), troubles


def _send(step: ActionStep, numbers: tuple[str, ...], now: int, country: str) -> ActionOutcome:
    """The message is made here, in the transaction that marks the action done."""
    to_others = step.kind is ActionKind.FORWARD
    text = tidy(fill(step.text, step.message, country, to_others=to_others))
    worded = alike(text, len(numbers))
    if errors := wording_errors(worded, numbers):
        return ActionOutcome(StepMove.FAIL, errors[0].words)
    made_id = outbox.add(
        outbox.OutgoingMessage(
            text=text,
            numbers=numbers,
            parts=worded.parts,
            created_at=now,
            due_at=now,
            valid_until=now + validity(),
            client_id=new_id(),
            author=step.activity_name,
            origin="activity",
        )
    )
    return ActionOutcome(StepMove.FINISH, "", made_id)


def _join(step: ActionStep, now: int, country: str) -> ActionOutcome:
    number = number_of(step.message.sender, country)
    group = groups.get(step.group_id) if step.group_id is not None else None
    if group is None:
        return ActionOutcome(StepMove.FAIL, GROUP_GONE)
    if not number:
        return ActionOutcome(StepMove.FAIL, NO_NUMBER)
    contact = people.by_number(number)
    contact_id = contact.id if contact else people.add(ContactInfo("", number), now)
    new = groups.join(group.id, [contact_id])
    words = f"Joined “{group.name}”." if new else f"Was in “{group.name}” already."
    made = "" if contact else " A contact was made."
    return ActionOutcome(StepMove.FINISH, words + made)


def _leave(step: ActionStep, country: str) -> ActionOutcome:
    number = number_of(step.message.sender, country)
    group = groups.get(step.group_id) if step.group_id is not None else None
    if group is None:
        return ActionOutcome(StepMove.FAIL, GROUP_GONE)
    contact = people.by_number(number) if number else None
    left = groups.leave(group.id, [contact.id]) if contact else 0
    words = f"Left “{group.name}”." if left else f"Was not in “{group.name}”."
    return ActionOutcome(StepMove.FINISH, words)


def _call(step: ActionStep) -> ActionOutcome:
    """Its turn has come; the thread of this webhook does the rest, and nobody waits for it."""
    if activities.action(step.action_id) is None:
        return ActionOutcome(StepMove.FAIL, "The activity does not call this webhook any more.")
    return ActionOutcome(StepMove.CALL, "")
