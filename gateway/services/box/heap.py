"""What the C library does with memory that Python and SQLite have given back."""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX = -8  # glibc's malloc.h


def share() -> None:
    """One heap for all threads, from now on: call it before there are any.

    glibc gives each thread a heap of its own, and each keeps what its largest page or search once
    took: with a million messages 120 MiB, shared 75 (tests/bench/inbox.py). Python runs one thread
    at a time, so there is nobody to wait for.
    """
    with contextlib.suppress(AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def give_back() -> None:
    """Let the system have what is free: glibc would keep scrypt's 16 MiB for ever."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
