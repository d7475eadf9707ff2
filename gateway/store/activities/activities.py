"""Activities as people set them up: what each waits for and what it does, in their order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.decisions.activities import ActionKind, Condition, Hours, Match, Sender
from gateway.store.file import audit
from gateway.store.file.database import errors, execute, insert, transaction


@dataclass(frozen=True, slots=True)
class ForwardRecipient:
    """Whom something is forwarded to: exactly one of them is set."""

    group: int | None = None
    person: int | None = None
    number: str = ""  # E.164 or a short code


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that an activity does; which fields count depends on `kind`."""

    kind: ActionKind
    text: str = ""  # reply, forward
    recipients: tuple[ForwardRecipient, ...] = ()  # forward
    group_id: int | None = None  # join, leave
    url: str = ""  # webhook
    secret: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class ActivityInfo:
    name: str
    condition: Condition
    actions: tuple[Action, ...]
    enabled: bool = True
    id: int = 0
    fired: int = 0  # messages that set it off
    last_fired_at: int | None = None

    @property
    def groups(self) -> frozenset[int]:
        """Every group that it needs."""
        found = {self.condition.group_id} if self.condition.sender is Sender.GROUP else set()
        found |= {a.group_id for a in self.actions}
        found |= {r.group for a in self.actions for r in a.recipients}
        return frozenset(g for g in found if g is not None)


# reading ---------------------------------------------------------------------------------------

_ACTIVITIES = (
    "SELECT a.id, a.name, a.enabled, a.match, a.words, a.sender, a.group_id,"
    " coalesce(g.name, ''), a.connection_id, coalesce(c.name, ''), a.starts, a.ends, a.weekdays,"
    ' a.fired, a.last_fired_at FROM activity a LEFT JOIN "group" g ON g.id = a.group_id'
    " LEFT JOIN connection c ON c.id = a.connection_id AND c.forgotten_at IS NULL"
)


def activities() -> list[ActivityInfo]:
    """All of them, in their order."""
    return _read("")


def enabled() -> list[ActivityInfo]:
    """Those that are switched on, in their order."""
    return _read(" WHERE a.enabled = 1")


def get(activity_id: int) -> ActivityInfo | None:
    return next(iter(_read(" WHERE a.id = ?", activity_id)), None)


def action(action_id: int) -> Action | None:
    """As it is wanted now; None: it was taken out."""
    with errors():
        row = execute(f"{_ACTIONS} WHERE id = ?", (action_id,)).fetchone()
    return _action(row[1:]) if row else None


def using(group_id: int) -> list[str]:
    """Names of the activities that need this group."""
    return [a.name for a in activities() if group_id in a.groups]


def _read(where: str, *params: object) -> list[ActivityInfo]:
    with errors():
        rows = execute(f"{_ACTIVITIES}{where} ORDER BY a.position, a.id", params).fetchall()
        if not rows:
            return []
        actions = _actions([row[0] for row in rows])
    return [_activity(row, tuple(actions.get(row[0], ()))) for row in rows]


_ACTIONS = (
    "SELECT activity_id, id, kind, text, recipients, group_id, url, secret FROM activity_action"
)


_OF_THESE = "WHERE activity_id IN (SELECT value FROM json_each(?)) ORDER BY position, id"


def _actions(ids: Sequence[int]) -> dict[int, list[Action]]:
    found: dict[int, list[Action]] = {}
    for activity_id, *row in execute(
        f"{_ACTIONS} {_OF_THESE}",
        (json.dumps(list(ids)),),
    ):
        found.setdefault(activity_id, []).append(_action(row))
    return found


def _action(row: Sequence[Any]) -> Action:
    id_, kind, text, recipients, group_id, url, secret = row
    return Action(
        ActionKind(kind), text, recipients_from(recipients), group_id, url, secret, id=id_
    )


def _activity(row: tuple[Any, ...], actions: tuple[Action, ...]) -> ActivityInfo:
    id_, name, on, match, words, sender, group_id, group, via, connection, *rest = row
    starts, ends, weekdays, fired, last_fired_at = rest
    days = frozenset(d for d in range(7) if weekdays & 1 << d)
    condition = Condition(
        match=Match(match),
        words=tuple(json.loads(words)),
        sender=Sender(sender),
        group_id=group_id,
        group_name=group,
        connection_id=via,
        connection_name=connection,
        hours=Hours(starts, ends, days),
    )
    return ActivityInfo(name, condition, actions, bool(on), id_, fired, last_fired_at)


def recipients_from(text: str) -> tuple[ForwardRecipient, ...]:
    return tuple(ForwardRecipient(**one) for one in json.loads(text))


def recipients_as_text(recipients: Iterable[ForwardRecipient]) -> str:
    return json.dumps(
        [
            {"group": r.group}
            if r.group is not None
            else {"person": r.person}
            if r.person is not None
            else {"number": r.number}
            for r in recipients
        ]
    )


# writing ---------------------------------------------------------------------------------------


def add(activity: ActivityInfo, now: int, who: str) -> int:
    """Behind all others. Returns its id."""
    with transaction():
        activity_id = insert(
            "INSERT INTO activity (name, position, enabled, match, words, sender, group_id,"
            " connection_id, starts, ends, weekdays, created_at) VALUES"
            " (?, (SELECT coalesce(max(position), 0) + 1 FROM activity), ?, ?, ?, ?, ?, ?, ?, ?,"
            " ?, ?)",
            (activity.name, activity.enabled, *_condition(activity.condition), now),
        )
        _save_actions(activity_id, activity.actions)
        audit.write(now, who, "make activity", activity.name)
    return activity_id


def save(activity: ActivityInfo, now: int, who: str) -> bool:
    """Change the one with `activity.id`; its place in the order stays. False: it is gone."""
    with transaction():
        done = execute(
            "UPDATE activity SET name = ?, enabled = ?, match = ?, words = ?, sender = ?,"
            " group_id = ?, connection_id = ?, starts = ?, ends = ?, weekdays = ? WHERE id = ?",
            (activity.name, activity.enabled, *_condition(activity.condition), activity.id),
        )
        if done.rowcount != 1:
            return False
        _save_actions(activity.id, activity.actions)
        audit.write(now, who, "change activity", activity.name)
    return True


def _condition(c: Condition) -> tuple[object, ...]:
    weekdays = sum(1 << day for day in c.hours.weekdays)
    words = json.dumps(list(c.words), ensure_ascii=False)
    group_id = c.group_id if c.sender is Sender.GROUP else None
    return (
        *(c.match, words, c.sender, group_id),
        *(c.connection_id, c.hours.start, c.hours.end, weekdays),
    )


def _save_actions(activity_id: int, actions: Sequence[Action]) -> None:
    """Actions that stay keep their id, so that what is still under way finds them."""
    sql = "SELECT id, kind FROM activity_action WHERE activity_id = ?"
    known = dict(execute(sql, (activity_id,)).fetchall())
    kept = set()
    for position, one in enumerate(actions, 1):
        values = (
            *(position, one.kind, one.text, recipients_as_text(one.recipients)),
            *(one.group_id, one.url, one.secret),
        )
        if known.get(one.id) == one.kind and one.id not in kept:
            kept.add(one.id)
            execute(
                "UPDATE activity_action SET position = ?, kind = ?, text = ?, recipients = ?,"
                " group_id = ?, url = ?, secret = ? WHERE id = ?",
                (*values, one.id),
            )
        else:
            kept.add(
                insert(
                    "INSERT INTO activity_action (position, kind, text, recipients, group_id, url,"
                    " secret, activity_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (*values, activity_id),
                )
            )
    execute(
        "DELETE FROM activity_action WHERE activity_id = ?"
        " AND id NOT IN (SELECT value FROM json_each(?))",
        (activity_id, json.dumps(sorted(kept))),
    )


def switch(activity_id: int, on: bool, now: int, who: str) -> bool:
    """False: it is gone."""
    return _change(activity_id, "enabled = ?", on, now, who, "switch on" if on else "switch off")


def delete(activity_id: int, now: int, who: str) -> bool:
    """What it has begun is finished, webhooks apart. False: it is gone."""
    with transaction():
        row = execute("DELETE FROM activity WHERE id = ? RETURNING name", (activity_id,)).fetchone()
        if row:
            execute("DELETE FROM activity_wait WHERE activity_id = ?", (activity_id,))
            audit.write(now, who, "delete activity", row[0])
    return row is not None


def shift(activity_id: int, by: int, now: int, who: str) -> bool:
    """One place earlier (-1) or later (1). False: there is no such place."""
    with transaction():
        order = [i for (i,) in execute("SELECT id FROM activity ORDER BY position, id").fetchall()]
        at = order.index(activity_id) if activity_id in order else -1
        if at < 0 or not 0 <= at + by < len(order):
            return False
        order[at], order[at + by] = order[at + by], order[at]
        for position, one in enumerate(order, 1):
            execute("UPDATE activity SET position = ? WHERE id = ?", (position, one))
        return _change(activity_id, "id = ?", activity_id, now, who, "move")


def _change(activity_id: int, change: str, value: object, now: int, who: str, action: str) -> bool:
    with transaction():
        row = execute(
            f"UPDATE activity SET {change} WHERE id = ? RETURNING name",  # noqa: S608
            (value, activity_id),
        ).fetchone()
        if row:
            audit.write(now, who, f"{action} activity", row[0])
    return row is not None
