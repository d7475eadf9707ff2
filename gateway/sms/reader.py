"""A cursor over received octets that knows where it is when something is missing."""

from __future__ import annotations

from gateway.sms.errors import DecodeError


class Reader:
    """Owned by one decode call."""

    __slots__ = ("data", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def octet(self, field: str) -> int:
        """The next octet; DecodeError when there is none."""
        try:
            value = self.data[self.position]
        except IndexError:
            raise DecodeError(field, self.position, "the message ends here") from None
        self.position += 1
        return value

    def take(self, length: int, field: str) -> bytes:
        """The next `length` octets; DecodeError when there are fewer."""
        taken = self.data[self.position : self.position + length]
        if len(taken) < length:
            words = f"{length} octets expected, {len(taken)} left"
            raise DecodeError(field, self.position, words)
        self.position += length
        return taken

    def up_to(self, length: int) -> bytes:
        """At most `length` octets, fewer when the message ends."""
        taken = self.data[self.position : self.position + length]
        self.position += len(taken)
        return taken
