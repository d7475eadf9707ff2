"""UCS-2 as it is really used: UTF-16, big-endian, surrogate pairs included."""

from __future__ import annotations

from gateway.sms import octets as octets_


def encode(text: str) -> bytes:
    """Two octets per unit. Half a surrogate pair in `text` goes out as it is."""
    return text.encode("utf-16-be", "surrogatepass")


def decode(octets: bytes) -> str:
    """Text of any octets whatever: an odd last octet is dropped, half a pair becomes U+FFFD.

    Join the octets of all parts first: a pair may be split between two of them. Octets of the
    other order are read in theirs (gateway.sms.octets); a byte order mark is no part of the text.
    """
    octets = even(octets)
    order = "utf-16-le" if octets_.little_endian(octets) else "utf-16-be"
    return octets.decode(order, "replace").removeprefix("\ufeff")


def even(octets: bytes) -> bytes:
    """Without the odd octet at the end that some senders leave there."""
    return octets[:-1] if len(octets) % 2 else octets
