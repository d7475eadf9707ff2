from __future__ import annotations

import pytest

from gateway.clock import DAY, SystemClock
from gateway.decisions.dispatch_states import DispatchState
from gateway.events import Events
from gateway.services.messages.bulk import BulkAction, BulkActions, BulkPreview, BulkTask, Selection
from gateway.store.file import audit, database
from gateway.store.messages import details, inbox, lists, outbox, trash
from gateway.store.messages.trash import UnsentCount
from gateway.store.search.views import View
from tests.store.given import (
    ANN,
    BOB,
    NOW,
    claimed,
    connection,
    dispatches,
    message,
    state,
    submitted,
)

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def interactions() -> BulkActions:
    return BulkActions(SystemClock(), Events())


def _fail(message_id: int) -> None:
    c = connection()
    part = submitted(dispatches(message_id)[0], c)
    outbox.refused(part, NOW, reason="The network refused.", code="CMS 1", retry_at=None)


def test_the_window_counts_what_is_not_sent_yet_only(interactions: BulkActions) -> None:
    waiting, failed = message(ANN, BOB), message(ANN)
    _fail(failed)
    assert interactions.preview(BulkAction.DELETE, Selection((waiting, failed))) == BulkPreview(
        2, UnsentCount(2, 1)
    )


def test_only_what_is_in_the_bin_is_deleted_for_good() -> None:
    kept, gone = message(ANN), message(BOB)
    trash.delete([gone], NOW, "ann")
    assert trash.destroy([kept, gone], NOW, "ann") == 1
    assert details.get(gone) is None
    assert details.get(kept) is not None
    assert audit.page(None, 1)[0].action == "delete for good"


def test_what_a_modem_is_sending_is_not_deleted_for_good() -> None:
    m = message(ANN)
    claimed(dispatches(m)[0], connection())
    trash.delete([m], NOW, "ann")
    assert trash.destroy([m], NOW, "ann") == 0
    assert details.get(m) is not None


def test_a_long_message_deleted_for_good_does_not_come_back_as_incomplete() -> None:
    m = database.insert(
        "INSERT INTO message (direction, text, created_at, deleted_at) VALUES ('in', 'x', 1, 2)"
    )
    database.execute(
        "INSERT INTO incoming (digest, pdu, arrived_at, kind, total, set_id, message_id)"
        " VALUES ('d', '00', 1, 'sms', 2, 1, ?)",
        (m,),
    )
    assert trash.destroy([m], NOW, "ann") == 1
    assert inbox.give_up_waiting(NOW + 9 * DAY) == []
    assert database.execute("SELECT pdu FROM incoming").fetchone() == ("",)


def test_all_of_a_view_leaves_out_what_came_after_its_reader_looked(
    interactions: BulkActions,
) -> None:
    first, second = message(ANN), message(BOB)
    later = message(ANN)
    everything = Selection(view=View.ALL, upto=second)
    assert interactions.do(BulkTask(BulkAction.DELETE, everything, "ann")) == 2
    assert [r.id for r in lists.page(View.ALL)] == [later]
    some = Selection(view=View.DELETED, upto=first)
    assert interactions.do(BulkTask(BulkAction.RESTORE, some, "ann")) == 1


def test_only_failed_recipients_are_sent_again(interactions: BulkActions) -> None:
    m = message(ANN, BOB)
    _fail(m)
    chosen = Selection((m,))
    assert interactions.preview(BulkAction.RESEND, chosen) == BulkPreview(1, failed=1)
    assert interactions.do(BulkTask(BulkAction.RESEND, chosen, "ann", connection_id=0)) == 1
    assert [state(d) for d in dispatches(m)] == [DispatchState.PENDING, DispatchState.PENDING]
    assert interactions.do(BulkTask(BulkAction.RESEND, chosen, "ann")) == 0


def test_uncertain_ones_are_sent_again_only_when_asked_for(interactions: BulkActions) -> None:
    m = message(ANN)
    outbox.unknown(submitted(dispatches(m)[0], connection()), NOW, "No answer.", "")
    assert interactions.do(BulkTask(BulkAction.RESEND, Selection((m,)), "ann")) == 0
    assert state(dispatches(m)[0]) is DispatchState.UNCERTAIN
    assert interactions.do(BulkTask(BulkAction.RESEND, Selection((m,)), "ann", uncertain=True)) == 1


def test_the_commonest_cause_comes_first() -> None:
    for _ in range(2):
        _fail(message(ANN))
    assert trash.causes() == [("The network refused.", 2)]
