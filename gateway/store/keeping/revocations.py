"""Who could come in again through a backup that is put back, though it was ended since.

A token that was revoked, a user who was deleted or disabled, a password that was changed: in the
backup all of them are still good. What is on the box now knows, where both are of the same box
(they sign with the same key); of another box nothing is known, and everything comes as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.store.file import sqlite

SIGNING_KEY = "signing_key"  # setting
ADMINISTRATOR = "administrator"
ROLES = ("reader", "operator", ADMINISTRATOR)  # from the least to the most


@dataclass(frozen=True, slots=True)
class ReturningAccess:
    """By name: what the backup would let in again. `others`: their old password, or more rights."""

    tokens: tuple[str, ...] = ()
    users: tuple[str, ...] = ()  # deleted or disabled since
    others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tokens or self.users or self.others)


@dataclass(frozen=True, slots=True)
class _Access:
    """Who may come in, as one store has it."""

    key: str
    tokens: dict[str, str]  # digest -> name
    users: dict[str, tuple[str, str, bool]]  # name -> password's hash, role, disabled


def _access(store: sqlite.Connection) -> _Access:
    row = store.execute("SELECT value FROM setting WHERE key = ?", (SIGNING_KEY,)).fetchone()
    tokens = {str(d): str(n) for d, n in store.execute("SELECT digest, name FROM token")}
    disabled = "disabled" if _can_disable(store) else "0"
    users = {
        str(name): (str(password), str(role), bool(off))
        for name, password, role, off in store.execute(
            f'SELECT name, password, role, {disabled} FROM "user"'  # noqa: S608
        )
    }
    return _Access(str(row[0]) if row else "", tokens, users)


def _can_disable(store: sqlite.Connection) -> bool:
    return any(row[1] == "disabled" for row in store.execute('PRAGMA table_xinfo("user")'))


def _live(path: Path) -> _Access | None:
    if not path.exists():
        return None
    try:
        with sqlite.read_only(path) as live:
            return _access(live)
    except (sqlite.Error, UnicodeError):
        return None


def is_known(live: Path) -> bool:
    """Whether the store that is replaced can still tell who may come in."""
    now = _live(live)
    return now is not None and bool(now.key)


def _compared(old: _Access, now: _Access | None) -> ReturningAccess:
    if now is None or not now.key or now.key != old.key:
        return ReturningAccess()
    tokens = [name for digest, name in old.tokens.items() if digest not in now.tokens]
    users, others = [], []
    for name, (password, role, off) in old.users.items():
        there = now.users.get(name)
        if there is None or (there[2] and not off):
            users.append(name)
        elif there[0] != password or _rank(there[1]) < _rank(role):
            others.append(name)
    return ReturningAccess(tuple(sorted(tokens)), tuple(sorted(users)), tuple(sorted(others)))


def _rank(role: str) -> int:
    return ROLES.index(role) if role in ROLES else -1


def returning(backup: sqlite.Connection, live: Path) -> ReturningAccess:
    """What would come back; `live` is the store that is replaced."""
    return _compared(_access(backup), _live(live))


def revoke(copy: sqlite.Connection, live: Path) -> ReturningAccess:
    """Take out of `copy` what was ended since; passwords and roles are those of now.

    Inside the caller's transaction. Somebody who may change the settings is left in any case.
    """
    old, now = _access(copy), _live(live)
    found = _compared(old, now)
    if now is None or not found:
        return found
    gone = [digest for digest in old.tokens if digest not in now.tokens]
    copy.executemany("DELETE FROM token WHERE digest = ?", [(digest,) for digest in gone])
    for name in (*found.users, *found.others):
        there = now.users.get(name)
        if there is None or (there[2] and not _can_disable(copy)):
            copy.execute('DELETE FROM "user" WHERE name = ?', (name,))
            continue
        password, role, off = there
        sql = 'UPDATE "user" SET password = ?, role = ? WHERE name = ?'
        copy.execute(sql, (password, role, name))
        if off:
            copy.execute('UPDATE "user" SET disabled = 1 WHERE name = ?', (name,))
    _leave_somebody(copy, now)
    return found


def _leave_somebody(copy: sqlite.Connection, now: _Access) -> None:
    def able(user: tuple[str, str, bool]) -> bool:
        password, role, off = user
        return bool(password) and role == ADMINISTRATOR and not off

    if any(map(able, _access(copy).users.values())):
        return
    for name, user in now.users.items():
        if able(user):
            copy.execute('DELETE FROM "user" WHERE name = ?', (name,))
            copy.execute(
                'INSERT INTO "user" (name, password, role, created_at) VALUES (?, ?, ?, 0)',
                (name, user[0], user[1]),
            )
