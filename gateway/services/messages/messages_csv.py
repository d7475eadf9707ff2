"""Messages -> CSV: a view or a search, newest first, in pieces that fit into little memory.

One line for each message received, and one for each recipient of what was sent; of a view such as
SMS failed only the recipients that put the message there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice

from gateway.services.messages.bulk import Selection
from gateway.services.people import sheets
from gateway.store.connections import connections
from gateway.store.file import audit, database
from gateway.store.messages import csv_lines
from gateway.store.messages.csv_lines import CsvLine
from gateway.store.search import search, views
from gateway.store.search.views import NEWEST, STATES, View
from gateway.text.plural import counted

HEADER = ("time", "direction", "name", "number", "text", "state", "reason", "connection")
MARK = "\ufeff"  # without it Excel takes UTF-8 for cp1252
AT_ONCE = 200  # messages in one piece
LINES = 1000  # lines that are written at once
WORDS = {"uncertain": "may have been sent"}

Names = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CsvPiece:
    text: str
    before: int  # where the next one begins
    messages: int  # that are in it


class MessagesCsv:
    """Stateless but for its settings; safe to use from any thread with a database connection."""

    def __init__(self, names: Names, zone: Callable[[], tzinfo | None]) -> None:
        self._names = names
        self._zone = zone

    def header(self) -> str:
        return sheets.write([HEADER])

    def pieces(self, chosen: Selection, before: int = NEWEST) -> Iterator[CsvPiece]:
        """Everything below `before`. Nothing is held open between two pieces."""
        states = states_of(chosen)
        deleted = chosen.view is View.DELETED
        while ids := chosen.page(before, AT_ONCE):
            found = (line for i in ids for line in csv_lines.lines(i, states, deleted))
            while some := list(islice(found, LINES)):
                yield CsvPiece(self._written(some), before, 0)
            before = ids[-1]
            yield CsvPiece("", before, len(ids))

    def _written(self, found: list[CsvLine]) -> str:
        names = self._names({line.number for line in found})
        via = connections.names()
        zone = self._zone()
        return sheets.write(
            (
                _time(line.at, zone),
                "in" if line.incoming else "out",
                names.get(line.number, ""),
                line.number,
                line.text,
                WORDS.get(line.state, line.state),
                line.reason,
                via.get(line.connection_id or 0, ""),
            )
            for line in found
        )


def states_of(chosen: Selection) -> tuple[str, ...]:
    """Of a message to many, the recipients that are meant; () = all."""
    wanted = chosen.search
    if wanted is not None:
        return wanted.states or STATES.get(wanted.view, ())
    return STATES.get(chosen.view, ()) if chosen.view is not None else ()


def number(chosen: Selection) -> int:
    """Of messages; of a search that finds very many it may be too low."""
    if chosen.search is not None:
        return search.number(chosen.search, patience=0.5).value
    if chosen.view is not None:
        return views.number(chosen.view, chosen.upto)
    return len(chosen.ids)


def note(chosen: Selection, messages: int, now: int, who: str) -> None:
    """Into the audit list: texts and numbers of people leave the box."""
    of = f"the view {chosen.view}" if chosen.view is not None else "a search"
    words = counted(messages, "message")
    with database.transaction():
        audit.write(now, who, "export", f"{words} of {of}")


def is_short(chosen: Selection, messages: int, most: int) -> bool:
    """Whether it has at most so many lines: then nobody has to wait for it."""
    if messages > most // 10:
        return False
    ids = chosen.page(NEWEST, most // 10)
    return csv_lines.number(ids, most + 1) <= most if ids else True


def _time(instant: int, zone: tzinfo | None) -> str:
    """ISO 8601 with the box's zone."""
    then = datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)
    return then.isoformat(timespec="seconds")
