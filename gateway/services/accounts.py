"""Who is there: first run, sign-in and sessions, for page, API and command line.

Secrets are random 32-byte values; the store sees only their SHA-256, so a copy of the database
signs nobody in. Needs this thread's database connection; works without the service running.
Users are managed by users.py, programs' tokens by programs.py.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.clock import DAY, HOUR, MINUTE, Clock
from gateway.services import passwords
from gateway.services.account_errors import (
    AccountError,
    BadName,
    BadPassword,
    Busy,
    LastOne,
    ShutOut,
    Throttled,
    WrongCode,
    WrongCredentials,
)
from gateway.services.memory import Memory
from gateway.services.throttle import Limit, Sparing, Throttle, neighbourhood
from gateway.store import accounts as store
from gateway.store.accounts import SessionRow

__all__ = [
    "AccountError",
    "Accounts",
    "BadName",
    "BadPassword",
    "SessionRow",
    "ShutOut",
    "SignedIn",
    "Throttled",
    "WrongCode",
    "WrongCredentials",
]

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else
CODE_LENGTH = 8  # 39 random bits, and guessing is throttled
DIGITS_LENGTH = 6  # of a code that a lamp blinks; lives shorter, since it is guessed sooner
DIGITS_LIFE = 15 * MINUTE
RESET_LIFE = 1 * HOUR  # a code for a forgotten password; the very first one waits for its owner
SESSION_IDLE = 14 * DAY
SESSION_LIFE = 90 * DAY
TOUCH_EVERY = 1 * HOUR  # sparing the SD card
BASIC_CACHE = 300.0  # seconds
UNCHANGED_LIFE = 60.0  # seconds
MOST_CHECKING = 4  # passwords waiting to be hashed: half of the web server's threads stay free


@dataclass(frozen=True, slots=True)
class SignedIn:
    user_id: int
    name: str
    role: str
    session_id: int = 0  # 0: signed in with each request, through the API


class Accounts:
    """Owns the counts of bad tries and the memory of good Basic credentials. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._throttle = Throttle()
        self._checking = threading.Lock()  # count, check, count again: one try at a time
        self._places = threading.BoundedSemaphore(MOST_CHECKING)
        self._good = Memory()
        self._greeted = Memory()  # programs whose sign-in is in the audit list already
        self._open = Memory()
        self._sparing = Sparing()

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
        alphabet, length = ("0123456789", DIGITS_LENGTH) if digits else (CODE_ALPHABET, CODE_LENGTH)
        code = "".join(secrets.choice(alphabet) for _ in range(length))
        expires_at = now + RESET_LIFE if self.set_up else None
        if digits:
            expires_at = now + DIGITS_LIFE
        store.add_first_run_code(digest_of(code), expires_at, now, how=how, who=who)
        return code if digits else f"{code[:4]}-{code[4:]}"

    def claim_first_run(self, code: str, name: str, password: str, address: str = "") -> None:
        """Set the administrator's name and password; the code dies with it.

        Raises WrongCode, Throttled, BadName, BadPassword.
        """
        name = clean_name(name)
        passwords.check_choice(password, name)
        digest = digest_of(_bare(code))
        mine, ours = Limit(("code", neighbourhood(address)), 5), Limit(("code", "*"), 20, longest=2)
        with self._one_try((mine, ours), address):
            known = store.first_run_digests(self._clock.now())
            if not any(hmac.compare_digest(digest, one) for one in known):
                self._bad((mine, ours), "a one-time code", address)
                raise WrongCode
            hashed = passwords.hash_password(password)
            if not store.claim_first_run(digest, name, hashed, self._clock.now()):
                raise WrongCode
            self._throttle.good((mine, ours))
        self.forget()

    # people -------------------------------------------------------------------------------------

    def sign_in(
        self, name: str, password: str, address: str, agent: str = "", device: str = ""
    ) -> str:
        """The secret of a new session.

        `device` names a browser that has signed in as `name` before (the caller has proof): its
        tries are counted apart, so that nobody else's bad tries make the owner wait.
        Raises WrongCredentials, ShutOut, Throttled.
        """
        limits = (
            (Limit(("device", device), 5),)
            if device
            else (Limit(("address", neighbourhood(address)), 5), _over_all("name", name))
        )
        return self.open_session(self._verify(name, password, limits, address).id, address, agent)

    def open_session(self, user_id: int, address: str, agent: str) -> str:
        """The secret of a new session for somebody who has just proved who they are."""
        now = self._clock.now()
        secret = secrets.token_urlsafe(32)
        store.add_session(
            digest_of(secret), user_id, now, now + SESSION_IDLE, agent=agent[:200], address=address
        )
        return secret

    def check_basic(self, name: str, password: str, address: str) -> SignedIn:
        """Who it is, of a program that sends name and password with each request.

        Raises WrongCredentials, ShutOut, Throttled. A good pair is remembered for some minutes,
        since hashing it takes longer than most requests; a new password ends that at once.
        """
        user = store.user(shape(name))
        if user and user.password and not user.disabled:
            # The stored hash is part of it: with a new password the old mark matches nothing.
            mark = self._good.mark(user.name, user.password, password)
            if self._good.knows(mark, self._clock.monotonic()):
                return SignedIn(user.id, user.name, user.role)
        # Counted apart from the page: a program with an old password must not shut people out.
        limits = (
            Limit(("program", neighbourhood(address)), 5),
            _over_all("program's name", name),
        )
        user = self._verify(name, password, limits, address)
        mark = self._good.mark(user.name, user.password, password)
        self._good.keep(mark, self._clock.monotonic() + BASIC_CACHE)
        self._greet(user.name, address)
        return SignedIn(user.id, user.name, user.role)

    def confirm(self, who: SignedIn, password: str) -> None:
        """Before something delicate: is it still the same person? Raises WrongCredentials, ..."""
        limits = (Limit(("confirm", str(who.user_id)), 5),)
        self._verify(who.name, password, limits, "")

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

    def session(self, secret: str, revision: int | None = None) -> SignedIn | None:
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
        return SignedIn(row.user_id, row.name, row.role, row.id)

    def unchanged(self, secret: str, revision: int) -> bool:
        """Whether this session was good moments ago and the box has not changed since.

        Needs no database: open pages ask every second. Whatever changes the store, a new password
        for example, makes a new revision.
        """
        return self._open.knows(self._open.mark(secret, str(revision)), self._clock.monotonic())

    def sessions(self, of: int | None = None) -> list[SessionRow]:
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
        words = self._sparing.words(self._clock.monotonic())
        if words is not None:
            where = ascii(address)[1:-1][:45] or "the box itself"  # a proxy may hand on anything
            detail = f"{what} from {where}{words}"
            store.audit(self._clock.now(), "", "sign-in refused", detail)

    def note(self, who: str, action: str, detail: str) -> None:
        """A row in the audit list for what somebody did on the page."""
        store.audit(self._clock.now(), who, action, detail)

    def signing_key(self) -> str:
        """The key that signs form tokens, made at first use."""
        return store.signing_key(secrets.token_hex(32))

    # ---------------------------------------------------------------------------------------------

    def _verify(
        self, name: str, password: str, limits: tuple[Limit, ...], address: str
    ) -> store.UserRow:
        with self._one_try(limits, address):
            user = store.user(shape(name))
            if not passwords.matches(password, user.password if user else "") or user is None:
                # Only names that exist are written down: people type passwords into this field.
                who = f"wrong password for {user.name}" if user else "an unknown name"
                self._bad(limits, who, address)
                raise WrongCredentials
            if user.disabled:
                self._bad(limits, f"{user.name}, who is disabled,", address)
                raise ShutOut
            self._throttle.good(limits)
            if passwords.is_outdated(user.password):
                fresh = passwords.hash_password(password)
                store.change_hash(user.id, user.password, fresh)
                user = store.user(shape(name)) or user
            return user

    @contextmanager
    def _one_try(self, limits: tuple[Limit, ...], address: str) -> Iterator[None]:
        """Alone, unless it is too early or too many wait. Raises Throttled, Busy."""
        self._hold_back(limits, address)
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            with self._checking:
                self._hold_back(limits, address)
                yield
        finally:
            self._places.release()

    def _hold_back(self, limits: tuple[Limit, ...], address: str) -> None:
        wait = self._throttle.wait(limits, self._clock.monotonic(), address)
        if wait > 0:
            raise Throttled(wait)

    def _bad(self, limits: tuple[Limit, ...], what: str, address: str) -> None:
        self._throttle.bad(limits, self._clock.monotonic())
        self.note_refused(what, address)

    def _greet(self, name: str, address: str) -> None:
        """Programs sign in with each request: once a day is enough for the audit list."""
        mark, now = self._greeted.mark(name, address), self._clock.monotonic()
        if not self._greeted.knows(mark, now):
            self._greeted.keep(mark, now + DAY / 1000)
            store.audit(self._clock.now(), name, "signed in", f"as a program, from {address}")


def _over_all(kind: str, name: str) -> Limit:
    """Tries on one name from all addresses together."""
    return Limit((kind, shape(name)[:64]), 20, longest=2)


def clean_name(name: str) -> str:
    """A person's name as it is stored. Raises BadName."""
    name = shape(name)
    if not 1 <= len(name) <= 64 or not name.isprintable() or ":" in name:
        raise BadName("Choose a name of 1 to 64 visible characters, without a colon.")
    return name


def shape(name: str) -> str:
    """Phones capitalise the first letter of what is typed: case must not matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _bare(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())[:64]


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
