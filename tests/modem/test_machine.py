import pytest

from gateway.modem.machine import TABLE, Machine, ModemEvent, ModemState, UndefinedEvent, after


@pytest.mark.parametrize("state", ModemState)
@pytest.mark.parametrize("event", ModemEvent)
def test_every_pair_is_either_in_the_table_or_raises_by_name(state, event):
    if (state, event) in TABLE:
        assert isinstance(after(state, event), ModemState)
    else:
        with pytest.raises(UndefinedEvent, match=str(event)):
            after(state, event)


def test_a_lost_port_is_understood_in_every_state():
    assert all(after(state, ModemEvent.PORT_LOST) is ModemState.ABSENT for state in ModemState)


def test_every_state_has_a_way_back_to_ready():
    reach = {ModemState.READY}
    while True:
        more = {s for (s, _), t in TABLE.items() if t in reach} - reach
        if not more:
            break
        reach |= more
    assert reach == set(ModemState)


def test_what_failed_may_be_tried_again():
    machine = Machine()
    for event in (ModemEvent.PORT_FOUND, ModemEvent.PORT_OPEN, ModemEvent.CANNOT_SMS):
        machine.on(event)
    assert machine.state is ModemState.FAILED
    for event in (ModemEvent.RETRY, ModemEvent.REGISTER):
        machine.on(event)
    assert machine.state is ModemState.READY


def test_changes_of_state_are_told_once_with_their_reason():
    told = []
    machine = Machine(lambda old, new: told.append((old, new)))
    machine.on(ModemEvent.PORT_LOST, "no port")
    machine.on(ModemEvent.PORT_FOUND)
    assert told == [(ModemState.ABSENT, ModemState.OPENING)]
    machine.on(ModemEvent.PORT_LOST, "it is gone")
    assert machine.why == "it is gone"
