"""The life of a modem as one table; `Machine` applies it and remembers why.

A modem that stops answering climbs the ladder (`gateway.modem.ladder`), one rung at a time; each
ends in `probing` again, so whatever a reset wiped is set up anew.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class ModemState(StrEnum):
    ABSENT = "absent"  # no port
    OPENING = "opening"  # the port is there and being opened
    PROBING = "probing"  # asking who is there, setting up
    SIM_MISSING = "sim_missing"
    SIM_LOCKED = "sim_locked"  # wants a PIN or PUK that we may not or cannot give
    SEARCHING = "searching"  # not registered yet
    DENIED = "denied"  # the network refuses this SIM or modem
    READY = "ready"
    RECOVERING = "recovering"  # silent; climbing the ladder
    FAILED = "failed"  # needs attention


class ModemEvent(StrEnum):
    PORT_FOUND = "port found"
    PORT_OPEN = "port open"
    PORT_LOST = "port lost"  # unplugged, locked, not allowed, not there
    NOT_A_MODEM = "not a modem"
    CANNOT_SMS = "cannot SMS"
    NO_SIM = "no SIM"
    SIM_LOCK = "SIM locked"
    SEARCH = "searching"
    DENY = "denied"
    REGISTER = "registered"
    RESTART = "restarted"  # the modem rebooted by itself or by us
    SILENCE = "silent"  # no answer, and no getting back into step
    EXHAUSTED = "ladder exhausted"
    RETRY = "tried again"  # somebody may have mended what was wrong


_S, _E = ModemState, ModemEvent
_RUNNING = (_S.PROBING, _S.SIM_MISSING, _S.SIM_LOCKED, _S.SEARCHING, _S.DENIED, _S.READY)
_OPEN = (*_RUNNING, _S.RECOVERING, _S.FAILED)

TABLE: dict[tuple[ModemState, ModemEvent], ModemState] = {
    (_S.ABSENT, _E.PORT_FOUND): _S.OPENING,
    (_S.ABSENT, _E.PORT_LOST): _S.ABSENT,  # still not there
    (_S.OPENING, _E.PORT_OPEN): _S.PROBING,
    (_S.OPENING, _E.PORT_LOST): _S.ABSENT,
    (_S.RECOVERING, _E.PORT_FOUND): _S.OPENING,
    (_S.RECOVERING, _E.PORT_OPEN): _S.PROBING,  # it is asked again without closing the port
    (_S.FAILED, _E.PORT_FOUND): _S.OPENING,
    (_S.FAILED, _E.RETRY): _S.PROBING,
    (_S.FAILED, _E.RESTART): _S.PROBING,
    (_S.FAILED, _E.SILENCE): _S.RECOVERING,
    **{(s, _E.PORT_LOST): _S.ABSENT for s in _OPEN},
    **{(s, _E.RESTART): _S.PROBING for s in _RUNNING},
    **{(s, _E.SILENCE): _S.RECOVERING for s in _RUNNING},
    **{(s, _E.NO_SIM): _S.SIM_MISSING for s in _RUNNING},
    **{(s, _E.SIM_LOCK): _S.SIM_LOCKED for s in _RUNNING},
    **{(s, _E.SEARCH): _S.SEARCHING for s in _RUNNING},
    **{(s, _E.DENY): _S.DENIED for s in _RUNNING},
    **{(s, _E.REGISTER): _S.READY for s in _RUNNING},
    **{(s, _E.NOT_A_MODEM): _S.FAILED for s in _RUNNING},
    **{(s, _E.CANNOT_SMS): _S.FAILED for s in _RUNNING},
    (_S.RECOVERING, _E.EXHAUSTED): _S.FAILED,
    (_S.RECOVERING, _E.SILENCE): _S.RECOVERING,
}


class UndefinedEvent(ValueError):
    """The machine was told something its state does not expect."""


def after(state: ModemState, event: ModemEvent) -> ModemState:
    """The state that follows. Raises UndefinedEvent for a pair that the table does not hold."""
    try:
        return TABLE[state, event]
    except KeyError:
        raise UndefinedEvent(f"a modem that is {state} does not expect '{event}'") from None


class Machine:
    """Where one modem is, and why. Used by its own thread."""

    def __init__(
        self, changed: Callable[[ModemState, ModemState], None] = lambda old, new: None
    ) -> None:
        self.state = ModemState.ABSENT
        self.why = ""
        self.restarts = 0
        self._changed = changed

    def on(self, event: ModemEvent, why: str = "") -> ModemState:
        """Apply an event; `why` is plain words for the page, kept with the new state."""
        old, self.state = self.state, after(self.state, event)
        self.why = why
        if event is ModemEvent.RESTART:
            self.restarts += 1
        if old is not self.state:
            self._changed(old, self.state)
        return self.state
