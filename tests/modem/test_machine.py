import pytest

from gateway.modem.machine import LADDER, TABLE, Event, Machine, State, UndefinedEvent, after


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_pair_is_either_in_the_table_or_raises_by_name(state, event):
    if (state, event) in TABLE:
        assert isinstance(after(state, event), State)
    else:
        with pytest.raises(UndefinedEvent, match=str(event)):
            after(state, event)


def test_a_lost_port_is_understood_in_every_state():
    assert all(after(state, Event.PORT_LOST) is State.ABSENT for state in State)


def test_every_state_has_a_way_back_to_ready():
    reach = {State.READY}
    while True:
        more = {s for (s, _), t in TABLE.items() if t in reach} - reach
        if not more:
            break
        reach |= more
    assert reach == set(State)


def test_a_silent_modem_climbs_one_rung_at_a_time_and_starts_low_again_once_it_was_ready():
    machine = Machine()
    for event in (Event.PORT_FOUND, Event.PORT_OPEN, Event.SILENCE):
        machine.on(event)
    climbed = [machine.next_rung() for _ in LADDER]
    assert climbed == list(LADDER)
    assert machine.next_rung() is None
    for event in (Event.PORT_FOUND, Event.PORT_OPEN, Event.REGISTER):
        machine.on(event)
    machine.on(Event.SILENCE)
    assert machine.next_rung() == LADDER[0]


def test_changes_of_state_are_told_once_with_their_reason():
    told = []
    machine = Machine(lambda old, new: told.append((old, new)))
    machine.on(Event.PORT_LOST, "no port")
    machine.on(Event.PORT_FOUND)
    assert told == [(State.ABSENT, State.OPENING)]
    machine.on(Event.PORT_LOST, "it is gone")
    assert machine.why == "it is gone"
