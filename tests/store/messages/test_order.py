"""Messages to one person arrive in the order in which they were written."""

from __future__ import annotations

import pytest

from gateway.clock import MINUTE, SECOND
from gateway.store.file.database import execute
from gateway.store.messages import outbox
from gateway.store.sending.queue import NOT_OVERTAKEN
from tests.store.given import ANN, BOB, NOW, connection, dispatch, submitted

pytestmark = pytest.mark.usefixtures("store")


def refused(dispatch_id: int, via: int, again: int) -> None:
    part = submitted(dispatch_id, via)
    outbox.refused(part, NOW, reason="busy", code="CMS 42", retry_at=again)


def due(now: int, via: int) -> list[int]:
    return [d.dispatch_id for d in outbox.due(now, {via: 9}, 9)]


def test_a_younger_message_waits_for_the_retry_of_an_older_one_to_the_same_person() -> None:
    c = connection()
    old = dispatch(ANN)
    refused(old, c, NOW + 30 * SECOND)
    dispatch(ANN, at=NOW + SECOND)
    other = dispatch(BOB, at=NOW + SECOND)
    assert due(NOW + 2 * SECOND, c) == [other]
    assert due(NOW + 30 * SECOND, c) == [other, old]


def test_a_retry_that_is_far_off_does_not_hold_up_the_rest() -> None:
    c = connection()
    old = dispatch(ANN)
    refused(old, c, NOW + NOT_OVERTAKEN + MINUTE)
    young = dispatch(ANN, at=NOW + SECOND)
    assert due(NOW + 2 * SECOND, c) == [young]


def test_what_is_more_urgent_does_not_wait() -> None:
    c = connection()
    old = dispatch(ANN)
    refused(old, c, NOW + 30 * SECOND)
    alarm = dispatch(ANN, at=NOW + SECOND, priority=5)
    assert due(NOW + 2 * SECOND, c) == [alarm]


def test_a_message_that_waits_for_a_connection_that_is_down_holds_up_nobody() -> None:
    c, down = connection(), connection("8999")
    old = dispatch(ANN, connection_id=down)
    refused(old, down, NOW + SECOND)
    outbox.postpone([old], NOW + MINUTE, "no SIM", NOW)
    young = dispatch(ANN, at=NOW + SECOND)
    assert due(NOW + 2 * SECOND, c) == [young]


def test_a_deleted_message_holds_up_nobody() -> None:
    c = connection()
    old = dispatch(ANN)
    refused(old, c, NOW + SECOND)
    execute("UPDATE dispatch SET held = 1 WHERE id = ?", (old,))
    young = dispatch(ANN, at=NOW + SECOND)
    assert due(NOW + 2 * SECOND, c) == [young]
