"""The people who may use the box: their roles, and who is kept out.

Needs this thread's database connection. What goes through here is in the audit list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.services.accounts import passwords
from gateway.services.accounts.account_errors import BadRole, LastOne, UserNameTaken
from gateway.services.accounts.roles import ROLES
from gateway.services.accounts.user_names import clean_name
from gateway.store.accounts import accounts as store
from gateway.store.accounts.accounts import UserInfo

__all__ = ["UserInfo", "Users"]


@dataclass(frozen=True, slots=True)
class Users:
    """Stateless. `forget`: what is remembered of people's rights counts no more."""

    clock: Clock
    forget: Callable[[], None]

    def all(self) -> list[UserInfo]:
        return store.users()

    def get(self, user_id: int) -> UserInfo | None:
        return store.user_by_id(user_id)

    def add(self, name: str, role: str, password: str, *, who: str) -> None:
        """Raises BadName, UserNameTaken, BadRole, BadPassword."""
        name = clean_name(name)
        _check_role(role)
        if store.user(name):
            raise UserNameTaken(f"There is somebody called {name} already; choose another name.")
        passwords.check_choice(password, name)
        hashed = passwords.hash_password(password)
        if not store.add_user(name, role, hashed, self.clock.now(), who=who):
            raise UserNameTaken(f"There is somebody called {name} already; choose another name.")

    def set_role(self, user_id: int, role: str, *, who: str) -> None:
        """Counts at once, also for pages that are open. Raises BadRole, LastOne."""
        _check_role(role)
        with self._changing():
            store.set_role(user_id, role, self.clock.now(), who=who)

    def disable(self, user_id: int, *, who: str) -> None:
        """Their sessions end at once. Raises LastOne."""
        with self._changing():
            store.set_disabled(user_id, True, self.clock.now(), who=who)

    def enable(self, user_id: int, *, who: str) -> None:
        with self._changing():
            store.set_disabled(user_id, False, self.clock.now(), who=who)

    def delete(self, user_id: int, *, who: str) -> None:
        """What they wrote and did stays under their name. Raises LastOne."""
        with self._changing():
            store.delete_user(user_id, self.clock.now(), who=who)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            yield
        except store.LastAdministrator as e:
            raise LastOne from e
        self.forget()


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise BadRole("Choose a role from the list.")
