"""The life of a part: its table alone, and that the store changes parts by it alone."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions.dispatch_states import UndefinedMove
from gateway.decisions.part_states import (
    IN_DOUBT,
    REPORTED,
    TABLE,
    TAKEN,
    WITH_NETWORK,
    PartMove,
    PartState,
    allows,
    apply,
    before,
)

STORE = Path(__file__).parents[2] / "gateway/store"
MOVES = "transitions.py"  # of the store: the only one that writes a part's state
COPY = "restore.py"  # changes a copy of the whole file, by the table too
journeys = st.lists(st.sampled_from(PartMove), max_size=30)


def travel(moves: list[PartMove]) -> list[PartState]:
    """The states that a part passes through, whatever cannot happen left out."""
    passed = [PartState.NEW]
    for move in moves:
        if allows(passed[-1], move):
            passed.append(apply(passed[-1], move))
    return passed


@pytest.mark.parametrize("state", PartState)
@pytest.mark.parametrize("move", PartMove)
def test_every_pair_is_either_in_the_table_or_raises_by_name(state, move):
    assert allows(state, move) == ((state, move) in TABLE) == (state in before(move))
    if allows(state, move):
        assert isinstance(apply(state, move), PartState)
    else:
        with pytest.raises(UndefinedMove, match=f"a part that is {state} cannot {move}"):
            apply(state, move)


def test_every_state_can_be_reached_and_every_move_is_used():
    assert {m for _, m in TABLE} == set(PartMove)
    reached = {PartState.NEW}
    for _ in PartState:
        reached |= {b for (a, _), b in TABLE.items() if a in reached}
    assert reached == set(PartState)


def test_only_what_was_not_sent_is_submitted():
    ways = [(s, m) for (s, m), after in TABLE.items() if after is PartState.SUBMITTED]
    assert ways == [(PartState.NEW, PartMove.SUBMIT)]


def test_every_report_says_something_of_every_part():
    for move in (PartMove.REPORT_DELIVERED, PartMove.REPORT_PENDING, PartMove.REPORT_FAILED):
        assert before(move) == tuple(PartState)


def test_the_sets_of_states_are_what_they_say():
    assert set(IN_DOUBT) | set(TAKEN) | {PartState.NEW} == set(PartState)
    assert set(WITH_NETWORK) == set(before(PartMove.REPORT_DELIVERED)) & set(TAKEN) - {
        PartState.FAILED
    }
    assert set(REPORTED) < set(TAKEN)


@given(journeys)
def test_delivered_is_the_last_word(moves: list[PartMove]):
    passed = travel(moves)
    if PartState.DELIVERED in passed:
        assert set(passed[passed.index(PartState.DELIVERED) :]) == {PartState.DELIVERED}


@given(journeys)
def test_nothing_goes_out_twice_unless_it_was_refused_lost_or_failed(moves: list[PartMove]):
    """Between two submissions somebody has said that it may go out again."""
    state, free = PartState.NEW, True
    for move in moves:
        if not allows(state, move):
            continue
        state = apply(state, move)
        if move is PartMove.SUBMIT:
            assert free
            free = False
        free = free or move in (PartMove.REFUSE, PartMove.RESEND)


@given(journeys)
def test_what_the_network_has_goes_out_again_only_after_it_has_failed(moves: list[PartMove]):
    passed = travel(moves)
    for earlier, later in pairwise(passed):
        if earlier in WITH_NETWORK:
            assert later in TAKEN


def test_one_module_alone_changes_the_state_of_a_part():
    """Whether in SQL or in peewee; the store's state machine watches the steps themselves."""
    writes = re.compile(r"UPDATE part SET state|\bPart\.update\([^)]*state")
    found = set()
    for path in STORE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        texts = [ast.unparse(n) for n in ast.walk(ast.parse(path.read_text())) if written(n)]
        if any(writes.search(text) for text in texts):
            found.add(path.name)
    assert found == {MOVES, COPY}


def written(node: ast.AST) -> bool:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text or isinstance(node, ast.JoinedStr | ast.Call)
