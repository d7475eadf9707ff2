"""What is done to many messages at once: delete, restore, delete for good, resend.

The work goes in chunks, each a short transaction of its own, so that a modem never waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.events import Events, OutboxChanged, Queued
from gateway.store import db, outbox, trash, views
from gateway.store.views import View

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Ticked messages, or all of a view up to the newest that its reader saw."""

    ids: tuple[int, ...] = ()
    view: View | None = None
    upto: int = 0  # id of the newest: what came in since was not seen and is not meant

    def chunks(self) -> Iterator[list[int]]:
        if self.view is None:
            for start in range(0, len(self.ids), CHUNK):
                yield list(self.ids[start : start + CHUNK])
            return
        before = self.upto + 1
        while found := views.ids(self.view, before, CHUNK):
            before = found[-1]
            yield found

    def number(self) -> int:
        return sum(len(chunk) for chunk in self.chunks())


@dataclass(frozen=True, slots=True)
class Again:
    """How many SMS of a selection could be sent again."""

    failed: int
    uncertain: int


class Interactions:
    """Stateless; safe to use from any thread with a database connection."""

    def __init__(self, clock: Clock, events: Events) -> None:
        self._clock = clock
        self._events = events

    def unsent(self, chosen: Selection) -> int:
        return sum(trash.unsent(chunk) for chunk in chosen.chunks())

    def delete(self, chosen: Selection, who: str) -> int:
        return self._each(chosen, trash.delete, who)

    def restore(self, chosen: Selection, who: str) -> int:
        return self._each(chosen, trash.restore, who)

    def destroy(self, chosen: Selection, who: str) -> int:
        return self._each(chosen, trash.destroy, who)

    def again(self, chosen: Selection) -> Again:
        found = [trash.unfinished(chunk) for chunk in chosen.chunks()]
        return Again(sum(len(f.failed) for f in found), sum(len(f.uncertain) for f in found))

    def resend(
        self, chosen: Selection, who: str, *, uncertain: bool, connection_id: int | None = None
    ) -> int:
        """Queue again what failed, and with `uncertain` also what may have been sent.

        `connection_id`: None keeps what was chosen, 0 leaves it to the routing rules.
        """
        count = 0
        for chunk in chosen.chunks():
            found = trash.unfinished(chunk)
            ids = [*found.failed, *(found.uncertain if uncertain else ())]
            for start in range(0, len(ids), CHUNK):
                some = ids[start : start + CHUNK]
                with db.transaction():
                    if connection_id is not None:
                        trash.choose_connection(some, connection_id)
                    count += outbox.resend(some, self._clock.now(), who)
        self._events.publish(Queued())
        return count

    def _each(
        self, chosen: Selection, act: Callable[[Sequence[int], int, str], int], who: str
    ) -> int:
        count = sum(act(chunk, self._clock.now(), who) for chunk in chosen.chunks())
        if count:
            self._events.publish(Queued() if act is trash.restore else OutboxChanged())
        return count
