"""Who is there: first run, sign-in and sessions, for page, API and command line.

Secrets are random 32-byte values; the store sees only their SHA-256, so a copy of the database
signs nobody in. Needs this thread's database connection; works without the service running.
Users are managed by users.py, programs' tokens by tokens.py.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from gateway.clock import DAY, HOUR, MINUTE, Clock
from gateway.services.accounts import lamp_code, passwords
from gateway.services.accounts.account_errors import (
    CodeSpent,
    LastOne,
    ShutOut,
    SignInBusy,
    WrongCode,
    WrongCredentials,
)
from gateway.services.accounts.hash_turns import Lane
from gateway.services.accounts.lamp_code import LampCode
from gateway.services.accounts.recent import RecentProofs
from gateway.services.accounts.throttle import Limit, neighbourhood
from gateway.services.accounts.tries import Limits, Tries
from gateway.services.accounts.user_names import clean_name, shape
from gateway.store.accounts import accounts as store
from gateway.store.accounts.accounts import SessionInfo
from gateway.store.file import audit, database

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else
CODE_LENGTH = 8  # 39 random bits, and guessing is throttled
DIGITS_LIFE = 15 * MINUTE
RESET_LIFE = 1 * HOUR  # a code for a forgotten password; the very first one waits for its owner
SESSION_IDLE = 14 * DAY
SESSION_LIFE = 90 * DAY
TOUCH_EVERY = 1 * HOUR  # sparing the SD card
BASIC_CACHE = 300.0  # seconds
KNOWN_LIFE = DAY / 1000  # seconds that an address is known after a sign-in, without a session
UNCHANGED_LIFE = 60.0  # seconds
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SignedInUser:
    user_id: int
    name: str
    role: str
    session_id: int = 0  # 0: signed in with each request, through the API


class Accounts:
    """Owns the counts of bad tries and the memory of good Basic credentials. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries = Tries(clock)
        self._claiming = threading.Lock()  # count, check, count again: one code at a time
        self._good = RecentProofs()
        self._greeted = RecentProofs()  # programs whose sign-in is in the audit list already
        self._known = RecentProofs()  # names and the addresses that they signed in from lately
        self._good_tokens = RecentProofs()
        self._bad_tokens = RecentProofs()
        self._open = RecentProofs()
        self._lamp = LampCode()

    # first run ----------------------------------------------------------------------------------

    @property
    def set_up(self) -> bool:
        """Whether anybody exists who could sign in."""
        return bool(store.user_names())

    def first_run_code(self) -> str | None:
        """A new one-time code while the box has no administrator yet; afterwards None."""
        return None if self.set_up else self.new_code()

    def new_code(self, *, digits: bool = False, how: str = "", who: str = "") -> str:
        """A new one-time code, also for a box whose password was forgotten: "K7QF-2MXA".

        It makes whoever enters it an administrator, once. `digits`: six of them, "402917", for a
        lamp to blink and valid for DIGITS_LIFE only. `how` it was asked for ("button on the box")
        goes into the audit list. The button and the command line call this.
        """
        now = self._clock.now()
        alphabet, length = (
            ("0123456789", lamp_code.LENGTH) if digits else (CODE_ALPHABET, CODE_LENGTH)
        )
        code = "".join(secrets.choice(alphabet) for _ in range(length))
        expires_at = now + RESET_LIFE if self.set_up else None
        if digits:
            expires_at = now + DIGITS_LIFE
            self._lamp.made()
        store.add_first_run_code(digest_of(code), expires_at, now, how=how, who=who)
        return code if digits else f"{code[:4]}-{code[4:]}"

    def claim_first_run(self, code: str, name: str, password: str, address: str = "") -> int:
        """Set the administrator's name and password; the code dies with it. Returns the user's id.

        Raises WrongCode, Throttled, BadName, BadPassword.
        """
        name = clean_name(name)
        passwords.check_choice(password, name)
        bare = _bare(code)
        digest = digest_of(bare)
        mine, ours = Limit(("code", neighbourhood(address)), 5), Limit(("code", "*"), 20, longest=2)
        with self._claiming:
            if self._lamp.is_spent(bare):
                raise CodeSpent
            # Six digits: nobody is spared the wait for what all addresses tried together.
            self._tries.hold_back((mine, ours), "" if self._lamp.is_one(bare) else address)
            known = store.first_run_digests(self._clock.now())
            if not any(hmac.compare_digest(digest, one) for one in known):
                self._lamp.guessed(bare)
                self._tries.bad((mine, ours), "a one-time code", address)
                raise WrongCode
            self._tries.good((mine, ours))
        with self._tries.alone((mine,), address, Lane.DEVICE):  # the code is proof
            hashed = passwords.hash_password(password)
            if not store.claim_first_run(digest, name, hashed, self._clock.now()):
                raise WrongCode
        self.forget()
        user = store.user(name)
        assert user is not None  # its password was set just now
        return user.id

    # people -------------------------------------------------------------------------------------

    def sign_in(
        self, name: str, password: str, address: str, agent: str = "", device: str = ""
    ) -> str:
        """The secret of a new session.

        `device` names a browser that has signed in as `name` before (the caller has proof): its
        tries are counted apart, so that nobody else's bad tries make the owner wait.
        Raises WrongCredentials, ShutOut, Throttled.
        """
        if device:
            limits: Limits = (Limit(("device", device), 5),)
            lane = Lane.DEVICE
        else:
            limits = (Limit(("address", neighbourhood(address)), 5), _over_all("name", name))
            lane = self._lane(name, address)
        return self.open_session(
            self._verify(name, password, limits, address, lane).id, address, agent
        )

    def open_session(self, user_id: int, address: str, agent: str) -> str:
        """The secret of a new session for somebody who has just proved who they are."""
        now = self._clock.now()
        secret = secrets.token_urlsafe(32)
        store.add_session(
            digest_of(secret), user_id, now, now + SESSION_IDLE, agent=agent[:200], address=address
        )
        return secret

    def check_basic(self, name: str, password: str, address: str) -> SignedInUser:
        """Who it is, of a program that sends name and password with each request.

        Raises WrongCredentials, ShutOut, Throttled. A good pair is remembered for some minutes,
        since hashing it takes longer than most requests, for the address that it came from; a new
        password ends that at once. Whoever guesses is held back before that memory is asked: it
        would tell a good guess at once.
        """
        # Counted apart from the page: a program with an old password must not shut people out.
        limits = _of_program(name, address)
        lane = self._lane(name, address)
        self._tries.hold_back(limits, address, known=lane is Lane.ADDRESS)
        user = store.user(shape(name))
        now = self._clock.monotonic()
        if user and user.password and not user.disabled:
            mark = self._mark(user, password, address)
            if self._good.knows(mark, now):
                self._good.keep(mark, now + BASIC_CACHE)
                return SignedInUser(user.id, user.name, user.role)
        try:
            user = self._verify(name, password, limits, address, lane)
        except SignInBusy:
            if lane is Lane.ADDRESS:  # the memory was asked, and has answered: that was a guess
                self._tries.count(limits, shape(name))
            raise
        self._good.keep(self._mark(user, password, address), now + BASIC_CACHE)
        self._greet(user.name, address)
        return SignedInUser(user.id, user.name, user.role)

    def check_token(
        self,
        secret: str,
        address: str,
        look_up: Callable[[str], T | None],
        *,
        name: str | None = None,
    ) -> T | None:
        """What `look_up` finds for a program's token; None: it is not valid. Raises Throttled.

        256 random bits are not guessed; what is held back is the flood. The same wrong token again
        is no guess, and one that was good from this address before is not held back by others:
        the alarm of a program must not wait because its neighbour tries something.

        `name`: it came as its password (Basic), may be a person's, and counts in check_basic.
        """
        where, now = neighbourhood(address), self._clock.monotonic()
        flood = (Limit(("token", where), 20, longest=2),)
        limits = flood if name is None else _of_program(name, address)
        known = name is not None and self._lane(name, address) is Lane.ADDRESS
        mark = self._good_tokens.mark(secret, where)
        if not self._good_tokens.knows(mark, now):
            self._tries.hold_back(limits, address, known=known)
        found = look_up(secret)
        if found is not None:
            self._good_tokens.keep(mark, now + KNOWN_LIFE)
        elif name is None and self._bad_tokens.knows(mark, now):
            self.note_refused("a token that is not valid", address)
        elif name is None:
            self._bad_tokens.keep(mark, now + KNOWN_LIFE)
            self._tries.bad(limits, "a token that is not valid", address)
        return found

    def confirm(self, who: SignedInUser, password: str) -> None:
        """Before something delicate: is it still the same person? Raises WrongCredentials, ..."""
        limits = (Limit(("confirm", str(who.user_id)), 5),)
        self._verify(who.name, password, limits, "", Lane.DEVICE)

    def set_password(self, name: str, password: str, *, who: str = "", role: str = "") -> None:
        """Give a person a password, ending their sessions; makes the person, an administrator
        unless `role` says otherwise, if new; lets in again who was disabled.

        First-run codes die with it. Raises BadName, BadPassword, LastOne.
        """
        name = clean_name(name)
        passwords.check_choice(password, name)
        hashed = passwords.hash_password(password)
        try:
            store.set_password(name, hashed, self._clock.now(), who=who or name, role=role)
        except store.LastAdministrator as e:
            raise LastOne from e
        self.forget()

    def names(self) -> list[str]:
        return store.user_names()

    # sessions -----------------------------------------------------------------------------------

    def session(self, secret: str, revision: int | None = None) -> SignedInUser | None:
        """Whose session this is; None when it has ended. Being used makes it last longer.

        `revision`: remember the answer for `unchanged`.
        """
        if not secret:
            return None
        now = self._clock.now()
        row = store.session(digest_of(secret), now)
        if row is None or now >= row.created_at + SESSION_LIFE:
            return None
        if now - row.seen_at >= TOUCH_EVERY:
            store.touch_session(row.id, now, min(now + SESSION_IDLE, row.created_at + SESSION_LIFE))
        if revision is not None:
            mark = self._open.mark(secret, str(revision))
            self._open.keep(mark, self._clock.monotonic() + UNCHANGED_LIFE)
        return SignedInUser(row.user_id, row.name, row.role, row.id)

    def unchanged(self, secret: str, revision: int) -> bool:
        """Whether this session was good moments ago and the box has not changed since.

        Needs no database: open pages ask every second. Whatever changes the store, a new password
        for example, makes a new revision.
        """
        return self._open.knows(self._open.mark(secret, str(revision)), self._clock.monotonic())

    def sessions(self, of: int | None = None) -> list[SessionInfo]:
        """Those under way, of everybody or of one user; the last used one first."""
        now = self._clock.now()
        return [s for s in store.sessions(now, of) if now < s.created_at + SESSION_LIFE]

    def end_sessions(self, ids: Iterable[int], *, who: str, of: int | None = None) -> int:
        """End sessions, `of` one user only where given. How many there were."""
        ended = store.end_sessions(ids, self._clock.now(), who=who, of=of)
        self.forget()
        return ended

    def sign_out(self, secret: str) -> None:
        store.end_session(digest_of(secret), self._clock.now())
        self._open.clear()

    def forget(self) -> None:
        """Somebody's rights have changed: nothing that is remembered counts any more."""
        self._open.clear()
        self._good.clear()

    def note_refused(self, what: str, address: str) -> None:
        """A row in the audit list for somebody who was not let in; only some of very many."""
        self._tries.note_refused(what, address)

    def note(self, who: str, action: str, detail: str) -> None:
        """A row in the audit list for what somebody did on the page."""
        with database.transaction():
            audit.write(self._clock.now(), who, action, detail)

    def signing_key(self) -> str:
        """The key that signs form tokens, made at first use."""
        return store.signing_key(secrets.token_hex(32))

    # ---------------------------------------------------------------------------------------------

    def _verify(
        self, name: str, password: str, limits: Limits, address: str, lane: Lane
    ) -> store.UserInfo:
        about = shape(name)
        with self._tries.alone(limits, address, lane):
            user = store.user(about)
            if not passwords.matches(password, user.password if user else "") or user is None:
                # Only names that exist are written down: people type passwords into this field.
                who = f"wrong password for {user.name}" if user else "an unknown name"
                self._tries.bad(limits, who, address, about)
                raise WrongCredentials
            if user.disabled:
                self._tries.bad(limits, f"{user.name}, who is disabled,", address, about)
                raise ShutOut
            self._tries.good(limits, about)
            mark = self._known.mark(about, neighbourhood(address))
            self._known.keep(mark, self._clock.monotonic() + KNOWN_LIFE)
            if passwords.is_outdated(user.password):
                fresh = passwords.hash_password(password)
                store.change_hash(user.id, user.password, fresh)
                user = store.user(about) or user
            return user

    def _lane(self, name: str, address: str) -> Lane:
        """Whether this name signed in from there: lately, or in a session that lasts."""
        about, where = shape(name), neighbourhood(address)
        if self._known.knows(self._known.mark(about, where), self._clock.monotonic()):
            return Lane.ADDRESS
        user = store.user(about)
        sessions = store.sessions(self._clock.now(), user.id if user else 0)  # as long for nobody
        there = any(s.address and neighbourhood(s.address) == where for s in sessions)
        return Lane.ADDRESS if there else Lane.STRANGER

    def _mark(self, user: store.UserInfo, password: str, address: str) -> bytes:
        """The stored hash is part of it: with a new password the old mark matches nothing."""
        return self._good.mark(user.name, user.password, password, neighbourhood(address))

    def _greet(self, name: str, address: str) -> None:
        """Programs sign in with each request: once a day is enough for the audit list."""
        mark, now = self._greeted.mark(name, address), self._clock.monotonic()
        if not self._greeted.knows(mark, now):
            self._greeted.keep(mark, now + DAY / 1000)
            with database.transaction():
                audit.write(self._clock.now(), name, "signed in", f"as a program, from {address}")


def _of_program(name: str, address: str) -> tuple[Limit, ...]:
    """Tries of programs with name and password: from one address, and on one name."""
    return Limit(("program", neighbourhood(address)), 5), _over_all("program's name", name)


def _over_all(kind: str, name: str) -> Limit:
    """Tries on one name from all addresses together."""
    return Limit((kind, shape(name)[:64]), 20, longest=2)


def _bare(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())[:64]


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
