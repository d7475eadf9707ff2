"""Which received message was answered by which of ours, whatever becomes of either."""

from __future__ import annotations

import pytest

from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file.database import execute
from gateway.store.messages import answers, details, inbox, outbox, trash
from tests.store.given import (
    ANN,
    BOB,
    NOW,
    connection,
    dispatches,
    message,
    restore,
    sent,
    submitted,
)

pytestmark = pytest.mark.usefixtures("store")


def came_in(number: str = ANN) -> int:
    return inbox.called(connection(), number, NOW)


def reply(*pairs: tuple[int, str], who: str = "admin", **more: object) -> int:
    return message(*(n for _, n in pairs), answers=pairs, author=who, **more)


def of(message_id: int) -> answers.AnswerInfo | None:
    return answers.newest([message_id]).get(message_id)


def fail(message_id: int) -> None:
    part = submitted(dispatches(message_id)[0], connection())
    outbox.refused(part, NOW, reason="The network refused.", code="CMS 1", retry_at=None)


def test_one_text_answers_several_and_makes_them_read() -> None:
    ann, bob, other = came_in(ANN), came_in(BOB), came_in(ANN)
    made = reply((ann, ANN), (bob, BOB))
    for received in (ann, bob):
        found = of(received)
        assert found is not None
        assert (found.reply_id, found.who, found.at) == (made, "admin", NOW)
        assert found.counts
        assert details.get(received).read_at == NOW
    assert of(other) is None
    assert details.get(other).read_at is None


def test_an_answer_is_as_good_as_the_way_to_its_own_sender() -> None:
    ann, bob = came_in(ANN), came_in(BOB)
    fail(reply((ann, ANN), (bob, BOB)))
    assert of(ann).failed
    assert of(bob).counts
    again = reply((ann, ANN), who="nurse")
    assert (of(ann).reply_id, of(ann).who) == (again, "nurse")
    fail(reply((ann, ANN)))
    assert of(ann).reply_id == again


def test_what_was_deleted_before_it_went_out_answers_nothing_until_it_is_restored() -> None:
    ann = came_in()
    made = reply((ann, ANN))
    trash.delete([made], NOW, "admin")
    assert of(ann) is None
    restore([made], NOW, "admin")
    assert of(ann).reply_id == made
    trash.delete([made], NOW, "admin")
    trash.destroy([made], NOW, "admin")
    assert of(ann) is None


def test_what_went_out_stays_an_answer_whatever_becomes_of_it_here() -> None:
    ann = came_in()
    made = reply((ann, ANN))
    sent(dispatches(made)[0], connection())
    trash.delete([made], NOW, "admin")
    assert of(ann).counts
    trash.destroy([made], NOW, "admin")
    found = of(ann)
    assert (found.reply_id, found.who, found.state, found.counts) == (None, "admin", None, True)


def test_the_received_one_keeps_its_answer_through_the_trash() -> None:
    ann = came_in()
    made = reply((ann, ANN))
    trash.delete([ann], NOW, "admin")
    restore([ann], NOW, "admin")
    assert of(ann).reply_id == made
    trash.delete([ann], NOW, "admin")
    trash.destroy([ann], NOW, "admin")
    assert answers.of([ann]) == []
    assert details.get(made) is not None


def test_who_has_not_seen_the_newest_answer_stores_nothing() -> None:
    ann = came_in()
    reply((ann, ANN), who="nurse")
    before = execute("SELECT count(*) FROM message").fetchone()
    with pytest.raises(outbox.AnsweredMeanwhile) as caught:
        reply((ann, ANN), answers_seen=0)
    assert [a.who for a in caught.value.found] == ["nurse"]
    assert execute("SELECT count(*) FROM message").fetchone() == before
    reply((ann, ANN), answers_seen=caught.value.found[-1].id)


def test_an_answer_that_failed_is_in_nobodys_way() -> None:
    ann = came_in()
    fail(reply((ann, ANN)))
    reply((ann, ANN), answers_seen=0)
    assert of(ann).state is DispatchState.PENDING


def test_a_message_of_ours_is_not_answered() -> None:
    ours = message(ANN)
    reply((ours, ANN))
    assert answers.of([ours]) == []


def test_a_page_of_answers_is_found_by_its_index() -> None:
    plan = execute(
        "EXPLAIN QUERY PLAN SELECT a.id FROM answer a LEFT JOIN message r ON r.id = a.reply_id"
        " LEFT JOIN dispatch d ON d.message_id = a.reply_id AND d.number = a.number"
        " WHERE a.message_id IN (SELECT value FROM json_each('[1]')) AND a.id > 0 ORDER BY a.id"
    ).fetchall()
    assert not [row[3] for row in plan if row[3].startswith("SCAN") and "json_each" not in row[3]]
    assert any("answer_message_id" in row[3] for row in plan)
