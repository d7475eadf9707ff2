import pytest

from gateway.modem.machine import TABLE, Event, Machine, State, UndefinedEvent, after


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


def test_what_failed_may_be_tried_again():
    machine = Machine()
    for event in (Event.PORT_FOUND, Event.PORT_OPEN, Event.CANNOT_SMS):
        machine.on(event)
    assert machine.state is State.FAILED
    for event in (Event.RETRY, Event.REGISTER):
        machine.on(event)
    assert machine.state is State.READY


def test_changes_of_state_are_told_once_with_their_reason():
    told = []
    machine = Machine(lambda old, new: told.append((old, new)))
    machine.on(Event.PORT_LOST, "no port")
    machine.on(Event.PORT_FOUND)
    assert told == [(State.ABSENT, State.OPENING)]
    machine.on(Event.PORT_LOST, "it is gone")
    assert machine.why == "it is gone"
