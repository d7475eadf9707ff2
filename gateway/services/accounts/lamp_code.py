"""How many guesses a code of six digits bears: counted over all addresses, since anybody on the LAN
can have as many addresses as he likes. Then it is worth nothing; the button makes a new one."""

from __future__ import annotations

from gateway.text.values import digits

LENGTH = 6
MOST = 30  # wrong ones: the chance to hit one of a million is 1 in 33,000 for each press


class LampCode:
    """Not thread-safe: its owner lets one try in at a time."""

    def __init__(self) -> None:
        self._wrong = 0

    def made(self) -> None:
        """There is a new code: whoever made it stands at the box."""
        self._wrong = 0

    def guessed(self, bare: str) -> None:
        """A code of this shape was wrong."""
        self._wrong += self.is_one(bare)

    def is_spent(self, bare: str) -> bool:
        """Whether codes of this shape are not looked at any more."""
        return self.is_one(bare) and self._wrong >= MOST

    @staticmethod
    def is_one(bare: str) -> bool:
        return digits(bare, LENGTH, LENGTH) == bare
