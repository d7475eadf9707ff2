"""Trying activities out on a sample: what would happen, in words. Nothing of it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.decisions.activities import ActionKind, ConditionFacts, why_not
from gateway.decisions.activities.guard import ReplyCandidate, why_no_reply
from gateway.services.activities import descriptions, fallback
from gateway.services.activities.actions import forward_to
from gateway.services.activities.message_facts import arrived, own_numbers, reply_candidate
from gateway.services.activities.placeholders import fill
from gateway.services.box.preferences import Preferences
from gateway.services.messages.accept import tidy
from gateway.services.people.numbers import BadNumber, display
from gateway.services.people.senders import meant
from gateway.store.activities.activities import Action, ActivityInfo
from gateway.store.activities.runs import FreshMessage
from gateway.store.connections import connections
from gateway.store.people import people
from gateway.text import plural
from gateway.text.refusal import FieldError, Refused


@dataclass(frozen=True, slots=True)
class SampleMessage:
    """A message that did not come in. `sender` is as typed; "" = somebody unknown."""

    text: str
    sender: str = ""
    connection_id: int | None = None
    at: int | None = None  # None: now


@dataclass(frozen=True, slots=True)
class TryoutResult:
    """`activity` is None for what happens when none matches."""

    activity: ActivityInfo | None
    matches: bool  # and is switched on, so that it would run
    words: str


@dataclass(frozen=True, slots=True)
class _Trial:
    sample: SampleMessage
    sender: str
    message: FreshMessage  # as it would come in
    facts: ConditionFacts
    who: ReplyCandidate
    country: str


def try_all(
    sample: SampleMessage, listening: Sequence[ActivityInfo], now: int, preferences: Preferences
) -> list[TryoutResult]:
    """Each activity in its order; at the end what becomes of a message that sets off none."""
    trial = _begin(sample, now, preferences)
    tried = [_tried(activity, trial) for activity in listening]
    if any(one.matches for one in tried):
        return tried
    return [*tried, TryoutResult(None, False, _not_triggered(trial))]


def try_one(
    sample: SampleMessage, activity: ActivityInfo, now: int, preferences: Preferences
) -> TryoutResult:
    return _tried(activity, _begin(sample, now, preferences))


def _begin(sample: SampleMessage, now: int, preferences: Preferences) -> _Trial:
    """Raises Refused when the sender can be nobody."""
    country = preferences.country()
    sender = sample.sender.strip()
    number = meant(sender, country) if sender else ""
    if not isinstance(number, BadNumber):
        sender = number
    elif len(named := people.named(people.fold(sender))) == 1 and named[0].number:
        sender = named[0].number
    elif not any(c.isalpha() for c in sender) or len(sender) > 11:  # names have 11 at most
        raise Refused([FieldError("sender", f"{number}.")])
    via = sample.connection_id
    if via is not None and not connections.exists(via):
        words = "This connection is not known; choose another."
        raise Refused([FieldError("via", words)])
    at = now if sample.at is None else sample.at
    facts = arrived(sender, sample.text, via, at, preferences)
    message = FreshMessage(0, sender, sample.text, at, via)
    return _Trial(sample, sender, message, facts, reply_candidate(message, now, country), country)


def _tried(activity: ActivityInfo, trial: _Trial) -> TryoutResult:
    if why := why_not(activity.condition, trial.facts):
        return TryoutResult(activity, False, f"Does not match because {why}.")
    done = ", then ".join(_would(one, trial) for one in activity.actions)
    if activity.enabled:
        return TryoutResult(activity, True, f"Matches: would {done}.")
    return TryoutResult(activity, False, f"Matches, but is switched off; it would {done}.")


def _would(action: Action, trial: _Trial) -> str:
    match action.kind:
        case ActionKind.REPLY:
            return _would_reply(action.text, trial)
        case ActionKind.FORWARD:
            return _would_forward(action, trial)
        case ActionKind.JOIN | ActionKind.LEAVE:
            verb = "join" if action.kind is ActionKind.JOIN else "leave"
            who = display(trial.who.number) if trial.who.number else "the sender"
            if not trial.who.number and trial.sample.sender:
                return f"fail to let “{trial.sender}” {verb} a group: it is no phone number"
            return f"let {who} {verb} {descriptions.group(action.group_id)}"
        case ActionKind.WEBHOOK:
            words = descriptions.action(action)
            return words[:1].lower() + words[1:]


def _would_reply(text: str, trial: _Trial) -> str:
    if trial.sample.sender and (no := why_no_reply(trial.who)):
        return f"not reply ({no.words.rstrip('.')})"
    return f"reply “{_filled(text, trial)}”"


def _would_forward(action: Action, trial: _Trial) -> str:
    numbers, _ = forward_to(action.recipients)
    unfit = {trial.who.number, *own_numbers(trial.country)}
    count = sum(n not in unfit for n in numbers)
    if not count:
        return "find nobody to forward it to"
    whom = ", ".join(map(descriptions.recipient, action.recipients))
    text = _filled(action.text, trial, to_others=True)
    return f"forward “{text}” to {whom} ({plural.people(count)})"


def _filled(text: str, trial: _Trial, *, to_others: bool = False) -> str:
    """As the SMS itself would be."""
    return tidy(fill(text, trial.message, trial.country, to_others=to_others))


def _not_triggered(trial: _Trial) -> str:
    words = "No activity would run: the message would be in Did not trigger."
    reply = fallback.get()
    if not reply.on:
        return words
    return f"{words} The fallback reply would {_would_reply(reply.text, trial)}."
