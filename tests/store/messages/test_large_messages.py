"""A message to thousands of people: deleted, restored, removed in bites, and cut short."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.clock import DAY
from gateway.store.file import batches, database
from gateway.store.file.database import execute
from gateway.store.messages import large_messages, outbox, trash
from gateway.store.messages.outbox import DispatchClaim
from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo
from gateway.store.search import views
from gateway.store.search.views import View
from gateway.store.sending import queue, workload
from tests.store.given import ANN, BOB, NOW, connection, dispatches, message, restore, tpdus

pytestmark = pytest.mark.usefixtures("store")

PEOPLE = 25
FEW = 10


@pytest.fixture(autouse=True)
def small_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_messages, "BITE", FEW)
    monkeypatch.setattr(batches, "BREATH", 0)


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Dispatches changed by each transaction."""
    found: list[int] = []
    execute("CREATE TEMP TABLE touched (id)")
    for what in ("UPDATE", "DELETE"):
        execute(
            f"CREATE TEMP TRIGGER touched_{what} AFTER {what} ON main.dispatch"
            " BEGIN INSERT INTO touched VALUES (OLD.id); END"
        )

    def note() -> None:
        (count,) = execute("SELECT count(*) FROM touched").fetchone()
        execute("DELETE FROM touched")
        found.append(count)

    connection = database.database.connection()
    commit = database.database.commit
    monkeypatch.setattr(database.database, "commit", lambda: (note(), commit())[1])
    yield found
    assert connection is database.database.connection()


def large() -> int:
    return message(*(f"+2547110{n:05}" for n in range(PEOPLE)))


def held(message_id: int) -> int:
    sql = "SELECT sum(held) FROM dispatch WHERE message_id = ?"
    return int(execute(sql, (message_id,)).fetchone()[0])


def steps(times: int) -> None:
    for _ in range(times):
        large_messages.settle(NOW)


def test_no_transaction_of_a_large_deletion_changes_more_than_a_bite(changed: list[int]) -> None:
    big = large()
    changed.clear()
    trash.delete([big], NOW, "ann")
    restore([big], NOW, "ann")
    trash.delete([big], NOW, "ann")
    trash.destroy([big], NOW, "ann")
    assert max(changed) == FEW
    assert sum(changed) == 4 * PEOPLE
    assert execute("SELECT count(*) FROM dispatch").fetchone() == (0,)
    assert execute("SELECT count(*) FROM message").fetchone() == (0,)
    assert execute("SELECT count(*) FROM settling").fetchone() == (0,)


def test_cut_short_the_message_is_deleted_and_nothing_of_it_is_handed_to_a_modem() -> None:
    big = large()
    with database.transaction():
        trash.mark_deleted([big], NOW)
    assert held(big) == 0  # here the power goes
    assert views.ids(View.DELETED, None, 9) == [big]
    last = dispatches(big)[-1]
    assert outbox.claim([DispatchClaim(last, connection(), tpdus(1))], NOW) == []
    large_messages.settle_all(NOW)
    assert held(big) == PEOPLE
    assert views.counts().pending == 0


def test_a_restore_in_the_middle_of_a_deletion_wins() -> None:
    big = large()
    with database.transaction():
        trash.mark_deleted([big], NOW)
    steps(1)
    assert held(big) == FEW
    restore([big], NOW + 3 * DAY, "bob")
    assert held(big) == 0
    assert execute("SELECT count(*) FROM settling").fetchone() == (0,)
    assert queue.expire(NOW + 3 * DAY) == PEOPLE - FEW  # only what was held has a new day


def test_what_is_going_for_good_cannot_be_brought_back_half() -> None:
    big, small = large(), message(BOB)
    trash.delete([big, small], NOW, "ann")
    with database.transaction():
        gone = trash.destroyable([big, small])
        trash.remove(gone)
    steps(1)
    assert gone == [big, small]
    assert len(dispatches(big)) == PEOPLE - FEW
    assert restore([big], NOW, "bob") == 0
    assert trash.destroyable([big]) == []
    large_messages.settle_all(NOW)
    assert dispatches(big) == []
    assert views.counts().deleted == 0


def test_much_that_expires_or_moves_at_once_is_done_in_bites(
    changed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches.in_bites, "__defaults__", (FEW,))
    monkeypatch.setattr(queue, "MOVED_AT_ONCE", FEW)
    one, two = connection("1"), connection("2")
    big = message(*(f"+2547110{n:05}" for n in range(PEOPLE)), connection_id=one)
    ids = dispatches(big)
    outbox.postpone(ids, NOW, "No modem carries it.", NOW)
    changed.clear()
    assert queue.hurry(NOW) == PEOPLE
    assert workload.move(one, two, "other", "ann", NOW) == PEOPLE
    assert workload.move(one, two, "other", "ann", NOW) == 0
    with database.transaction():
        execute("UPDATE dispatch SET wanted = -1")
    changed.clear()
    queue.unpark()
    assert queue.expire(NOW + 2 * DAY) == PEOPLE
    assert max(changed) == FEW
    assert sum(changed) == 2 * PEOPLE


def test_many_contacts_join_and_go_in_bites_with_one_entry_in_the_audit_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches.in_bites, "__defaults__", (FEW,))
    ids = [people.add(ContactInfo(f"N{n}", f"+2547110{n:05}"), NOW) for n in range(PEOPLE)]
    group = groups.make("All", NOW)
    assert groups.join(group, ids) == PEOPLE
    assert groups.join(group, ids) == 0
    assert groups.leave(group, ids[:FEW]) == FEW
    assert people.delete([*ids, ids[0], 10**6], NOW, "ann") == PEOPLE
    found = execute("SELECT detail FROM audit WHERE action = 'delete contacts'").fetchall()
    assert found == [(f"{PEOPLE} contacts",)]


def test_small_messages_follow_at_once() -> None:
    small = message(ANN, BOB)
    with database.transaction():
        trash.mark_deleted([small], NOW)
    assert held(small) == 2
    assert not large_messages.settle(NOW)


def test_a_field_of_many_contacts_is_emptied_in_bites_and_then_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches.in_bites, "__defaults__", (FEW,))
    town, street = groups.add_field("Town"), groups.add_field("Street")
    values = {town: "Kisumu", street: "Oginga"}
    for n in range(PEOPLE):
        people.add(ContactInfo(f"N{n}", f"+2547110{n:05}", fields=values), NOW)
    seen: list[int] = []
    monkeypatch.setattr(batches, "breathe", lambda: seen.append(groups.filled(town)))
    groups.delete_field(town, NOW, "ann")
    assert seen == [15, 5]
    assert [f.name for f in groups.fields()] == ["Street"]
    assert (groups.filled(town), groups.filled(street)) == (0, PEOPLE)
    groups.delete_field(town, NOW, "ann")
    found = execute("SELECT detail FROM audit WHERE action = 'delete field'").fetchall()
    assert found == [("Town",)]
