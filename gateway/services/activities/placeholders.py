"""What a text of an activity says about the sender of the message that set it off."""

from __future__ import annotations

from collections.abc import Callable

from gateway.services.people.numbers import display
from gateway.services.people.placeholders import Template, available
from gateway.services.people.senders import number_of
from gateway.store.activities.runs import FreshMessage

MESSAGE = "message"  # {message}: what the sender wrote
NOBODY = "Unknown"  # stands for a sender whose number was withheld


def template(
    text: str, message: str = "", unnamed: Callable[[str], str] = lambda number: ""
) -> Template:
    return Template(text, {MESSAGE: message}, unnamed)


def fill(text: str, message: FreshMessage, country: str, *, to_others: bool = False) -> str:
    """A text of an activity with its placeholders filled in, all of which are about the sender.

    `to_others`: it is read by somebody who has to know who wrote, so for them the number of a
    stranger stands where a name would.
    """
    who = number_of(message.sender, country) or message.sender or NOBODY
    unnamed = display if to_others else lambda number: ""
    return template(text, message.text, unnamed).fill([who]).texts[0]


def placeholders() -> list[str]:
    """What may stand between braces in a text of an activity."""
    return [*available()[:2], MESSAGE, *available()[2:]]
