"""Which received message was answered, by whom, and by which message that was sent from here.

The relation outlives what is done to either: a reply that is deleted before it went out answers
nothing until it is restored, and one that went out stays an answer when it is deleted for good.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file.database import errors, execute

GONE_WRONG = (DispatchState.FAILED, DispatchState.CANCELLED)
SOME = "(SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class AnswerInfo:
    id: int
    message_id: int  # the received one
    reply_id: int | None  # None: it was deleted for good
    who: str
    at: int
    state: DispatchState | None  # of the reply on its way to this sender; None: not known any more
    deleted: bool  # the reply is in Deleted Communications

    @property
    def counts(self) -> bool:
        """Whether the sender has got it, or is going to."""
        return self.state not in GONE_WRONG and not (
            self.deleted and self.state is DispatchState.PENDING
        )

    @property
    def failed(self) -> bool:
        return self.state in GONE_WRONG and not self.deleted


class AnsweredMeanwhile(Exception):
    """Somebody else has answered since the writer looked; nothing was stored."""

    def __init__(self, found: list[AnswerInfo]) -> None:
        self.found = found
        super().__init__("This was answered meanwhile.")


def add(
    reply_id: int, pairs: Sequence[tuple[int, str]], who: str, at: int, *, seen: int | None = None
) -> None:
    """`reply_id` answers these received messages, each at its sender's number; they are read.

    Inside the caller's transaction. `seen`: the newest answer that the writer knows of; raises
    AnsweredMeanwhile when there is a newer one. None: whoever else has answered does not matter.
    """
    ids = [message_id for message_id, _ in pairs]
    if seen is not None and (newer := [a for a in of(ids, after=seen) if a.counts]):
        raise AnsweredMeanwhile(newer)
    for message_id, number in pairs:
        execute(
            "INSERT INTO answer (message_id, reply_id, number, who, at)"
            " SELECT id, ?, ?, ?, ? FROM message WHERE id = ? AND direction = 'in'",
            (reply_id, number, who, at, message_id),
        )
    execute(
        "UPDATE message SET read_at = ?"  # noqa: S608
        f" WHERE direction = 'in' AND read_at IS NULL AND id IN {SOME}",
        (at, json.dumps(ids)),
    )


def of(message_ids: Sequence[int], *, after: int = 0) -> list[AnswerInfo]:
    """All answers to these, oldest first; only those newer than `after`."""
    with errors():
        rows = execute(
            "SELECT a.id, a.message_id, a.reply_id, a.who, a.at, d.state,"  # noqa: S608
            " r.deleted_at IS NOT NULL"
            " FROM answer a LEFT JOIN message r ON r.id = a.reply_id"
            " LEFT JOIN dispatch d ON d.message_id = a.reply_id AND d.number = a.number"
            f" WHERE a.message_id IN {SOME} AND a.id > ? ORDER BY a.id",
            (json.dumps(list(message_ids)), after),
        ).fetchall()
    return [
        AnswerInfo(
            id_,
            message_id,
            reply_id,
            who,
            at,
            DispatchState(state) if state else None,
            bool(deleted),
        )
        for id_, message_id, reply_id, who, at, state, deleted in rows
    ]


def newest(message_ids: Sequence[int]) -> dict[int, AnswerInfo]:
    """For each that was answered, the newest answer that counts, else the newest that failed."""
    found: dict[int, AnswerInfo] = {}
    for answer in of(message_ids):
        known = found.get(answer.message_id)
        if answer.counts or (answer.failed and not (known and known.counts)):
            found[answer.message_id] = answer
    return found


def forget_unsent(reply_ids: Sequence[int]) -> None:
    """These go for good: what never went out has answered nothing. In the caller's transaction."""
    execute(
        f"DELETE FROM answer WHERE reply_id IN {SOME} AND NOT EXISTS (SELECT 1 FROM dispatch d"  # noqa: S608
        " WHERE d.message_id = answer.reply_id AND d.number = answer.number"
        "  AND d.state IN ('sending', 'sent', 'delivered', 'uncertain'))",
        (json.dumps(list(reply_ids)),),
    )
