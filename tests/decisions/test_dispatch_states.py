import pytest

from gateway.decisions.dispatch_states import (
    TABLE,
    DispatchMove,
    DispatchState,
    UndefinedMove,
    apply,
)


@pytest.mark.parametrize("state", DispatchState)
@pytest.mark.parametrize("move", DispatchMove)
def test_every_pair_is_either_in_the_table_or_raises_by_name(state, move):
    if (state, move) in TABLE:
        assert isinstance(apply(state, move), DispatchState)
    else:
        with pytest.raises(UndefinedMove, match=f"{state} cannot {move}"):
            apply(state, move)


def test_nothing_leaves_delivered_or_cancelled_for_the_radio():
    ends = {after for (state, _), after in TABLE.items() if state in ("delivered", "cancelled")}
    assert ends <= {DispatchState.DELIVERED}


def test_only_a_decision_sends_a_doubtful_dispatch_again():
    ways = {
        m
        for (s, m), after in TABLE.items()
        if s is DispatchState.UNCERTAIN and after is DispatchState.PENDING
    }
    assert ways == {DispatchMove.RESEND, DispatchMove.RESUME}


def test_only_a_claim_starts_sending_and_only_from_pending():
    ways = [(s, m) for (s, m), after in TABLE.items() if after is DispatchState.SENDING]
    assert ways == [(DispatchState.PENDING, DispatchMove.CLAIM)]


def test_every_state_can_be_reached_and_every_move_is_used():
    assert {m for _, m in TABLE} == set(DispatchMove)
    assert set(TABLE.values()) == set(DispatchState)
