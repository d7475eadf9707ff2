"""The pretend carrier's service codes and menus, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Menu:
    """A USSD text that waits for an answer: choice -> text that ends the session, or a menu."""

    text: str
    choices: dict[str, str | Menu]


USSD_ANSWERS: dict[str, str | Menu] = {
    "*100#": "Your balance is {credit} EUR.",
    "*123#": Menu(
        "1 Balance\n2 My number\n3 Offers",
        {
            "1": "Your balance is {credit} EUR.",
            "2": "Your number is {number}.",
            "3": Menu("1 Data\n2 Calls\n0 Back", {"1": "No data offer.", "2": "No call offer."}),
        },
    ),
    "*135#": "{number}",
}
USSD_UNKNOWN = "Unknown service code."


class Sessions:
    """Owns the menus that are open, by number."""

    def __init__(self) -> None:
        self._open: dict[str, Menu] = {}

    def answer(
        self, number: str, text: str, answers: dict[str, str | Menu], credit: int
    ) -> tuple[int, str]:
        """(m, text) of +CUSD: m 1 = the network expects a choice. `credit` in cents."""
        menu = self._open.pop(number, None)
        if not text:
            return 2, ""
        found = menu.choices.get(text) if menu else None
        if found is None:
            found = answers.get(text, USSD_UNKNOWN)
        if isinstance(found, Menu):
            self._open[number] = found
            return 1, found.text
        return 0, found.replace("{credit}", f"{credit / 100:.2f}").replace("{number}", number)
