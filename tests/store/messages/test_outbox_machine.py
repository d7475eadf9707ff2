"""Anything may happen in any order; the promises hold all the same.

A network that remembers what reached it plays the other side. Never is a part handed to it twice
unless the dispatch was in doubt, or failed, and somebody wished it again; nothing is lost; every
step is one of the table of states.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from peewee import IntegrityError

from gateway.clock import SECOND
from gateway.decisions import part_states
from gateway.decisions.dispatch_states import TABLE, DispatchState
from gateway.decisions.part_states import PartState
from gateway.store import opening
from gateway.store.file import database
from gateway.store.file.database import execute
from gateway.store.messages import lists, outbox, trash
from gateway.store.messages.outbox import DispatchClaim
from gateway.store.search import views
from tests.store.given import NOW, connection, dispatch, dispatches, message, restore, sent, tpdus

REACHABLE = {(a, b) for (a, _), b in TABLE.items()}


def watch_parts() -> None:
    """This connection refuses whatever is no step of a part's table, and parts that begin late."""
    steps = {(a, b) for (a, _), b in part_states.TABLE.items()}
    execute("CREATE TEMP TABLE step (a TEXT, b TEXT)")
    for pair in steps:
        execute("INSERT INTO step VALUES (?, ?)", pair)
    execute(
        "CREATE TEMP TRIGGER stepped BEFORE UPDATE OF state ON main.part"
        " WHEN NOT EXISTS (SELECT 1 FROM step WHERE a = OLD.state AND b = NEW.state)"
        " BEGIN SELECT RAISE(ABORT, 'no step of the table'); END"
    )
    execute(
        "CREATE TEMP TRIGGER began BEFORE INSERT ON main.part"
        f" WHEN NEW.state <> '{PartState.NEW}' BEGIN SELECT RAISE(ABORT, 'begins late'); END"
    )


@dataclass
class Known:
    """What the test knows of a dispatch, from what it did itself."""

    message_id: int
    parts: int
    last: DispatchState = DispatchState.PENDING
    handed: Counter[int] = field(default_factory=Counter)  # part id -> how often submitted
    allowed: int = 1  # submissions of a part that nobody could call a surprise
    deleted: bool = False


@dataclass(eq=False)
class InHand:
    """A modem's own view of the dispatch it claimed: what is left, and what is under way."""

    dispatch_id: int
    connection_id: int
    left: list[int]
    under_way: int | None = None


# What a modem does next; the ordinary way more often than the others.
STEPS = (*("submit", "accept") * 3, "refuse", "refuse_for_good", "lose_sight", "give_back")


class Outbox(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        opening.open_store(Path(self.folder.name))
        database.database.connect()
        watch_parts()
        self.now = NOW
        self.mr = 0
        self.connections = [connection("1"), connection("2")]
        self.known: dict[int, Known] = {}
        self.in_hand: list[InHand] = []
        self.handed_over: list[int] = []  # part ids that were submitted at some time
        self.taken: set[int] = set()  # part ids that the network took, and has not lost
        for parts in (1, 3):
            self.add(2, parts, "hold", None, False)
        self.add(1, 2, "resend", None, False)

    def teardown(self) -> None:
        opening.close_store()
        self.folder.cleanup()

    # what people do -----------------------------------------------------------------------------

    @rule(
        people=st.integers(1, 3),
        parts=st.integers(1, 3),
        policy=st.sampled_from(["hold", "hold", "resend"]),
        wanted=st.sampled_from([None, None, 0, 1]),
        ends=st.booleans(),
    )
    def add(self, people: int, parts: int, policy: str, wanted: int | None, ends: bool) -> None:
        numbers = [f"+25471100000{(len(self.known) + n) % 5}" for n in range(people)]
        chosen = None if wanted is None else self.connections[wanted]
        m = message(*numbers, at=self.now, parts=parts, when_uncertain=policy, connection_id=chosen)
        for d in dispatches(m):
            self.known[d] = Known(m, parts)
            self.known[d].allowed += 3 if policy == "resend" else 0

    @rule(data=st.data())
    def resend(self, data: st.DataObject) -> None:
        d = self.pick(data, DispatchState.FAILED, DispatchState.UNCERTAIN)
        if d is not None and outbox.resend([d], self.now, "ann"):
            self.known[d].allowed += 1

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        d = self.pick(data, DispatchState.PENDING, DispatchState.SENDING)
        if d is not None and d % 3 == 0:
            outbox.cancel([d], self.now, "ann")

    @rule(data=st.data(), back=st.sampled_from([True, True, False]))
    def delete_or_restore(self, data: st.DataObject, back: bool) -> None:
        d = self.pick(data)
        if d is None:
            return
        self.set_deleted(self.known[d].message_id, not back)

    def set_deleted(self, message_id: int, deleted: bool) -> None:
        (trash.delete if deleted else restore)([message_id], self.now, "ann")
        for known in self.known.values():
            if known.message_id == message_id:
                known.deleted = deleted

    def pick(self, data: st.DataObject, *among: DispatchState) -> int | None:
        there = sorted(d for d, s in self.states().items() if s in among or not among)
        return data.draw(st.sampled_from(there)) if there else None

    # what modems do -----------------------------------------------------------------------------

    @rule(
        room=st.integers(0, 4),
        which=st.integers(0, 1),
        deleted_meanwhile=st.sampled_from([False] * 9 + [True]),
        steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(STEPS)), max_size=12),
        power_cut=st.sampled_from([False] * 4 + [True]),
    )
    def work(
        self,
        room: int,
        which: int,
        deleted_meanwhile: bool,
        steps: list[tuple[int, str]],
        power_cut: bool,
    ) -> None:
        """A modem takes what it has room for, and goes on with what it has in hand."""
        if room:
            self.claim(self.connections[which], room, deleted_meanwhile)
        for index, step in steps:
            if self.in_hand:
                getattr(self, f"_{step}")(self.in_hand[index % len(self.in_hand)])
        if power_cut:
            self.restart()

    work_more = work_still_more = work  # most of what happens

    def claim(self, c: int, room: int, deleted_meanwhile: bool) -> None:
        sending = execute("SELECT number FROM dispatch WHERE state = 'sending'").fetchall()
        found = outbox.due(self.now, {c: room}, room)
        found = [f for f in found if f.chosen_connection_id in (None, c)]
        numbers = [f.number for f in found]
        assert len(set(numbers)) == len(numbers)
        assert not set(numbers) & {number for (number,) in sending}
        if found and deleted_meanwhile:
            self.set_deleted(found[0].message_id, True)
        wanted = [
            DispatchClaim(f.dispatch_id, c, tpdus(self.known[f.dispatch_id].parts), 1)
            for f in found
        ]
        for won in outbox.claim(wanted, self.now):
            assert not self.known[won.dispatch_id].deleted
            parts = [p.part_id for p in won.parts]
            assert parts
            self.in_hand.append(InHand(won.dispatch_id, c, parts))

    def _submit(self, hand: InHand) -> None:
        if hand.under_way:
            return
        part = hand.left[0]
        assert part not in self.taken, "the network has this part already"
        outbox.submitted(part, hand.connection_id, self.now)
        hand.under_way = part
        self.handed_over.append(part)
        known = self.known[hand.dispatch_id]
        known.handed[part] += 1
        assert known.handed[part] <= known.allowed, "handed to the network once too often"

    def _accept(self, hand: InHand) -> None:
        if not hand.under_way:
            return
        self.mr = (self.mr + 1) % 256
        outbox.accepted(hand.under_way, self.mr, self.now)
        self.taken.add(hand.under_way)
        hand.left.remove(hand.under_way)
        hand.under_way = None
        if not hand.left:
            self.in_hand.remove(hand)

    def _refuse(self, hand: InHand, retry: bool = True) -> None:
        part = hand.under_way or hand.left[0]
        if part == hand.under_way:
            self.known[hand.dispatch_id].handed[part] -= 1  # the network said that it has it not
        retry_at = self.now + SECOND if retry else None
        outbox.refused(part, self.now, reason="no", code="CMS 1", retry_at=retry_at)
        self.in_hand.remove(hand)

    def _refuse_for_good(self, hand: InHand) -> None:
        self._refuse(hand, retry=False)

    def _lose_sight(self, hand: InHand) -> None:
        if hand.under_way:
            outbox.unknown(hand.under_way, self.now, "no answer", "TIMEOUT")
            self.in_hand.remove(hand)

    def _give_back(self, hand: InHand) -> None:
        outbox.release(hand.dispatch_id, "gone", self.now)
        self.in_hand.remove(hand)

    @rule(data=st.data())
    def late_answer(self, data: st.DataObject) -> None:
        """An answer to what is in doubt; what is under way gets its own in `work`."""
        if not self.handed_over:
            return
        part = data.draw(st.sampled_from(self.handed_over))
        if part not in [hand.under_way for hand in self.in_hand]:
            outbox.accepted(part, 200, self.now)

    @rule(data=st.data(), status=st.sampled_from([0, 0, 48, 70]))
    def report(self, data: st.DataObject, status: int) -> None:
        if not self.handed_over:
            return
        part = data.draw(st.sampled_from(self.handed_over))
        number, mr, c = execute(
            "SELECT d.number, p.mr, p.connection_id FROM part p"
            " JOIN dispatch d ON d.id = p.dispatch_id WHERE p.id = ?",
            (part,),
        ).fetchone()
        outbox.report(c, number, 255 if mr is None else mr, status, None, None, self.now)
        if status == 70:  # of this or another part to the same number
            self.taken.clear()

    # what time and power do ---------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 1, 60, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND
        outbox.expire(self.now)

    def restart(self) -> None:
        self.in_hand.clear()
        opening.close_store()
        opening.open_store(Path(self.folder.name))
        database.database.connect()
        watch_parts()
        found = outbox.recover(self.now)
        assert found.resent <= found.uncertain
        assert DispatchState.SENDING not in self.states().values()

    # what must hold at all times ----------------------------------------------------------------

    def states(self) -> dict[int, DispatchState]:
        return {i: DispatchState(s) for i, s in execute("SELECT id, state FROM dispatch")}

    @invariant()
    def nothing_is_lost_and_every_step_is_legal(self) -> None:
        if not hasattr(self, "known"):
            return
        states = self.states()
        assert states.keys() == self.known.keys()
        for d, known in self.known.items():
            reached = {known.last}
            for _ in range(4):  # one call may take several steps
                reached |= {b for a, b in REACHABLE if a in reached}
            assert states[d] in reached, f"{known.last} -> {states[d]}"
            known.last = states[d]

    @invariant()
    def a_dispatch_is_what_its_parts_say(self) -> None:
        if not hasattr(self, "known"):
            return
        for d, state in self.states().items():
            rows = execute("SELECT state FROM part WHERE dispatch_id = ?", (d,))
            parts = [s for (s,) in rows]
            if state in (DispatchState.SENT, DispatchState.DELIVERED):
                assert parts
                assert not {"new", "submitted", "unknown"} & set(parts)
            if state is DispatchState.DELIVERED:
                assert set(parts) == {"delivered"}
            if state is DispatchState.UNCERTAIN:
                assert "unknown" in parts
            if state in (DispatchState.PENDING, DispatchState.CANCELLED):
                assert not {"submitted", "unknown"} & set(parts)
                assert not parts or "new" in parts

    @invariant()
    def counts_agree_with_what_is_there(self) -> None:
        if not hasattr(self, "known"):
            return
        states, found = self.states(), views.counts()
        for view, its in views.STATES.items():
            shown = {
                k.message_id for d, k in self.known.items() if states[d] in its and not k.deleted
            }
            assert getattr(found, view.value) == len(shown)
            assert {row.id for row in lists.page(view)} == shown


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.usefixtures("store")
def test_the_watch_knows_what_is_no_step_of_a_part() -> None:
    watch_parts()
    part = sent(dispatch(), connection())
    with pytest.raises(IntegrityError, match="no step of the table"):
        execute("UPDATE part SET state = 'new' WHERE id = ?", (part,))
    with pytest.raises(IntegrityError, match="begins late"):
        execute(
            "INSERT INTO part (dispatch_id, seq, tpdu, state) SELECT dispatch_id, 2, '', 'accepted'"
            " FROM part"
        )
