"""What is refused names everything that is wrong; what is accepted is on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.clock import DAY
from gateway.events import Events
from gateway.services.messages.accept import Messages, Refused, WrittenMessage
from gateway.store.connections import connections
from gateway.store.file import database
from gateway.store.messages import details, outbox
from gateway.store.search import views
from tests.services.conftest import FakeClock

GOOD = WrittenMessage(recipients="0712345678", text="hello")


@pytest.fixture
def messaging(clock: FakeClock, store: Path) -> Messages:
    return Messages(clock, Events(), lambda: "KE")


def wrong(messaging: Messages, **changes: object) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        messaging.send(replace(GOOD, **changes))
    assert views.counts().all == 0, "what is refused changes nothing"
    return {e.field: e.words for e in caught.value.errors}


def test_accepted_means_readable_by_another_connection_to_the_file(messaging, store):
    import sqlite3

    accepted = messaging.send(GOOD, author="ann")
    with sqlite3.connect(store / "pigeonbox.db") as other:
        rows = other.execute("SELECT number, state FROM dispatch").fetchall()
    assert rows == [("+254712345678", "pending")]
    assert accepted.words == "1 SMS queued to 1 person"


def test_sms_are_counted_over_people_and_parts(messaging):
    accepted = messaging.send(replace(GOOD, recipients="0712345678, 0712345679", text="x" * 161))
    assert (accepted.people, accepted.sms) == (2, 4)
    assert accepted.words == "4 SMS queued to 2 people"


def test_everything_wrong_is_said_at_once(messaging):
    found = wrong(messaging, recipients="the moon", text=" \n", ttl_seconds=0, priority=999)
    assert set(found) == {"recipients", "text", "ttl", "priority"}
    assert "the moon" in found["recipients"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipients": ""}, "recipients"),
        ({"recipients": " ,;\n"}, "recipients"),
        ({"text": ""}, "text"),
        ({"text": "x" * (255 * 153 + 1)}, "text"),
        ({"text": "broken \ud800"}, "text"),
        ({"text": "nul \0"}, "text"),
        ({"connection_id": 42}, "connection"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "x" * 129}, "client_id"),
        ({"client_id": "two\nlines"}, "client_id"),
        ({"when_uncertain": "perhaps"}, "when_uncertain"),
        ({"ttl_seconds": 40_000_000}, "ttl"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(messaging, changes, field):
    assert list(wrong(messaging, **changes)) == [field]


def test_the_longest_text_goes(messaging):
    assert messaging.send(replace(GOOD, text="x" * (255 * 153))).sms == 255


def test_line_ends_become_one_character(messaging):
    accepted = messaging.send(replace(GOOD, text="one\r\ntwo\rthree"))
    detail = details.get(accepted.message_id)
    assert detail is not None
    assert detail.text == "one\ntwo\nthree"


def test_an_id_is_used_once(messaging):
    messaging.send(replace(GOOD, client_id="alarm-1"))
    with pytest.raises(outbox.DuplicateId):
        messaging.send(replace(GOOD, client_id="alarm-1", text="again"))
    assert views.counts().all == 1


def test_a_message_waits_a_day_unless_told_otherwise(messaging, clock):
    accepted = messaging.send(GOOD)
    clock.ms += DAY - 1
    assert outbox.expire(clock.now()) == 0
    clock.ms += 2
    assert outbox.expire(clock.now()) == 1
    detail = details.get(accepted.message_id)
    assert detail is not None
    assert "Expired" in detail.dispatches[0].reason


def test_a_chosen_connection_has_to_exist(messaging, clock):
    info = connections.upsert_connection("8944100000000000001", "234100000000001", clock.now())
    messaging.send(replace(GOOD, connection_id=info.connection_id))


def test_listeners_hear_of_it_after_the_commit(clock, store):
    events = Events()
    seen = []
    messaging = Messages(clock, events, lambda: "KE")
    before = events.revision
    messaging.send(GOOD)
    seen.append(views.counts().pending)
    assert events.revision > before
    assert seen == [1]
    assert database.database.in_transaction() is False
