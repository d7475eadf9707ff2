"""Contacts: who a number belongs to. Names are never copied into messages; they are looked up when
somebody reads (`names`), so that a corrected name is right everywhere at once.

`sort` and `search` are the name made comparable (`fold`), kept beside it because SQLite compares
and finds octets only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.store.file import audit, settings
from gateway.store.file.batches import in_bites
from gateway.store.file.database import errors, execute, insert, transaction
from gateway.text.comparison import fold as fold
from gateway.text.plural import counted

PAGE = 50
LAST_ID = "people.last_id"  # plans name people by id: none is given a second time
AT_ONCE = 900  # values in one statement; SQLite takes 999 at least
LAST = "\U0010ffff"  # sorts after every name: people without one come last


@dataclass(frozen=True, slots=True)
class ContactInfo:
    """`fields` holds values by the id of the own field."""

    name: str
    number: str = ""  # E.164 or a short code; "" = none
    notes: str = ""
    fields: Mapping[int, str] = field(default_factory=dict)
    id: int = 0
    groups: tuple[str, ...] = ()  # names, in order
    blocked: bool = False
    always: bool = False  # always reached: a STOP does not block; see set_always

    @property
    def shown(self) -> str:
        return self.name or self.number


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts: words to find, a group, blocked ones only."""

    find: str = ""
    group_id: int | None = None
    blocked: bool = False


class NumberTaken(Exception):
    """Another contact has this number; nothing was stored."""

    def __init__(self, number: str, contact_id: int, name: str) -> None:
        self.number, self.contact_id, self.name = number, contact_id, name
        super().__init__(f"{number} belongs to {name or 'a contact without a name'} already.")


# reading ---------------------------------------------------------------------------------------

_COLUMNS = (
    "c.id, c.name, c.number, c.notes, c.fields, c.always,"
    " EXISTS (SELECT 1 FROM blocked b WHERE b.number = c.number AND c.number <> '')"
)


def get(contact_id: int) -> ContactInfo | None:
    return next(iter(by_ids([contact_id])), None)


def by_ids(ids: Sequence[int]) -> list[ContactInfo]:
    """In the order given; unknown ones are left out."""
    found: dict[int, ContactInfo] = {}
    for some in _some(ids):
        rows = execute(
            f"SELECT {_COLUMNS} FROM contact c WHERE c.id IN ({_marks(some)})",  # noqa: S608
            some,
        ).fetchall()
        member = _groups_of(some)
        found |= {row[0]: _contact(row, member.get(row[0], ())) for row in rows}
    return [found[i] for i in ids if i in found]


def by_number(number: str) -> ContactInfo | None:
    with errors():
        row = execute("SELECT id FROM contact WHERE number = ? AND number <> ''", (number,))
        found = row.fetchone()
    return get(found[0]) if found else None


def names(numbers: Iterable[str]) -> dict[str, str]:
    """Number -> name, for those that belong to a contact with a name."""
    found: dict[str, str] = {}
    with errors():
        for some in _some(list({n for n in numbers if n})):
            rows = execute(
                "SELECT number, name FROM contact WHERE name <> '' AND number <> ''"  # noqa: S608
                f" AND number IN ({_marks(some)})",
                some,
            )
            found.update(rows.fetchall())
    return found


def ids_of(numbers: Iterable[str]) -> dict[str, int]:
    """Number -> contact."""
    found: dict[str, int] = {}
    with errors():
        for some in _some(list({n for n in numbers if n})):
            sql = (
                f"SELECT number, id FROM contact WHERE number <> '' AND number IN ({_marks(some)})"  # noqa: S608
            )
            found.update(execute(sql, some).fetchall())
    return found


def named(folded: str) -> list[ContactInfo]:
    """Everybody of exactly this name (folded)."""
    with errors():
        rows = execute("SELECT id FROM contact WHERE sort = ? ORDER BY id LIMIT 20", (folded,))
        return by_ids([i for (i,) in rows.fetchall()])


def page(
    wanted: ContactFilter, after: tuple[str, int] | None = None, limit: int = PAGE
) -> list[tuple[tuple[str, int], ContactInfo]]:
    """Contacts by name with their keys; `after` is the key of the last one on the page above."""
    where, params = _where(wanted)
    key = after or ("", 0)
    with errors():
        rows = execute(
            f"SELECT c.sort, c.id FROM contact c WHERE {where} AND (c.sort, c.id) > (?, ?)"  # noqa: S608
            " ORDER BY c.sort, c.id LIMIT ?",
            (*params, *key, limit),
        ).fetchall()
        found = {c.id: c for c in by_ids([i for _, i in rows])}
    return [((sort, i), found[i]) for sort, i in rows if i in found]


def count(wanted: ContactFilter = ContactFilter()) -> int:
    where, params = _where(wanted)
    with errors():
        row = execute(f"SELECT count(*) FROM contact c WHERE {where}", params)  # noqa: S608
        return int(row.fetchone()[0])


def ids(wanted: ContactFilter) -> list[int]:
    """All of them, by name."""
    where, params = _where(wanted)
    with errors():
        sql = f"SELECT c.id FROM contact c WHERE {where} ORDER BY c.sort, c.id"  # noqa: S608
        return [i for (i,) in execute(sql, params)]


def suggest(typed: str, limit: int) -> list[ContactInfo]:
    """Who has a number and a word of whose name, or whose number, begins with what is typed."""
    folded = fold(typed)
    if not folded:
        return []
    with errors():
        rows = execute(
            "SELECT id FROM contact WHERE instr(search, ?) AND number <> ''"
            " ORDER BY sort, id LIMIT ?",
            (" " + folded, limit),
        ).fetchall()
        return by_ids([i for (i,) in rows])


def _where(wanted: ContactFilter) -> tuple[str, list[object]]:
    clauses: list[str] = ["1"]
    params: list[object] = []
    for word in fold(wanted.find).split()[:8]:
        clauses.append("instr(c.search, ?)")
        params.append(word)
    if wanted.group_id is not None:
        clauses.append("c.id IN (SELECT contact_id FROM membership WHERE group_id = ?)")
        params.append(wanted.group_id)
    if wanted.blocked:
        clauses.append("c.number IN (SELECT number FROM blocked)")
    return " AND ".join(clauses), params


def _groups_of(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for contact_id, name in execute(
        'SELECT m.contact_id, g.name FROM membership m JOIN "group" g ON g.id = m.group_id'  # noqa: S608
        f" WHERE m.contact_id IN ({_marks(ids)}) ORDER BY g.sort",
        ids,
    ):
        found.setdefault(contact_id, []).append(name)
    return {contact_id: tuple(names) for contact_id, names in found.items()}


def _contact(row: tuple[Any, ...], groups: tuple[str, ...]) -> ContactInfo:
    id_, name, number, notes, fields, always, blocked = row
    values = {int(k): v for k, v in json.loads(fields).items()} if fields != "{}" else {}
    return ContactInfo(name, number, notes, values, id_, groups, bool(blocked), bool(always))


# writing ---------------------------------------------------------------------------------------


def add(contact: ContactInfo, now: int) -> int:
    """Returns the new id. Groups are not touched. Raises NumberTaken, StoreError."""
    with transaction():
        _free(contact.number, 0)
        return insert(
            "INSERT INTO contact (name, number, notes, fields, sort, search, created_at,"
            " changed_at, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_values(contact), now, now, _highest_id() + 1),
        )


def _highest_id() -> int:
    """That anybody has, or had."""
    (highest,) = execute("SELECT coalesce(max(id), 0) FROM contact").fetchone()
    return max(int(highest), int(settings.get(LAST_ID, 0)))


def save(contact: ContactInfo, now: int) -> bool:
    """Change the one with `contact.id`. False: it is gone. Raises NumberTaken, StoreError."""
    with transaction():
        _free(contact.number, contact.id)
        done = execute(
            "UPDATE contact SET name = ?, number = ?, notes = ?, fields = ?, sort = ?, search = ?,"
            " changed_at = ? WHERE id = ?",
            (*_values(contact), now, contact.id),
        )
        return done.rowcount == 1


def set_always(contact_id: int, on: bool, now: int, who: str) -> bool:
    """False: it was so already, or the contact is gone. `save` leaves it as it is."""
    with transaction():
        row = execute(
            "UPDATE contact SET always = ? WHERE id = ? AND always <> ? RETURNING name, number",
            (on, contact_id, on),
        ).fetchone()
        if row:
            name, number = row
            audit.write(now, who, "always reached" if on else "not always reached", name or number)
        return row is not None


def delete(ids: Sequence[int], now: int, who: str) -> int:
    """Messages stay, under the bare number. Returns how many contacts went.

    Many go in bites; cut short, those that went are gone and the audit list says how many.
    """
    left = list(dict.fromkeys(ids))
    count = entry = 0

    def bite(most: int) -> int:
        nonlocal count, entry
        settings.put(LAST_ID, _highest_id())
        some, left[:] = left[:most], left[most:]
        count += execute(f"DELETE FROM contact WHERE id IN ({_marks(some)})", some).rowcount  # noqa: S608
        if count:
            entry = audit.write(now, who, "delete contacts", counted(count, "contact"), entry)
        return len(some)

    in_bites(bite)
    return count


@dataclass(frozen=True, slots=True)
class DeletedContact:
    """A contact as it was, to be put back just so."""

    row: tuple[Any, ...]  # _WHOLE
    groups: tuple[int, ...]


_WHOLE = "id, name, number, notes, fields, sort, search, created_at, changed_at, always"


def as_they_are(ids: Sequence[int]) -> list[DeletedContact]:
    with errors():
        chosen = json.dumps(list(ids))
        groups_of: dict[int, list[int]] = {}
        for contact_id, group_id in execute(
            "SELECT contact_id, group_id FROM membership"
            " WHERE contact_id IN (SELECT value FROM json_each(?))",
            (chosen,),
        ):
            groups_of.setdefault(contact_id, []).append(group_id)
        rows = execute(
            f"SELECT {_WHOLE} FROM contact WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608
            (chosen,),
        ).fetchall()
    return [DeletedContact(tuple(row), tuple(groups_of.get(row[0], ()))) for row in rows]


def put_back(found: Sequence[DeletedContact], now: int, who: str) -> int:
    """Under their old ids, in the groups that are still there; returns how many.

    Left out is whoever is back already, and whose number somebody else has by now.
    """
    count = 0
    with transaction():
        for one in found:
            if execute("SELECT 1 FROM contact WHERE id = ?", one.row[:1]).fetchone():
                continue
            done = execute(
                f"INSERT OR IGNORE INTO contact ({_WHOLE}) VALUES ({_marks(one.row)})",  # noqa: S608
                one.row,
            ).rowcount
            count += done
            for group_id in one.groups if done else ():
                execute(
                    "INSERT OR IGNORE INTO membership (group_id, contact_id)"
                    ' SELECT id, ? FROM "group" WHERE id = ?',
                    (one.row[0], group_id),
                )
        if count:
            audit.write(now, who, "restore contacts", counted(count, "contact"))
    return count


def _free(number: str, own_id: int) -> None:
    if not number:
        return
    row = execute(
        "SELECT id, name FROM contact WHERE number = ? AND number <> '' AND id <> ?",
        (number, own_id),
    ).fetchone()
    if row:
        raise NumberTaken(number, row[0], row[1])


def _values(c: ContactInfo) -> tuple[str, str, str, str, str, str]:
    fields = json.dumps({str(k): v for k, v in sorted(c.fields.items()) if v}, ensure_ascii=False)
    sort = fold(c.name)
    digits = c.number.lstrip("+")
    search = f" {sort} {c.number} {digits}" if c.number else f" {sort}"
    return c.name, c.number, c.notes, fields, sort or LAST + digits, search


# what was said ---------------------------------------------------------------------------------


def history(numbers: Sequence[str], before_id: int | None, limit: int) -> list[int]:
    """Messages from and to a person, newest first, without the deleted ones.

    `numbers`: all the ways in which the network may have written the one number.
    """
    before = before_id or 2**63 - 1
    found: set[int] = set()
    with errors():
        for number in filter(None, numbers):  # each walks down its own index
            heard = execute(
                "SELECT id FROM message WHERE peer = ? AND id < ? AND deleted_at IS NULL"
                " ORDER BY id DESC LIMIT ?",
                (number, before, limit),
            ).fetchall()
            told = execute(
                "SELECT DISTINCT message_id FROM dispatch WHERE number = ? AND message_id < ?"
                " AND held = 0 ORDER BY message_id DESC LIMIT ?",
                (number, before, limit),
            ).fetchall()
            found.update(i for (i,) in (*heard, *told))
    return sorted(found, reverse=True)[:limit]


def own_texts(numbers: Sequence[str], message_ids: Sequence[int]) -> dict[int, str]:
    """Message -> what this person got, where that differs from what stands with the message."""
    found: dict[int, str] = {}
    with errors():
        for some in _some(message_ids):
            sql = (
                f"SELECT message_id, text FROM dispatch WHERE number IN ({_marks(numbers)})"  # noqa: S608
                f" AND text IS NOT NULL AND message_id IN ({_marks(some)})"
            )
            found.update(execute(sql, (*numbers, *some)).fetchall())
    return found


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _some(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
