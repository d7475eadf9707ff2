"""An activity as it is typed -> one that can be kept, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway import sms
from gateway.decisions.activities import ActionKind, Condition, Hours, Match, Sender
from gateway.decisions.activities.hours import clock
from gateway.decisions.activities.keywords import as_word, plain
from gateway.services.activities import http_post
from gateway.services.activities.placeholders import placeholders, template
from gateway.services.messages.accept import tidy
from gateway.services.messages.composition import MAX_PARTS
from gateway.services.people.addressees import resolve, written_person
from gateway.services.people.numbers import SEPARATORS
from gateway.store.activities.activities import Action, ActivityInfo, ForwardRecipient
from gateway.store.connections import connections
from gateway.store.people import groups, people
from gateway.store.people.people import fold
from gateway.text import clean
from gateway.text.refusal import FieldError
from gateway.text.values import BadValue, choice, time_of_day, whole

LONGEST_NAME = 60
MOST_ACTIONS, MOST_WORDS, LONGEST_WORD, MOST_RECIPIENTS = 10, 50, 60, 200
MIDNIGHT = ("24:00", "24:00:00")  # as the end of a day
E = TypeVar("E", Match, Sender)


@dataclass(frozen=True, slots=True)
class TypedAction:
    kind: str = ActionKind.REPLY
    text: str = ""
    recipients: str = ""
    group: str = ""
    url: str = ""
    secret: str = ""
    keep_secret: bool = False  # the one that is stored already
    id: int = 0


@dataclass(frozen=True, slots=True)
class TypedActivity:
    name: str = ""
    match: str = Match.WORD
    words: str = ""
    sender: str = Sender.ANYBODY
    group: str = ""
    connection: str = ""  # "" = any
    starts: str = ""
    ends: str = ""
    weekdays: tuple[int, ...] = tuple(range(7))
    actions: tuple[TypedAction, ...] = (TypedAction(),)
    enabled: bool = True


def typed_activity(activity: ActivityInfo) -> TypedActivity:
    """As it stands in the form."""
    c = activity.condition
    return TypedActivity(
        name=activity.name,
        match=c.match,
        words=", ".join(c.words),
        sender=c.sender,
        group=str(c.group_id or ""),
        connection=str(c.connection_id or ""),
        starts="" if c.hours.start == c.hours.end else clock(c.hours.start),
        ends="" if c.hours.start == c.hours.end else clock(c.hours.end),
        weekdays=tuple(sorted(c.hours.weekdays)),
        actions=tuple(_action_typed(a) for a in activity.actions),
        enabled=activity.enabled,
    )


def _action_typed(action: Action) -> TypedAction:
    return TypedAction(
        kind=action.kind,
        text=action.text,
        recipients=recipients_typed(action.recipients),
        group=str(action.group_id or ""),
        url=action.url,
        keep_secret=bool(action.secret),
        id=action.id,
    )


def recipients_typed(recipients: Iterable[ForwardRecipient]) -> str:
    """As people write it under Recipients; who was deleted is left out."""
    said = []
    for one in recipients:
        if one.group is not None:
            group = groups.get(one.group)
            said.append(group.name if group else "")
        elif one.person is not None:
            contact = people.get(one.person)
            said.append(written_person(contact) if contact and contact.number else "")
        else:
            said.append(one.number)
    return ", ".join(filter(None, said))


# checking --------------------------------------------------------------------------------------


def examine(
    draft: TypedActivity, country: str, secrets: dict[int, str]
) -> tuple[ActivityInfo, list[FieldError]]:
    """`secrets`: those that are stored, by their action. What is wrong is left out of the first."""
    errors: list[FieldError] = []
    name = clean.line(draft.name)
    if not name or len(name) > LONGEST_NAME:
        errors.append(FieldError("name", f"Enter a name of 1 to {LONGEST_NAME} characters."))
    condition = _condition(draft, errors)
    if not draft.actions:
        errors.append(FieldError("actions", "Add at least one action."))
    if len(draft.actions) > MOST_ACTIONS:
        errors.append(FieldError("actions", f"At most {MOST_ACTIONS} actions are possible."))
    actions = []
    for n, one in enumerate(draft.actions[:MOST_ACTIONS]):
        mistakes: list[FieldError] = []
        if found := _action(one, country, secrets, mistakes):
            actions.append(found)
        errors += [FieldError(f"a{n}-{e.field}", e.words) for e in mistakes]
    return ActivityInfo(name, condition, tuple(actions), draft.enabled), errors


def _condition(draft: TypedActivity, errors: list[FieldError]) -> Condition:
    match = _one_of(Match, draft.match, "match", errors)
    sender = _one_of(Sender, draft.sender, "sender", errors)
    words = _condition_words(draft.words, match, errors) if match is not Match.ANYTHING else ()
    group_id, group_name = None, ""
    if sender is Sender.GROUP:
        group_id, group_name = _group(draft.group, errors)
    connection_id, connection_name = None, ""
    if draft.connection:
        chosen = whole(draft.connection)
        info = None if isinstance(chosen, BadValue) else connections.get(chosen)
        if info is None:
            words_ = "This connection is not known; choose another."
            errors.append(FieldError("connection", words_))
        else:
            connection_id, connection_name = info.connection_id, info.name
    return Condition(
        match=match,
        words=words,
        sender=sender,
        group_id=group_id,
        group_name=group_name,
        connection_id=connection_id,
        connection_name=connection_name,
        hours=_hours(draft, errors),
    )


def _one_of(kind: type[E], value: str, field: str, errors: list[FieldError]) -> E:
    found = choice(value, kind)
    if isinstance(found, BadValue):
        errors.append(FieldError(field, "Choose one of these."))
        return next(iter(kind))
    return found


def _condition_words(text: str, match: Match, errors: list[FieldError]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, map(clean.line, re.split(r"[,;،、\n]", text)))))
    wrong = ""
    if not found:
        wrong = "Enter at least one word, or choose “anything”."
    elif len(found) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in found):
        wrong = f"At most {MOST_WORDS} words of {LONGEST_WORD} characters are possible."
    elif match is Match.WORD and (bad := [w for w in found if " " in w]):
        wrong = f"“{bad[0]}” is more than one word; separate words with commas, or choose"
        wrong += " “starts with”."
    elif match is Match.WORD and (bad := [w for w in found if not as_word(w)]):
        wrong = f"“{bad[0]}” is no word; choose “starts with” or “contains” for it."
    elif bad := [w for w in found if not plain(w)]:
        wrong = f"“{bad[0]}” cannot be seen; enter another word."
    if wrong:
        errors.append(FieldError("words", wrong))
    return found


def _group(value: str, errors: list[FieldError]) -> tuple[int | None, str]:
    chosen = whole(value)
    found = None if isinstance(chosen, BadValue) else groups.get(chosen)
    if found is None:
        words = "Choose a group." if not value else "This group does not exist any more."
        if not groups.groups():
            words = "There is no group yet; make one under People."
        errors.append(FieldError("group", words))
        return None, ""
    return found.id, found.name


def _hours(draft: TypedActivity, errors: list[FieldError]) -> Hours:
    weekdays = frozenset(d for d in draft.weekdays if 0 <= d < 7)
    if not weekdays:
        errors.append(FieldError("weekdays", "Tick at least one day."))
    start, end = (_minutes(text) for text in (draft.starts, draft.ends))
    if start is None or end is None:
        for field, minutes in (("starts", start), ("ends", end)):
            if minutes is None:
                errors.append(FieldError(field, "Enter a time such as 18:30."))
        return Hours()
    if bool(draft.starts.strip()) != bool(draft.ends.strip()):
        field = "ends" if draft.starts.strip() else "starts"
        errors.append(FieldError(field, "Enter both times, or none for the whole day."))
    elif start == end and start:
        words = "Both times are the same; leave both empty for the whole day."
        errors.append(FieldError("ends", words))
    return Hours(start, end, weekdays)


def _minutes(text: str) -> int | None:
    """Minutes after midnight; nothing typed is 0, nonsense is None."""
    if not text.strip() or text.strip() in MIDNIGHT:
        return 0
    found = time_of_day(text)
    return None if isinstance(found, BadValue) else found.hour * 60 + found.minute


# actions ---------------------------------------------------------------------------------------


def _action(
    one: TypedAction, country: str, secrets: dict[int, str], errors: list[FieldError]
) -> Action | None:
    match one.kind:
        case ActionKind.REPLY:
            return Action(ActionKind.REPLY, text(one.text, errors), id=one.id)
        case ActionKind.FORWARD:
            recipients = _recipients(one.recipients, country, errors)
            said = text(one.text, errors)
            return Action(ActionKind.FORWARD, said, recipients, id=one.id)
        case ActionKind.JOIN | ActionKind.LEAVE:
            group_id, _ = _group(one.group, errors)
            return Action(ActionKind(one.kind), group_id=group_id, id=one.id)
        case ActionKind.WEBHOOK:
            return _webhook(one, secrets, errors)
    errors.append(FieldError("kind", "Choose what is to be done."))
    return None


def _webhook(one: TypedAction, secrets: dict[int, str], errors: list[FieldError]) -> Action:
    url, secret = one.url.strip(), one.secret.strip()
    try:
        http_post.check(url)
    except http_post.BadUrl as e:
        errors.append(FieldError("url", str(e)))
    if len(secret) > 200 or not secret.isprintable():
        errors.append(FieldError("secret", "At most 200 visible characters are possible here."))
    if not secret and one.keep_secret:
        secret = secrets.get(one.id, "")
    return Action(ActionKind.WEBHOOK, url=url, secret=secret, id=one.id)


def text(said: str, errors: list[FieldError]) -> str:
    """A text with placeholders."""
    said = tidy(said).strip()
    wrong = ""
    try:
        said.encode()
    except UnicodeEncodeError as e:
        wrong = f"Character {e.start + 1} is broken; type it again."
    if not said:
        wrong = "Write a message."
    elif "\0" in said:
        wrong = f"Character {said.index(chr(0)) + 1} cannot be sent; remove it."
    elif not wrong and (unknown := list(dict.fromkeys(template(said).unknown))):
        names = ", ".join("{" + name + "}" for name in unknown)
        offered = ", ".join("{" + name + "}" for name in placeholders())
        wrong = f"{names} cannot be filled in. Use {offered}; for braces in the SMS write"
        wrong += " {{two of them}}."
    elif not wrong and (parts := sms.count(said).parts) > MAX_PARTS:
        wrong = f"The message is too long: it takes {parts} SMS, at most {MAX_PARTS} are possible."
    if wrong:
        errors.append(FieldError("text", wrong))
    return said


def _recipients(
    typed_: str, country: str, errors: list[FieldError]
) -> tuple[ForwardRecipient, ...]:
    """Groups and people by their id: their names and numbers may change. Groups may be empty."""
    found: dict[ForwardRecipient, None] = {}
    bad: list[str] = []
    for part in filter(None, map(str.strip, SEPARATORS.split(typed_))):
        group = groups.named(fold(part))
        if group and not people.named(fold(part)):
            found[ForwardRecipient(group=group.id)] = None
            continue
        addressees = resolve([part], country)
        bad += [f"{one}." for one in addressees.bad]
        for entry in addressees.entries:
            found |= dict.fromkeys(_entry(entry.kind, entry.numbers))
    if bad:
        errors.append(FieldError("recipients", " ".join(bad)))
    elif not found:
        words = "Enter at least one phone number, person or group."
        errors.append(FieldError("recipients", words))
    elif len(found) > MOST_RECIPIENTS:
        words = f"At most {MOST_RECIPIENTS} are possible here; put them into a group."
        errors.append(FieldError("recipients", words))
    return tuple(found)


def _entry(kind: str, numbers: Sequence[str]) -> list[ForwardRecipient]:
    known = people.ids_of(numbers) if kind == "person" else {}
    return [
        ForwardRecipient(person=known[n]) if n in known else ForwardRecipient(number=n)
        for n in numbers
    ]
