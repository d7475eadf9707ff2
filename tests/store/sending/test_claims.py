"""Claims, and what becomes of every part."""

from __future__ import annotations

import threading

import pytest

from gateway.clock import DAY, HOUR
from gateway.decisions.dispatch_states import DispatchState, UndefinedMove
from gateway.store.file import database
from gateway.store.messages import outbox, trash
from gateway.store.messages.outbox import DispatchClaim, DuplicateId
from gateway.store.sending.claims import RESENDS_BY_POLICY
from tests.store.given import (
    ANN,
    BOB,
    NOW,
    claimed,
    column,
    connection,
    dispatch,
    dispatches,
    message,
    outcomes,
    part_states,
    sent,
    state,
    submitted,
    tpdus,
)

pytestmark = pytest.mark.usefixtures("store")


def refuse(part: int, retry_at: int | None = NOW, **more: bool) -> DispatchState:
    return outbox.refused(part, NOW, reason="Busy.", code="CMS 42", retry_at=retry_at, **more)


# writing ----------------------------------------------------------------------------------------


def test_a_message_has_a_dispatch_for_every_recipient() -> None:
    m = message(ANN, BOB)
    assert [state(d) for d in dispatches(m)] == [DispatchState.PENDING, DispatchState.PENDING]
    assert [column(d, "number") for d in dispatches(m)] == [ANN, BOB]


def test_a_repeated_client_id_stores_nothing() -> None:
    message(ANN, client_id="abc")
    with pytest.raises(DuplicateId, match="abc"):
        message(BOB, client_id="abc")
    assert database.execute("SELECT count(*) FROM dispatch").fetchone() == (1,)


def test_another_broken_rule_is_not_taken_for_a_repeated_id() -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"):
        message(ANN, client_id="abc", connection_id=999)


# claiming ---------------------------------------------------------------------------------------


def test_the_first_claim_stores_the_bytes_and_later_ones_send_the_same() -> None:
    c = connection()
    d = dispatch(ANN, parts=2)
    first = claimed(d, c, parts=2)
    assert [(p.seq, p.tpdu) for p in first.parts] == [(1, "0001"), (2, "0002")]
    outbox.release(d, "gone", NOW)
    (again,) = outbox.claim([DispatchClaim(d, c, ("FFFF", "EEEE"), 200)], NOW)
    assert again.parts == first.parts
    assert column(d, "reference") == 7


def test_nobody_claims_what_another_has() -> None:
    c = connection()
    d = dispatch(ANN)
    claimed(d, c)
    assert outbox.claim([DispatchClaim(d, c, ("00",))], NOW) == []


def test_a_claim_without_bytes_for_a_dispatch_that_has_none_is_our_mistake() -> None:
    d = dispatch(ANN)
    with pytest.raises(ValueError, match="no parts"):
        outbox.claim([DispatchClaim(d, connection(), None)], NOW)
    assert state(d) is DispatchState.PENDING


def test_of_many_threads_one_gets_each_dispatch(store) -> None:
    c = connection()
    ids = [dispatch(f"+2547{n:08d}") for n in range(40)]
    won: list[int] = []
    start = threading.Barrier(4)

    def work(order: list[int]) -> None:
        with database.connected():
            start.wait(10)
            for d in order:
                won.extend(a.dispatch_id for a in outbox.claim([DispatchClaim(d, c, ("00",))], NOW))

    orders = [ids, ids[::-1], ids[20:] + ids[:20], ids[10:] + ids[:10]]
    threads = [threading.Thread(target=work, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(won) == ids


def test_references_of_a_recipient_start_anywhere_and_differ_256_times() -> None:
    seen = [outbox.next_reference(ANN) for _ in range(256)]
    assert sorted(seen) == list(range(256))
    assert 0 <= outbox.next_reference(BOB) < 256


def test_what_is_given_back_is_due_at_once_and_keeps_its_place() -> None:
    c = connection()
    d = dispatch(ANN)
    claimed(d, c)
    assert outbox.release(d, "The modem has just gone.", NOW + 5) is DispatchState.PENDING
    assert (column(d, "due_at"), column(d, "reason")) == (NOW, "The modem has just gone.")
    assert outbox.release(d, "again", NOW) is DispatchState.PENDING  # not being sent: left alone


def test_what_is_given_back_after_ctrl_z_is_in_doubt() -> None:
    c = connection()
    d = dispatch(ANN)
    submitted(d, c)
    assert outbox.release(d, "The modem has just gone.", NOW) is DispatchState.UNCERTAIN


# one part ---------------------------------------------------------------------------------------


def test_a_message_in_one_part_is_sent_when_the_network_took_it() -> None:
    c = connection()
    d = dispatch(ANN)
    part = submitted(d, c)
    assert (state(d), part_states(d)) == (DispatchState.SENDING, ["submitted"])
    assert outbox.accepted(part, 17, NOW + 9) is DispatchState.SENT
    assert (column(d, "sent_at"), part_states(d)) == (NOW + 9, ["accepted"])


def test_it_is_sent_only_when_the_last_part_was_taken() -> None:
    c = connection()
    d = dispatch(ANN, parts=2)
    one, two = claimed(d, c, parts=2).parts
    outbox.submitted(one.part_id, c, NOW)
    assert outbox.accepted(one.part_id, 1, NOW) is DispatchState.SENDING
    outbox.submitted(two.part_id, c, NOW)
    assert outbox.accepted(two.part_id, 2, NOW) is DispatchState.SENT


def test_no_part_is_handed_over_twice() -> None:
    c = connection()
    part = submitted(dispatch(ANN), c)
    with pytest.raises(UndefinedMove):
        outbox.submitted(part, c, NOW)


def test_nothing_is_handed_over_for_a_dispatch_that_was_taken_back() -> None:
    c = connection()
    d = dispatch(ANN)
    part = claimed(d, c).parts[0].part_id
    outbox.release(d, "gone", NOW)
    with pytest.raises(UndefinedMove):
        outbox.submitted(part, c, NOW)


def test_an_answer_told_twice_changes_nothing() -> None:
    c = connection()
    d = dispatch(ANN)
    part = sent(d, c, mr=5)
    assert outbox.accepted(part, 99, NOW + 1) is DispatchState.SENT
    assert database.execute("SELECT mr FROM part").fetchone() == (5,)


def test_a_refusal_of_a_passing_kind_waits_and_goes_on_with_the_missing_part() -> None:
    c = connection()
    d = dispatch(ANN, parts=3)
    one, two, _three = claimed(d, c, parts=3).parts
    outbox.submitted(one.part_id, c, NOW)
    outbox.accepted(one.part_id, 1, NOW)
    outbox.submitted(two.part_id, c, NOW)
    assert refuse(two.part_id, NOW + HOUR) is DispatchState.PENDING
    assert (column(d, "due_at"), column(d, "code")) == (NOW + HOUR, "CMS 42")
    assert (outbox.tries(two.part_id), outcomes(d)) == (1, ["retry"])
    (again,) = outbox.claim([DispatchClaim(d, c, None)], NOW + HOUR)
    assert [p.seq for p in again.parts] == [2, 3]


def test_a_refusal_for_good_fails_it_with_the_reason() -> None:
    c = connection()
    d = dispatch(ANN)
    assert refuse(submitted(d, c), None) is DispatchState.FAILED
    assert (column(d, "reason"), outcomes(d)) == ("Busy.", ["failed"])


def test_a_refusal_that_does_not_count_leaves_the_tries_alone() -> None:
    c = connection()
    part = submitted(dispatch(ANN), c)
    refuse(part, counts=False)
    assert outbox.tries(part) == 0


def test_connections_to_avoid_are_remembered_once_each() -> None:
    a, b = connection("1"), connection("2")
    d = dispatch(ANN)
    for c in (a, b, a):
        part = claimed(d, c).parts[0].part_id
        refuse(part, avoid=True)
    (found,) = outbox.due(NOW, {a: 1}, 1)
    assert found.avoid == {a, b}


# doubt ------------------------------------------------------------------------------------------


def in_doubt(**changes: object) -> tuple[int, int]:
    """(dispatch, part) of which nobody knows whether it went out."""
    d = dispatch(ANN, **changes)
    part = submitted(d, connection())
    outbox.unknown(part, NOW, "No answer came.", "TIMEOUT")
    return d, part


def test_without_an_answer_it_is_uncertain_and_stays_so() -> None:
    d, part = in_doubt()
    assert (state(d), part_states(d)) == (DispatchState.UNCERTAIN, ["unknown"])
    assert outbox.due(NOW + DAY, {1: 5}, 5) == []
    assert outbox.expire(NOW + 10 * DAY) == 0
    assert outbox.unknown(part, NOW, "again", "") is DispatchState.UNCERTAIN


def test_a_part_that_was_never_submitted_is_in_no_doubt() -> None:
    d = dispatch(ANN)
    part = claimed(d, connection()).parts[0].part_id
    assert outbox.unknown(part, NOW, "Network time-out.", "CMS 332") is DispatchState.PENDING
    assert column(d, "due_at") > NOW


def test_a_late_answer_settles_the_doubt() -> None:
    d, part = in_doubt()
    assert outbox.accepted(part, 9, NOW) is DispatchState.SENT
    assert column(d, "reason") == ""


def test_a_late_answer_for_one_of_several_parts_lets_the_others_go_out() -> None:
    c = connection()
    d = dispatch(ANN, parts=2)
    part = claimed(d, c, parts=2).parts[0].part_id
    outbox.submitted(part, c, NOW)
    outbox.unknown(part, NOW, "No answer came.", "TIMEOUT")
    assert outbox.accepted(part, 9, NOW) is DispatchState.PENDING
    (again,) = outbox.claim([DispatchClaim(d, c, None)], NOW)
    assert [p.seq for p in again.parts] == [2]


def test_a_late_refusal_settles_the_doubt_too() -> None:
    d, part = in_doubt()
    assert refuse(part, None) is DispatchState.FAILED
    d, part = in_doubt()
    assert refuse(part, NOW + HOUR) is DispatchState.PENDING
    assert part_states(d) == ["new"]


def test_an_alarm_goes_out_again_but_not_for_ever() -> None:
    c = connection()
    d = dispatch(ANN, when_uncertain="resend")
    for _ in range(RESENDS_BY_POLICY):
        part = submitted(d, c)
        assert outbox.unknown(part, NOW, "No answer came.", "") is DispatchState.PENDING
    assert outbox.unknown(submitted(d, c), NOW, "No answer came.", "") is DispatchState.UNCERTAIN
    assert outcomes(d)[:3] == ["uncertain", "resent by policy", "uncertain"]


def test_a_late_answer_stops_a_second_sending_that_has_not_begun() -> None:
    d, part = in_doubt(when_uncertain="resend")
    assert state(d) is DispatchState.PENDING
    assert outbox.accepted(part, 9, NOW) is DispatchState.SENT


def test_a_late_answer_does_not_disturb_a_second_sending_under_way() -> None:
    d, part = in_doubt(when_uncertain="resend")
    (again,) = outbox.claim([DispatchClaim(d, connection(), None)], NOW)
    assert outbox.accepted(part, 9, NOW) is DispatchState.SENDING
    outbox.submitted(again.parts[0].part_id, connection(), NOW)
    assert outbox.accepted(part, 10, NOW) is DispatchState.SENT


def test_a_late_answer_for_what_was_withdrawn_is_no_error() -> None:
    d, part = in_doubt(when_uncertain="resend")
    assert outbox.cancel([d], NOW, "ann") == 1
    assert outbox.accepted(part, 9, NOW) is DispatchState.CANCELLED


# people -----------------------------------------------------------------------------------------


def test_resending_takes_only_what_failed_or_is_in_doubt() -> None:
    c = connection()
    pending, failed = dispatch(ANN), dispatch(BOB)
    refuse(submitted(failed, c), None)
    uncertain, _ = in_doubt()
    assert outbox.resend([pending, failed, uncertain, 999], NOW + 5, "ann") == 2
    assert {state(d) for d in (pending, failed, uncertain)} == {DispatchState.PENDING}
    assert (column(failed, "attempts"), column(failed, "reason")) == (0, "")
    assert outcomes(failed) == ["failed", "resent"]
    assert database.execute("SELECT who, action, detail FROM audit").fetchone() == (
        "ann",
        "resend",
        "2 SMS",
    )


def test_resending_does_not_repeat_the_parts_that_the_network_has() -> None:
    c = connection()
    d = dispatch(ANN, parts=2)
    one, two = claimed(d, c, parts=2).parts
    outbox.submitted(one.part_id, c, NOW)
    outbox.accepted(one.part_id, 1, NOW)
    refuse(two.part_id, None)
    outbox.resend([d], NOW, "ann")
    (again,) = outbox.claim([DispatchClaim(d, c, tpdus(2), 99)], NOW)
    assert [(p.seq, p.tpdu) for p in again.parts] == [(2, "0002")]
    assert column(d, "reference") == 7


def test_what_expired_gets_a_new_day_when_it_is_resent() -> None:
    d = dispatch(ANN, valid_until=NOW)
    outbox.expire(NOW)
    outbox.resend([d], NOW + DAY, "ann")
    assert outbox.expire(NOW + DAY + HOUR) == 0
    assert outbox.expire(NOW + 2 * DAY) == 1


def test_only_what_no_modem_has_can_be_withdrawn() -> None:
    c = connection()
    a, b = dispatch(ANN), dispatch(BOB)
    claimed(b, c)
    assert outbox.cancel([a, b], NOW, "ann") == 1
    assert (state(a), state(b)) == (DispatchState.CANCELLED, DispatchState.SENDING)


def test_a_deleted_message_that_a_modem_has_is_finished_first() -> None:
    c = connection()
    m = message(ANN)
    (d,) = dispatches(m)
    part = submitted(d, c)
    trash.delete([m], NOW, "ann")
    assert outbox.accepted(part, 1, NOW) is DispatchState.SENT


# start ------------------------------------------------------------------------------------------


def test_after_a_restart_what_was_not_out_is_queued_and_what_may_be_is_in_doubt() -> None:
    c = connection()
    pending, safe, doubtful, alarm = (dispatch(f"+25471100001{n}") for n in range(4))
    database.execute("UPDATE message SET when_uncertain = 'resend' WHERE id = 4")
    claimed(safe, c)
    for d in (doubtful, alarm):
        submitted(d, c)
    assert outbox.recover(NOW) == outbox.RecoveredDispatches(released=1, uncertain=2, resent=1)
    assert [state(d) for d in (pending, safe, doubtful, alarm)] == [
        DispatchState.PENDING,
        DispatchState.PENDING,
        DispatchState.UNCERTAIN,
        DispatchState.PENDING,
    ]
    assert outbox.recover(NOW) == outbox.RecoveredDispatches(0, 0, 0)


def test_a_long_message_cut_off_between_parts_goes_on_where_it_stopped() -> None:
    c = connection()
    d = dispatch(ANN, parts=3)
    one = claimed(d, c, parts=3).parts[0].part_id
    outbox.submitted(one, c, NOW)
    outbox.accepted(one, 1, NOW)
    outbox.recover(NOW)
    (again,) = outbox.claim([DispatchClaim(d, c, None)], NOW)
    assert [p.seq for p in again.parts] == [2, 3]
