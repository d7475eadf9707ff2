"""Password hashes that the smallest board can afford, and what counts as a password.

scrypt (RFC 7914) with 16 MiB: measured 63 ms on a 2-core PC, under a second on a Pi Zero 2 W, and
small enough for its 512 MB. One check at a time, so that eight of them do not take 128 MiB.
Written as werkzeug writes its hashes, "scrypt:N:r:p$salt$hex", so parameters can grow later.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import unicodedata

from gateway.services.box import heap

COST = (2**14, 8, 1)  # N, r, p
SHORTEST, LONGEST = 8, 256
MOST_MEMORY = 64 << 20  # octets; OpenSSL's limit, above what COST takes
_one_at_a_time = threading.Lock()


class AccountError(Exception):
    """The text says in plain words what is wrong and what to do."""


class BadPassword(AccountError):
    """Cannot be used as a password."""


def check_choice(password: str, name: str) -> None:
    """Raise BadPassword, in plain words, when nobody should choose this one."""
    if len(password) < SHORTEST:
        raise BadPassword(f"Choose a password of at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise BadPassword(f"Choose a password of at most {LONGEST} characters.")
    if len(set(password)) < 4:
        raise BadPassword("Choose a password with more different characters.")
    if tidy(password).casefold() in (name.casefold(), "password", "12345678", "123456789"):
        raise BadPassword("This password is too easy to guess; choose another.")


def tidy(password: str) -> str:
    """The same letters typed on different keyboards must make the same hash (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    salt = secrets.token_hex(16)
    n, r, p = COST
    return f"scrypt:{n}:{r}:{p}${salt}${_scrypt(password, salt, n, r, p).hex()}"


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return stored.partition("$")[0] != "scrypt:{}:{}:{}".format(*COST)


def matches(password: str, stored: str) -> bool:
    """Whether `password` makes `stored`. Takes as long when there is nothing to compare with."""
    if len(password) > LONGEST:
        return False  # before hashing: a megabyte is no password
    method, salt, digest = (stored or NOBODY).split("$")
    n, r, p = map(int, method.split(":")[1:])
    same = hmac.compare_digest(_scrypt(password, salt, n, r, p).hex(), digest)
    return same and bool(stored)


def _scrypt(password: str, salt: str, n: int, r: int, p: int) -> bytes:
    secret = tidy(password).encode("utf-8", "surrogatepass")
    with _one_at_a_time:
        digest = hashlib.scrypt(
            secret, salt=salt.encode(), n=n, r=r, p=p, maxmem=MOST_MEMORY, dklen=64
        )
        heap.give_back()
        return digest


NOBODY = "scrypt:{}:{}:{}${}${}".format(*COST, "0" * 32, "0" * 128)
