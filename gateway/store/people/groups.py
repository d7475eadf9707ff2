"""Groups of contacts, and the own fields that contacts have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.store.activities import activities
from gateway.store.file import audit
from gateway.store.file.batches import in_bites
from gateway.store.file.database import errors, execute, insert, transaction
from gateway.store.people.people import fold
from gateway.store.schedules import schedules


@dataclass(frozen=True, slots=True)
class GroupInfo:
    id: int
    name: str
    people: int  # members, with or without a number
    always: bool = False  # a STOP of its members does not block them


@dataclass(frozen=True, slots=True)
class OwnFieldInfo:
    """Something else that is known of people, such as their town; `{Town}` in a text."""

    id: int
    name: str


class NameTaken(Exception):
    """A group or field of this name exists; nothing was stored."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"“{name}” exists already.")


def groups() -> list[GroupInfo]:
    with errors():
        rows = execute(
            "SELECT g.id, g.name, (SELECT count(*) FROM membership m WHERE m.group_id = g.id),"
            ' g.always FROM "group" g ORDER BY g.sort, g.id'
        ).fetchall()
    return [GroupInfo(id_, name, people, bool(always)) for id_, name, people, always in rows]


def get(group_id: int) -> GroupInfo | None:
    return next((g for g in groups() if g.id == group_id), None)


def named(folded: str) -> GroupInfo | None:
    with errors():
        row = execute('SELECT id FROM "group" WHERE sort = ?', (folded,)).fetchone()
    return get(row[0]) if row else None


def numbers(group_id: int) -> list[str]:
    """The numbers of its members, by name; members without one are left out."""
    with errors():
        rows = execute(
            "SELECT c.number FROM membership m JOIN contact c ON c.id = m.contact_id"
            " WHERE m.group_id = ? AND c.number <> '' ORDER BY c.sort, c.id",
            (group_id,),
        ).fetchall()
    return [number for (number,) in rows]


def standing(number: str) -> tuple[bool, frozenset[int]]:
    """Whether this number is a contact's, and the groups that it is in."""
    with errors():
        rows = execute(
            "SELECT m.group_id FROM contact c LEFT JOIN membership m ON m.contact_id = c.id"
            " WHERE c.number = ? AND c.number <> ''",
            (number,),
        ).fetchall()
    return bool(rows), frozenset(g for (g,) in rows if g is not None)


def always_reached(number: str) -> bool:
    """Whether the contact of this number, or a group that it is in, is marked so."""
    with errors():
        row = execute(
            "SELECT 1 FROM contact c WHERE c.number = ? AND c.number <> '' AND (c.always OR EXISTS"
            ' (SELECT 1 FROM membership m JOIN "group" g ON g.id = m.group_id'
            "  WHERE m.contact_id = c.id AND g.always))",
            (number,),
        ).fetchone()
    return row is not None


def set_always(group_id: int, on: bool, now: int, who: str) -> bool:
    """False: it was so already, or there is no such group."""
    with transaction():
        row = execute(
            'UPDATE "group" SET always = ? WHERE id = ? AND always <> ? RETURNING name',
            (on, group_id, on),
        ).fetchone()
        if row:
            audit.write(
                now, who, "always reached" if on else "not always reached", f"group {row[0]}"
            )
        return row is not None


def make(name: str, now: int) -> int:
    """Returns its id. Raises NameTaken, StoreError."""
    with transaction():
        _free_group(name, 0)
        sql = 'INSERT INTO "group" (name, sort, created_at) VALUES (?, ?, ?)'
        return insert(sql, (name, fold(name), now))


def rename(group_id: int, name: str) -> None:
    with transaction():
        _free_group(name, group_id)
        sql = 'UPDATE "group" SET name = ?, sort = ? WHERE id = ?'
        execute(sql, (name, fold(name), group_id))


def delete(group_id: int, now: int, who: str) -> None:
    """The people in it stay."""
    with transaction():
        row = execute('SELECT name FROM "group" WHERE id = ?', (group_id,)).fetchone()
        if row:
            execute('DELETE FROM "group" WHERE id = ?', (group_id,))
            audit.write(now, who, "delete group", row[0])


def used_by(group_id: int) -> list[str]:
    """What would stop working without the group, in words."""
    with errors():
        rules = execute(
            "SELECT r.position FROM routing_rule r WHERE r.kind = 'group' AND r.value IN"
            ' (CAST(? AS TEXT), (SELECT name FROM "group" WHERE id = ?)) ORDER BY r.position',
            (group_id, group_id),
        ).fetchall()
    later = schedules.of_group(group_id)
    return [
        *(f"routing rule {position}" for (position,) in rules),
        *(f"the scheduled message “{_beginning(s.content.text)}”" for s in later),
        *(f"the activity “{name}”" for name in activities.using(group_id)),
    ]


def _beginning(text: str) -> str:
    line = " ".join(text[:80].split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def join(group_id: int, contact_ids: Sequence[int]) -> int:
    """Returns how many were not in it. Many in bites."""
    return _each(
        "INSERT OR IGNORE INTO membership (group_id, contact_id)"
        ' SELECT g.id, c.id FROM "group" g, contact c WHERE g.id = ? AND c.id = ?',
        group_id,
        contact_ids,
    )


def leave(group_id: int, contact_ids: Sequence[int]) -> int:
    """Returns how many were in it. Many in bites."""
    sql = "DELETE FROM membership WHERE group_id = ? AND contact_id = ?"
    return _each(sql, group_id, contact_ids)


def _each(sql: str, group_id: int, contact_ids: Sequence[int]) -> int:
    left = list(contact_ids)
    changed = 0

    def bite(most: int) -> int:
        nonlocal changed
        some, left[:] = left[:most], left[most:]
        changed += sum(execute(sql, (group_id, contact_id)).rowcount for contact_id in some)
        return len(some)

    in_bites(bite)
    return changed


def put_into(contact_id: int, group_ids: Sequence[int]) -> None:
    """The contact is in these groups and in no other."""
    with transaction():
        execute("DELETE FROM membership WHERE contact_id = ?", (contact_id,))
        for group_id in group_ids:
            join(group_id, [contact_id])


def _free_group(name: str, own_id: int) -> None:
    sql = 'SELECT 1 FROM "group" WHERE sort = ? AND id <> ?'
    if execute(sql, (fold(name), own_id)).fetchone():
        raise NameTaken(name)


# own fields ------------------------------------------------------------------------------------


def fields() -> list[OwnFieldInfo]:
    with errors():
        rows = execute("SELECT id, name FROM own_field ORDER BY id").fetchall()
    return [OwnFieldInfo(*row) for row in rows]


def add_field(name: str) -> int:
    with transaction():
        _free_field(name, 0)
        return insert("INSERT INTO own_field (name, sort) VALUES (?, ?)", (name, fold(name)))


def rename_field(field_id: int, name: str) -> None:
    with transaction():
        _free_field(name, field_id)
        sql = "UPDATE own_field SET name = ?, sort = ? WHERE id = ?"
        execute(sql, (name, fold(name), field_id))


def delete_field(field_id: int, now: int, who: str) -> None:
    """With everything that was written into it, which goes first, in bites: cut short, the field
    is still there, and no later one of the same id finds what was in it.
    """
    path = f'$."{field_id}"'
    sql = (
        "UPDATE contact SET fields = json_remove(fields, ?) WHERE id IN (SELECT id FROM contact"
        " WHERE json_extract(fields, ?) IS NOT NULL LIMIT ?)"
    )
    in_bites(lambda most: execute(sql, (path, path, most)).rowcount)
    with transaction():
        execute(sql, (path, path, -1))  # what was written meanwhile
        row = execute("DELETE FROM own_field WHERE id = ? RETURNING name", (field_id,)).fetchone()
        if row:
            audit.write(now, who, "delete field", row[0])


def filled(field_id: int) -> int:
    """How many contacts have something in it."""
    with errors():
        row = execute(
            "SELECT count(*) FROM contact WHERE json_extract(fields, ?) IS NOT NULL",
            (f'$."{field_id}"',),
        ).fetchone()
    return int(row[0])


def _free_field(name: str, own_id: int) -> None:
    sql = "SELECT 1 FROM own_field WHERE sort = ? AND id <> ?"
    if execute(sql, (fold(name), own_id)).fetchone():
        raise NameTaken(name)
