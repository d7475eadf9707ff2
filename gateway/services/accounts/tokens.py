"""Programs' tokens: made once, stored hashed, good for what their scopes say.

Needs this thread's database connection; works without the service running.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.clock import HOUR, Clock
from gateway.services.accounts.account_errors import BadName, BadScope, TokenExists
from gateway.services.accounts.accounts import digest_of
from gateway.services.accounts.roles import SCOPES, USUAL_SCOPES, ordered
from gateway.store.accounts import tokens as store
from gateway.store.accounts.tokens import TokenInfo

__all__ = ["Program", "TokenInfo", "Tokens"]

TOUCH_EVERY = 1 * HOUR  # sparing the SD card
PREFIX = "pb_"


@dataclass(frozen=True, slots=True)
class Program:
    """Who calls the API with a token."""

    name: str
    scopes: tuple[str, ...]


def looks_like_a_token(secret: str) -> bool:
    """Whether it may be one of ours; somebody's password may look so too."""
    return secret.startswith(PREFIX) and len(secret) == len(PREFIX) + 43


@dataclass(frozen=True, slots=True)
class Tokens:
    """Stateless; from any thread with a database connection."""

    clock: Clock

    def add(self, name: str, scopes: Iterable[str] = USUAL_SCOPES, *, who: str = "") -> str:
        """A new token's secret, shown this once. Raises BadName, BadScope, TokenExists."""
        name, chosen = name.strip(), ordered(scopes)
        if not 1 <= len(name) <= 64 or not name.isprintable():
            raise BadName("Name the token with 1 to 64 visible characters.")
        if not chosen:
            raise BadScope("Choose what the program may do.")
        if unknown := [s for s in chosen if s not in SCOPES]:
            known = ", ".join(SCOPES)
            raise BadScope(f"There is no scope called {unknown[0]}. Known: {known}.")
        secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
        now = self.clock.now()
        if not store.add_token(name, digest_of(secret), now, scopes=chosen, who=who):
            raise TokenExists(f"There is a token called {name} already; revoke it first.")
        return secret

    def all(self) -> list[TokenInfo]:
        return store.tokens()

    def revoke(self, name: str, *, who: str = "") -> bool:
        """False: there is none of this name."""
        return store.revoke_token(name.strip(), self.clock.now(), who=who)

    def check(self, secret: str) -> Program | None:
        """Whose token it is; asked by `Accounts.check_token`, which holds floods back."""
        row = store.token(digest_of(secret))
        if row is None:
            return None
        now = self.clock.now()
        if row.used_at is None or now - row.used_at >= TOUCH_EVERY:
            store.touch_token(row.name, now)
        return Program(row.name, row.scopes)
