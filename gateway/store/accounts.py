"""Who may use the box: people, their browsers' sessions, programs' tokens, first-run codes.

Secrets never reach this module: it is given password hashes and SHA-256 digests (hex) only.
Every function needs this thread's connection to be open and raises StoreError.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.store.db import errors, execute, transaction
from gateway.store.models import Audit, Session, Setting, Token, User

FIRST_RUN = "first_run"  # settings key: [{"digest": ..., "expires_at": ms or null}, ...]
SIGNING_KEY = "signing_key"  # settings key: hex; signs form tokens and nothing else
MOST_CODES = 3  # codes printed by start, command line and button may be under way together


@dataclass(frozen=True, slots=True)
class UserRow:
    id: int
    name: str
    password: str  # hash; "" = cannot sign in
    role: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: int
    user_id: int
    name: str
    role: str
    created_at: int
    seen_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class TokenRow:
    name: str
    created_at: int
    used_at: int | None


# people ----------------------------------------------------------------------------------------


def user(name: str) -> UserRow | None:
    with errors():
        row = User.get_or_none(User.name == name)
    return UserRow(row.id, row.name, row.password, row.role) if row else None


def user_names() -> list[str]:
    with errors():
        return [row.name for row in User.select(User.name).order_by(User.name)]


def set_password(name: str, password_hash: str, now: int, *, who: str) -> None:
    """Give a person a new password, making the person if new; sessions and codes end."""
    with transaction():
        _put_codes([])
        _put_password(name, password_hash, now)
        _audit(now, who, "password set", name)


def _put_password(name: str, password_hash: str, now: int) -> None:
    changed = User.update(password=password_hash).where(User.name == name).execute()
    if not changed:
        User.create(name=name, password=password_hash, created_at=now)
    whose = User.select(User.id).where(User.name == name)
    Session.delete().where(Session.user.in_(whose)).execute()


# first run -------------------------------------------------------------------------------------


def add_first_run_code(digest: str, expires_at: int | None, now: int) -> None:
    """Remember one more code; the oldest is forgotten when there are more than MOST_CODES."""
    with transaction():
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
        _put_password(name, password_hash, now)
        _audit(now, name, "first run", "administrator's name and password set")
        return True


def _codes(now: int) -> list[dict[str, str | int | None]]:
    row = Setting.get_or_none(Setting.key == FIRST_RUN)
    codes = json.loads(row.value) if row else []
    return [c for c in codes if c["expires_at"] is None or c["expires_at"] > now]


def _put_codes(codes: list[dict[str, str | int | None]]) -> None:
    Setting.insert(key=FIRST_RUN, value=json.dumps(codes)).on_conflict_replace().execute()


# sessions --------------------------------------------------------------------------------------


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


def session(digest: str, now: int) -> SessionRow | None:
    """The session with this digest, unless it has ended or its user cannot sign in any more."""
    with errors():  # in plain SQL: every request asks this
        row = execute(
            "SELECT s.id, u.id, u.name, u.role, s.created_at, s.seen_at, s.expires_at"
            " FROM session s JOIN user u ON u.id = s.user_id"
            " WHERE s.digest = ? AND s.expires_at > ? AND u.password <> ''",
            (digest, now),
        ).fetchone()
    return SessionRow(*row) if row else None


def touch_session(session_id: int, now: int, expires_at: int) -> None:
    with errors():
        changes = {Session.seen_at: now, Session.expires_at: expires_at}
        Session.update(changes).where(Session.id == session_id).execute()


def end_session(digest: str) -> None:
    with errors():
        Session.delete().where(Session.digest == digest).execute()


# tokens ----------------------------------------------------------------------------------------


def add_token(name: str, digest: str, now: int, *, who: str) -> bool:
    """False: a token of this name exists already."""
    with transaction():
        if Token.select().where(Token.name == name).exists():
            return False
        Token.create(name=name, digest=digest, created_at=now)
        _audit(now, who, "token added", name)
        return True


def token(digest: str) -> TokenRow | None:
    with errors():
        row = Token.get_or_none(Token.digest == digest)
    return _token_row(row) if row else None


def tokens() -> list[TokenRow]:
    with errors():
        rows: Iterable[Token] = Token.select().order_by(Token.name)
        return [_token_row(row) for row in rows]


def touch_token(name: str, now: int) -> None:
    with errors():
        Token.update(used_at=now).where(Token.name == name).execute()


def revoke_token(name: str, now: int, *, who: str) -> bool:
    """False: there is none of this name."""
    with transaction():
        gone = Token.delete().where(Token.name == name).execute()
        if gone:
            _audit(now, who, "token revoked", name)
        return bool(gone)


def _token_row(row: Token) -> TokenRow:
    return TokenRow(row.name, row.created_at, row.used_at)


# the rest --------------------------------------------------------------------------------------


def signing_key(fresh: str) -> str:
    """The key that signs form tokens; `fresh` becomes it when there is none yet."""
    with transaction():
        Setting.insert(key=SIGNING_KEY, value=json.dumps(fresh)).on_conflict_ignore().execute()
        return str(json.loads(Setting.get(Setting.key == SIGNING_KEY).value))


def _audit(at: int, who: str, action: str, detail: str) -> None:
    Audit.create(at=at, who=who, action=action, detail=detail)
