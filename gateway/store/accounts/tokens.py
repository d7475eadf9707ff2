"""Programs' keys to the API. Only their digests are kept.

Every function needs this thread's connection to be open and raises StoreError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.store.accounts.models import Token
from gateway.store.file import audit
from gateway.store.file.database import errors, transaction


@dataclass(frozen=True, slots=True)
class TokenInfo:
    name: str
    created_at: int
    used_at: int | None
    scopes: tuple[str, ...]
    made_by: str = ""


def add_token(
    name: str, digest: str, now: int, *, scopes: Iterable[str] = ("send", "read"), who: str
) -> bool:
    """False: a token of this name exists already."""
    with transaction():
        if Token.select().where(Token.name == name).exists():
            return False
        held = " ".join(scopes)
        Token.create(name=name, digest=digest, created_at=now, scopes=held, made_by=who)
        audit.write(now, who, "token added", f"{name}: {held}")
        return True


def token(digest: str) -> TokenInfo | None:
    with errors():
        row = Token.get_or_none(Token.digest == digest)
    return _token_row(row) if row else None


def tokens() -> list[TokenInfo]:
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
            audit.write(now, who, "token revoked", name)
        return bool(gone)


def _token_row(row: Token) -> TokenInfo:
    return TokenInfo(row.name, row.created_at, row.used_at, tuple(row.scopes.split()), row.made_by)
