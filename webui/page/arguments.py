"""Numbers that come in through an address or a form, where anybody can write anything."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter

LARGEST = 2**63 - 1  # SQLite's; a larger id would be an error instead of no message


def an_id(text: str | None) -> int | None:
    """The id that is written there; None when it cannot be one."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    number = int(text)
    return number if 0 < number <= LARGEST else None


class IdConverter(IntegerConverter):
    """`<id:message_id>` in a route."""

    def __init__(self, map: object) -> None:
        super().__init__(map, min=1, max=LARGEST)  # type: ignore[arg-type]
