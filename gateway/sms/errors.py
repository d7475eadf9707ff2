"""What can go wrong: octets that are no message, and messages that cannot be written as octets."""

from __future__ import annotations


class DecodeError(ValueError):
    """Octets that are no message of the expected kind.

    `field` is the dotted path of what was being read ("user_data.header.length"), `offset` the
    octet in the given octets where it begins, `reason` plain words.
    """

    def __init__(self, field: str, offset: int, reason: str) -> None:
        super().__init__(f"{field}, octet {offset}: {reason}")
        self.field = field
        self.offset = offset
        self.reason = reason

    def __reduce__(self) -> tuple[type[DecodeError], tuple[str, int, str]]:
        return DecodeError, (self.field, self.offset, self.reason)

    def moved(self, octets: int) -> DecodeError:
        """The same error as seen from a place that many octets earlier."""
        return DecodeError(self.field, self.offset + octets, self.reason)


class EncodeError(ValueError):
    """Something that no SMS can carry; the text says what, in plain words."""
