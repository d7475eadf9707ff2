"""Who may use the box: people, their browsers' sessions, first-run codes. Tokens: tokens.py.

Secrets never reach this module: it is given password hashes and SHA-256 digests (hex) only.
Every function needs this thread's connection to be open and raises StoreError. What people would
ask about later leaves a row in the audit table, in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.store.accounts.models import Session, Token, User
from gateway.store.file import audit
from gateway.store.file.database import errors, execute, transaction
from gateway.store.file.models import Setting

FIRST_RUN = "first_run"  # settings key: [{"digest": ..., "expires_at": ms or null}, ...]
SIGNING_KEY = "signing_key"  # settings key: hex; signs form tokens and nothing else
MOST_CODES = 3  # codes printed by start, command line and button may be under way together
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class UserInfo:
    id: int
    name: str
    password: str  # hash; "" = cannot sign in
    role: str
    disabled: bool = False
    signed_in_at: int | None = None


@dataclass(frozen=True, slots=True)
class SessionInfo:
    id: int
    user_id: int
    name: str
    role: str
    created_at: int
    seen_at: int
    expires_at: int
    agent: str = ""
    address: str = ""


class LastAdministrator(Exception):
    """Nobody would be left who may change the settings; nothing was changed."""


# people ----------------------------------------------------------------------------------------


def user(name: str) -> UserInfo | None:
    with errors():
        row = User.get_or_none(User.name == name)
    return _user_row(row) if row else None


def user_by_id(user_id: int) -> UserInfo | None:
    with errors():
        row = User.get_or_none(User.id == user_id)
    return _user_row(row) if row else None


def users() -> list[UserInfo]:
    with errors():
        rows: Iterable[User] = User.select().order_by(User.name)
        return [_user_row(row) for row in rows]


def user_names() -> list[str]:
    with errors():
        return [row.name for row in User.select(User.name).order_by(User.name)]


def add_user(name: str, role: str, password_hash: str, now: int, *, who: str) -> bool:
    """False: there is somebody of this name."""
    with transaction():
        if User.select().where(User.name == name).exists():
            return False
        User.create(name=name, role=role, password=password_hash, created_at=now)
        audit.write(now, who, "user added", f"{name}, {role}")
        return True


def set_password(name: str, password_hash: str, now: int, *, who: str, role: str = "") -> None:
    """Give a person a new password, making the person if new; sessions and codes end.

    `role` "" leaves it as it is; a new person is an administrator then. Raises LastAdministrator.
    """
    with transaction():
        _put_codes([])
        _put_password(name, password_hash, now, role)
        _check_somebody_is_left()
        audit.write(now, who, "password set", name + (f", {role}" if role else ""))


def change_hash(user_id: int, old: str, new: str) -> None:
    """The same password hashed anew, unless the password was changed meanwhile."""
    with errors():
        User.update(password=new).where(User.id == user_id, User.password == old).execute()


def set_role(user_id: int, role: str, now: int, *, who: str) -> None:
    """Raises LastAdministrator."""
    with transaction():
        found = User.get_or_none(User.id == user_id)
        if found is None or found.role == role:
            return
        User.update(role=role).where(User.id == user_id).execute()
        _check_somebody_is_left()
        audit.write(now, who, "role changed", f"{found.name}: {found.role} to {role}")


def set_disabled(user_id: int, disabled: bool, now: int, *, who: str) -> None:
    """Keep somebody out, whose sessions end, or let them in again. Raises LastAdministrator."""
    with transaction():
        found = User.get_or_none(User.id == user_id)
        if found is None or found.disabled == disabled:
            return
        User.update(disabled=disabled).where(User.id == user_id).execute()
        _check_somebody_is_left()
        if disabled:
            Session.delete().where(Session.user == user_id).execute()
        audit.write(now, who, "user disabled" if disabled else "user enabled", found.name)


def delete_user(user_id: int, now: int, *, who: str) -> None:
    """Their sessions and the tokens that they made go too; what they wrote stays.

    Raises LastAdministrator.
    """
    with transaction():
        found = User.get_or_none(User.id == user_id)
        if found is None:
            return
        User.delete().where(User.id == user_id).execute()
        _check_somebody_is_left()
        audit.write(now, who, "user deleted", found.name)
        for token in Token.select().where(Token.made_by == found.name):
            Token.delete().where(Token.id == token.id).execute()
            audit.write(now, who, "token revoked", token.name)


def _check_somebody_is_left() -> None:
    """Inside the transaction, so that two people cannot remove each other at once."""
    able = (User.role == ADMINISTRATOR) & (User.password != "") & (User.disabled == False)  # noqa: E712
    if not User.select().where(able).exists():
        raise LastAdministrator


def _put_password(name: str, password_hash: str, now: int, role: str) -> None:
    changes = {"password": password_hash, "disabled": False} | ({"role": role} if role else {})
    if not User.update(changes).where(User.name == name).execute():
        role = role or ADMINISTRATOR
        User.create(name=name, password=password_hash, role=role, created_at=now)
    whose = User.select(User.id).where(User.name == name)
    Session.delete().where(Session.user.in_(whose)).execute()


def _user_row(row: User) -> UserInfo:
    return UserInfo(row.id, row.name, row.password, row.role, row.disabled, row.signed_in_at)


# first run -------------------------------------------------------------------------------------


def add_first_run_code(
    digest: str, expires_at: int | None, now: int, *, how: str = "", who: str = ""
) -> None:
    """Remember one more code; the oldest is forgotten when there are more than MOST_CODES.

    `how` it was asked for goes into the audit list; the first ones of a new box do not.
    """
    with transaction():
        if how:
            audit.write(now, who, "one-time code made", how)
        codes = _codes(now)
        codes.append({"digest": digest, "expires_at": expires_at})
        _put_codes(codes[-MOST_CODES:])


def first_run_digests(now: int) -> list[str]:
    with errors():
        return [str(code["digest"]) for code in _codes(now)]


def claim_first_run(digest: str, name: str, password_hash: str, now: int) -> bool:
    """Use a code up: all codes die and `name` gets the password. False: no such code any more."""
    with transaction():
        if digest not in [code["digest"] for code in _codes(now)]:
            return False
        _put_codes([])
        _put_password(name, password_hash, now, ADMINISTRATOR)
        audit.write(now, name, "first run", "administrator's name and password set")
        return True


def _codes(now: int) -> list[dict[str, str | int | None]]:
    row = Setting.get_or_none(Setting.key == FIRST_RUN)
    codes = json.loads(row.value) if row else []
    return [c for c in codes if c["expires_at"] is None or c["expires_at"] > now]


def _put_codes(codes: list[dict[str, str | int | None]]) -> None:
    Setting.insert(key=FIRST_RUN, value=json.dumps(codes)).on_conflict_replace().execute()


# sessions --------------------------------------------------------------------------------------

SESSION_COLUMNS = (
    "SELECT s.id, u.id, u.name, u.role, s.created_at, s.seen_at, s.expires_at, s.agent, s.address"
    " FROM session s JOIN user u ON u.id = s.user_id"
)


def add_session(
    digest: str, user_id: int, now: int, expires_at: int, *, agent: str, address: str
) -> None:
    """Store a new session; ones that ended are cleared away in passing."""
    with transaction():
        Session.delete().where(Session.expires_at <= now).execute()
        Session.create(
            digest=digest,
            user=user_id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
            agent=agent,
            address=address,
        )
        User.update(signed_in_at=now).where(User.id == user_id).execute()
        name = User.get_by_id(user_id).name
        audit.write(now, name, "signed in", f"from {address}" if address else "")


def session(digest: str, now: int) -> SessionInfo | None:
    """The session with this digest, unless it has ended or its user cannot sign in any more."""
    with errors():  # in plain SQL: every request asks this
        row = execute(
            f"{SESSION_COLUMNS} WHERE s.digest = ? AND s.expires_at > ?"
            " AND u.password <> '' AND u.disabled = 0",
            (digest, now),
        ).fetchone()
    return SessionInfo(*row) if row else None


def sessions(now: int, user_id: int | None = None) -> list[SessionInfo]:
    """Those under way, of everybody or of one person; the last used one first."""
    with errors():
        found = execute(
            f"{SESSION_COLUMNS} WHERE s.expires_at > ? AND (? IS NULL OR u.id = ?)"
            " ORDER BY s.seen_at DESC, s.id DESC LIMIT 500",
            (now, user_id, user_id),
        ).fetchall()
    return [SessionInfo(*row) for row in found]


def touch_session(session_id: int, now: int, expires_at: int) -> None:
    with errors():
        changes = {Session.seen_at: now, Session.expires_at: expires_at}
        Session.update(changes).where(Session.id == session_id).execute()


def end_session(digest: str, now: int) -> None:
    """Its owner signs out."""
    with transaction():
        row = execute(f"{SESSION_COLUMNS} WHERE s.digest = ?", (digest,)).fetchone()
        if row:
            Session.delete().where(Session.id == row[0]).execute()
            audit.write(now, row[2], "signed out", "")


def end_sessions(ids: Iterable[int], now: int, *, who: str, of: int | None = None) -> int:
    """End these from elsewhere; `of`: only if they are this person's. How many there were."""
    ended = 0
    with transaction():
        for session_id in ids:
            row = execute(f"{SESSION_COLUMNS} WHERE s.id = ?", (session_id,)).fetchone()
            if row is None or (of is not None and row[1] != of):
                continue
            Session.delete().where(Session.id == session_id).execute()
            audit.write(now, who, "session ended", f"of {row[2]}, from {row[8]}")
            ended += 1
    return ended


# the rest --------------------------------------------------------------------------------------


def signing_key(fresh: str) -> str:
    """The key that signs form tokens; `fresh` becomes it when there is none yet."""
    with transaction():
        Setting.insert(key=SIGNING_KEY, value=json.dumps(fresh)).on_conflict_ignore().execute()
        return str(json.loads(Setting.get(Setting.key == SIGNING_KEY).value))
