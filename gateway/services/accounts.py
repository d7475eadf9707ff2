"""Who is there: first run, sign-in, sessions and tokens, for page, API and command line.

Secrets are random 32-byte values; the store sees only their SHA-256, so a copy of the database
signs nobody in. Needs this thread's database connection; works without the service running.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass

from gateway.clock import DAY, HOUR, Clock
from gateway.services import passwords
from gateway.services.passwords import AccountError, BadPassword
from gateway.services.throttle import Limit, Throttle
from gateway.store import accounts as store
from gateway.store.accounts import TokenRow

__all__ = [
    "AccountError",
    "Accounts",
    "BadName",
    "BadPassword",
    "SignedIn",
    "Throttled",
    "TokenExists",
    "TokenRow",
    "WrongCode",
    "WrongCredentials",
]

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else
CODE_LENGTH = 8  # 39 random bits, and guessing is throttled
RESET_LIFE = 1 * HOUR  # a code for a forgotten password; the very first one waits for its owner
SESSION_IDLE = 14 * DAY
SESSION_LIFE = 90 * DAY
TOUCH_EVERY = 1 * HOUR  # sparing the SD card
BASIC_CACHE = 300.0  # seconds
UNCHANGED_LIFE = 60.0  # seconds
MOST_CACHED = 64


class WrongCredentials(AccountError):
    def __init__(self) -> None:
        super().__init__("Name or password is wrong.")


class WrongCode(AccountError):
    def __init__(self) -> None:
        super().__init__("This code is not valid, or it was used already.")


class BadName(AccountError):
    """Cannot be the name of a person or token."""


class TokenExists(AccountError):
    """A token's name is taken."""


class Throttled(AccountError):
    """Too many bad tries; the next one is looked at in `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds + 0.5))
        unit = "second" if self.seconds == 1 else "seconds"
        super().__init__(f"Too many tries. Try again in {self.seconds} {unit}.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    user_id: int
    name: str
    role: str


class Accounts:
    """Owns the counts of bad tries and the memory of good Basic credentials. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._throttle = Throttle()
        self._checking = threading.Lock()  # count, check, count again: one try at a time
        self._good = _Memory()
        self._open = _Memory()

    # first run ----------------------------------------------------------------------------------

    @property
    def set_up(self) -> bool:
        """Whether anybody exists who could sign in."""
        return bool(store.user_names())

    def first_run_code(self) -> str | None:
        """A new one-time code while the box has no administrator yet; afterwards None."""
        return None if self.set_up else self.new_code()

    def new_code(self) -> str:
        """A new one-time code, also for a box whose password was forgotten: "K7QF-2MXA"."""
        now = self._clock.now()
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        expires_at = now + RESET_LIFE if self.set_up else None
        store.add_first_run_code(_digest(code), expires_at, now)
        return f"{code[:4]}-{code[4:]}"

    def claim_first_run(self, code: str, name: str, password: str, address: str = "") -> None:
        """Set the administrator's name and password; the code dies with it.

        Raises WrongCode, Throttled, BadName, BadPassword.
        """
        name = clean_name(name)
        passwords.check_choice(password, name)
        digest = _digest(_bare(code))
        limits = (Limit(("code", address), 5), Limit(("code", "*"), 20, longest=2))
        with self._checking:
            self._hold_back(limits)
            known = store.first_run_digests(self._clock.now())
            if not any(hmac.compare_digest(digest, one) for one in known):
                self._throttle.bad(limits, self._clock.monotonic())
                raise WrongCode
            hashed = passwords.hash_password(password)
            if not store.claim_first_run(digest, name, hashed, self._clock.now()):
                raise WrongCode
            self._throttle.good(limits)

    # people -------------------------------------------------------------------------------------

    def sign_in(
        self, name: str, password: str, address: str, agent: str = "", device: str = ""
    ) -> str:
        """The secret of a new session.

        `device` names a browser that has signed in as `name` before (the caller has proof): its
        tries are counted apart, so that nobody else's bad tries make the owner wait.
        Raises WrongCredentials, Throttled.
        """
        limits = (
            (Limit(("device", device), 5),)
            if device
            else (Limit(("address", address), 5), _over_all("name", name))
        )
        user = self._verify(name, password, limits)
        now = self._clock.now()
        secret = secrets.token_urlsafe(32)
        store.add_session(
            _digest(secret), user.id, now, now + SESSION_IDLE, agent=agent[:200], address=address
        )
        return secret

    def check_basic(self, name: str, password: str, address: str) -> str:
        """The user's name, of a program that sends name and password with each request.

        Raises WrongCredentials, Throttled. A good pair is remembered for some minutes, since
        hashing it takes longer than most requests; a new password ends that at once.
        """
        user = store.user(_shape(name))
        if user and user.password:
            # The stored hash is part of it: with a new password the old mark matches nothing.
            mark = self._good.mark(user.name, user.password, password)
            if self._good.knows(mark, self._clock.monotonic()):
                return user.name
        # Counted apart from the page: a program with an old password must not shut people out.
        limits = (Limit(("program", address), 5), _over_all("program's name", name))
        user = self._verify(name, password, limits)
        mark = self._good.mark(user.name, user.password, password)
        self._good.keep(mark, self._clock.monotonic() + BASIC_CACHE)
        return user.name

    def set_password(self, name: str, password: str, *, who: str = "") -> None:
        """Give a person a password, ending their sessions; makes the person if new.

        First-run codes die with it. Raises BadName, BadPassword.
        """
        name = clean_name(name)
        passwords.check_choice(password, name)
        hashed = passwords.hash_password(password)
        store.set_password(name, hashed, self._clock.now(), who=who or name)

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
        row = store.session(_digest(secret), now)
        if row is None or now >= row.created_at + SESSION_LIFE:
            return None
        if now - row.seen_at >= TOUCH_EVERY:
            store.touch_session(row.id, now, min(now + SESSION_IDLE, row.created_at + SESSION_LIFE))
        if revision is not None:
            mark = self._open.mark(secret, str(revision))
            self._open.keep(mark, self._clock.monotonic() + UNCHANGED_LIFE)
        return SignedIn(row.user_id, row.name, row.role)

    def unchanged(self, secret: str, revision: int) -> bool:
        """Whether this session was good moments ago and the box has not changed since.

        Needs no database: open pages ask every second. Whatever changes the store, a new password
        for example, makes a new revision.
        """
        return self._open.knows(self._open.mark(secret, str(revision)), self._clock.monotonic())

    def sign_out(self, secret: str) -> None:
        store.end_session(_digest(secret))
        self._open.clear()

    # tokens -------------------------------------------------------------------------------------

    def add_token(self, name: str, *, who: str = "") -> str:
        """A new token's secret, shown this once. Raises BadName, TokenExists."""
        name = name.strip()
        if not 1 <= len(name) <= 64 or not name.isprintable():
            raise BadName("Name the token with 1 to 64 visible characters.")
        secret = f"pb_{secrets.token_urlsafe(32)}"
        if not store.add_token(name, _digest(secret), self._clock.now(), who=who):
            raise TokenExists(f"There is a token called {name} already; revoke it first.")
        return secret

    def tokens(self) -> list[TokenRow]:
        return store.tokens()

    def revoke_token(self, name: str, *, who: str = "") -> bool:
        """False: there is none of this name."""
        return store.revoke_token(name.strip(), self._clock.now(), who=who)

    def check_token(self, secret: str) -> str | None:
        """The token's name. 256 random bits cannot be guessed, so bad ones are not counted."""
        row = store.token(_digest(secret))
        if row is None:
            return None
        now = self._clock.now()
        if row.used_at is None or now - row.used_at >= TOUCH_EVERY:
            store.touch_token(row.name, now)
        return row.name

    def signing_key(self) -> str:
        """The key that signs form tokens, made at first use."""
        return store.signing_key(secrets.token_hex(32))

    # ---------------------------------------------------------------------------------------------

    def _verify(self, name: str, password: str, limits: tuple[Limit, ...]) -> store.UserRow:
        with self._checking:
            self._hold_back(limits)
            user = store.user(_shape(name))
            if not passwords.matches(password, user.password if user else "") or user is None:
                self._throttle.bad(limits, self._clock.monotonic())
                raise WrongCredentials
            self._throttle.good(limits)
            return user

    def _hold_back(self, limits: tuple[Limit, ...]) -> None:
        wait = self._throttle.wait(limits, self._clock.monotonic())
        if wait > 0:
            raise Throttled(wait)


class _Memory:
    """What was found good lately, as HMACs under a key that dies with the process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def mark(self, *facts: str) -> bytes:
        text = "\0".join(facts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256")

    def knows(self, mark: bytes, now: float) -> bool:
        with self._lock:
            return self._until.get(mark, now) > now

    def keep(self, mark: bytes, until: float) -> None:
        with self._lock:
            self._until[mark] = until
            while len(self._until) > MOST_CACHED:
                self._until.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._until.clear()


def _over_all(kind: str, name: str) -> Limit:
    """Tries on one name from all addresses together."""
    return Limit((kind, _shape(name)[:64]), 20, longest=2)


def clean_name(name: str) -> str:
    """A person's name as it is stored. Raises BadName."""
    name = _shape(name)
    if not 1 <= len(name) <= 64 or not name.isprintable() or ":" in name:
        raise BadName("Choose a name of 1 to 64 visible characters, without a colon.")
    return name


def _shape(name: str) -> str:
    """Phones capitalise the first letter of what is typed: case must not matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _bare(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())[:64]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
