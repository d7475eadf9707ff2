"""Numbers that come in through an address or a form, where anybody can write anything."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter

from gateway.text.values import LARGEST, BadValue, whole


def an_id(text: str | None) -> int | None:
    """The id that is written there; None when it cannot be one."""
    return a_number(text, 1)


def a_number(text: str | None, least: int = 0, most: int = LARGEST) -> int | None:
    """None where nothing or no such number is written: whoever clicks writes one."""
    found = whole(text, least, most)
    return None if isinstance(found, BadValue) else found


class IdConverter(IntegerConverter):
    """`<id:message_id>` in a route."""

    def __init__(self, map: object) -> None:
        super().__init__(map, min=1, max=LARGEST)  # type: ignore[arg-type]
