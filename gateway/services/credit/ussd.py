"""USSD by hand and by the clock: one request at a time on a connection, menus, cancelling.

The request itself runs in the modem's thread between two messages. While the network waits for a
person's choice the modem is free: messages go out and come in.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Protocol

from gateway.clock import Clock
from gateway.decisions.ussd_text import UssdForm, encode
from gateway.events import ConnectionChanged, Events
from gateway.modem.jobs import ussd
from gateway.modem.jobs.base import Context, Job, LinkLost
from gateway.modem.jobs.ussd import UssdReply
from gateway.modem.ledger import Telemetry
from gateway.store.file import database, settings

log = logging.getLogger(__name__)

HOLD = 120.0  # seconds that a menu waits for a choice; networks give up after 30 to 180
QUEUED = 90.0  # seconds for the modem to get to it
CODE = re.compile(r"[0-9*#+]{1,160}")
# These change the PIN or use the PUK up: three wrong ones block the card.
FORBIDDEN = re.compile(r"\*\*0[45]2?\*")
UNCHOSEN = "Closed: nothing was chosen in time."
BUSY = "The modem was too busy."
GONE = "The modem was gone before the answer came."


class UssdError(Exception):
    """It was not asked; plain words."""


class DialogueState(StrEnum):
    ASKING = "asking"  # the request waits for the modem, or for the network
    CHOOSE = "choose"  # the network waits for a choice
    OVER = "over"


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    asked: str
    at: int
    answer: str = ""
    words: str = ""  # why there is no answer


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was asked and answered on a connection, as it stands now."""

    connection_id: int
    state: DialogueState
    turns: tuple[DialogueTurn, ...]
    topic: str = "dialogue"  # "dialogue" | "check" | "topup"


class UssdModems(Protocol):
    """The modems, as far as USSD needs them (gateway.modem.roster)."""

    def post(self, connection_id: int, job: Callable[[Context], Job[None]]) -> bool: ...

    def telemetry(self) -> Sequence[Telemetry]: ...


@dataclass(slots=True)
class _Session:
    """Used under the lock of UssdDialogues alone."""

    shown: Dialogue
    on_answer: Callable[[UssdReply], None]
    since: float  # monotonic: when the current state began
    began: bool = False
    known: UssdForm | None = None
    memory: str = ""  # the setting that remembers the form for this model
    number: int = field(default=0)  # of the request under way


class UssdDialogues:
    """Owns the dialogues, at most one per connection. Any thread with a database connection."""

    def __init__(self, modems: UssdModems, clock: Clock, events: Events) -> None:
        self._modems = modems
        self._clock = clock
        self._events = events
        self._changed = threading.Condition()
        self._sessions: dict[int, _Session] = {}
        # Connections on which no session can be open; of others nobody knows.
        self._clear: set[int] = set()

    def request(
        self,
        connection_id: int,
        code: str,
        *,
        topic: str = "dialogue",
        on_answer: Callable[[UssdReply], None] = lambda reply: None,
    ) -> None:
        """Begin a dialogue; a menu that is still open is closed. Raises UssdError.

        `on_answer` is called in the modem's thread with every answer and must not wait. A "check"
        asks once: a menu behind the answer is closed.
        """
        code = checked(code)
        known, memory = self._form(connection_id)
        with self._changed:
            old = self._sessions.get(connection_id)
            if old and self._still_asking(old):
                raise UssdError("Another request is under way on this connection; wait for it.")
            if old and old.shown.state is DialogueState.CHOOSE and topic == "check":
                raise UssdError("Somebody is in a menu on this connection; try again in a while.")
            turn = DialogueTurn(code, self._clock.now())
            shown = Dialogue(connection_id, DialogueState.ASKING, (turn,), topic)
            session = _Session(
                shown, on_answer, self._clock.monotonic(), known=known, memory=memory
            )
            self._sessions[connection_id] = session
            cancel_first = connection_id not in self._clear
        self._post(session, code, cancel_first)

    def choose(self, connection_id: int, choice: str) -> None:
        """Answer an open menu. Raises UssdError."""
        choice = choice.strip()
        try:
            encode(choice, UssdForm.PACKED)
        except ValueError as e:
            raise UssdError(f"This cannot be sent: {e}.") from None
        if not choice or '"' in choice or not choice.isprintable():
            raise UssdError("Type the number of your choice.")
        with self._changed:
            session = self._sessions.get(connection_id)
            if session is None or session.shown.state is not DialogueState.CHOOSE:
                raise UssdError("The menu is closed; ask again.")
            turn = DialogueTurn(choice, self._clock.now())
            self._move(session, DialogueState.ASKING, (*session.shown.turns, turn))
        self._post(session, choice, cancel_first=False)

    def cancel(self, connection_id: int) -> None:
        """Close the menu, or give up on the answer. Nothing to do is fine."""
        with self._changed:
            session = self._sessions.get(connection_id)
            if session is None or session.shown.state is DialogueState.OVER:
                return
            unheard = self._asking(connection_id) and not session.began
            if session.shown.state is DialogueState.ASKING and session.began:
                words = "Cancelled. The modem is free when the network has answered or given up."
            else:
                words = "Cancelled."
            self._end(session, words)
        if unheard:
            session.on_answer(UssdReply(words=words))
        self._modems.post(connection_id, partial(self._close, connection_id=connection_id))

    def dialogue(self, connection_id: int) -> Dialogue | None:
        with self._changed:
            session = self._sessions.get(connection_id)
            return session.shown if session else None

    def wait(self, connection_id: int, seconds: float) -> Dialogue | None:
        """The dialogue once nothing is being asked, or as it is after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._asking(connection_id), seconds)
        return self.dialogue(connection_id)

    def tidy(self) -> float | None:
        """End what took too long; seconds until there may be more to do."""
        now = self._clock.monotonic()
        late: list[int] = []
        unheard: list[_Session] = []
        ends: list[float] = []
        with self._changed:
            for connection_id, session in self._sessions.items():
                if session.shown.state is DialogueState.CHOOSE:
                    limit = session.since + HOLD
                elif session.shown.state is DialogueState.ASKING and not session.began:
                    limit = session.since + QUEUED
                else:
                    continue
                (late.append(connection_id) if now >= limit else ends.append(limit - now))
            for connection_id in late:
                session = self._sessions[connection_id]
                menu = session.shown.state is DialogueState.CHOOSE
                self._end(session, UNCHOSEN if menu else BUSY)
                if not menu:
                    unheard.append(session)
        for session in unheard:  # its job will find that nobody waits, and say nothing
            session.on_answer(UssdReply(words=BUSY))
        for connection_id in late:
            self._modems.post(connection_id, partial(self._close, connection_id=connection_id))
        return min(ends, default=None)

    def stop(self, patience: float = 1.0) -> None:
        """Close what is open: a session that is left open blocks the next request."""
        with self._changed:
            waiting = [
                i for i, s in self._sessions.items() if s.shown.state is DialogueState.CHOOSE
            ]
            self._clear.difference_update(waiting)
        for connection_id in waiting:
            self.cancel(connection_id)
        with self._changed:
            self._changed.wait_for(lambda: self._clear.issuperset(waiting), patience)

    # in the modem's thread --------------------------------------------------------------------

    def _run(
        self, context: Context, session: _Session, number: int, text: str, cancel_first: bool
    ) -> Job[None]:
        connection_id = session.shown.connection_id
        with self._changed:
            if session.number != number or session.shown.state is not DialogueState.ASKING:
                return
            session.began = True
            self._clear.discard(connection_id)
        reply = UssdReply(words=GONE)
        try:
            if context.connection_id != connection_id:
                reply = UssdReply(words="Another SIM is in this modem now.")
                return
            reply = yield from ussd.request(
                context, text, known=session.known, cancel_first=cancel_first
            )
            if reply.waits and self._unwanted(session, number):
                reply = replace(reply, waits=False)
                yield from ussd.cancel(context)
            if not reply.waits and not reply.interrupted:
                with self._changed:
                    self._clear.add(connection_id)
        except LinkLost as lost:
            if not reply.text:
                reply = UssdReply(words=str(lost) or GONE)
            raise
        finally:
            self._done(session, number, reply)

    def _close(self, context: Context, connection_id: int) -> Job[None]:
        yield from ussd.cancel(context)
        with self._changed:
            self._clear.add(connection_id)
            self._changed.notify_all()

    def _unwanted(self, session: _Session, number: int) -> bool:
        """Whether nobody will choose from this menu."""
        with self._changed:
            gone = session.number != number or session.shown.state is not DialogueState.ASKING
            return gone or session.shown.topic == "check"

    def _done(self, session: _Session, number: int, reply: UssdReply) -> None:
        self._remember(session, reply)
        with self._changed:
            session.began = False
            if session.number == number and session.shown.state is DialogueState.ASKING:
                *before, last = session.shown.turns
                turn = replace(last, answer=reply.text, words=reply.words)
                state = DialogueState.CHOOSE if reply.waits else DialogueState.OVER
                self._move(session, state, (*before, turn))
        session.on_answer(reply)

    def _remember(self, session: _Session, reply: UssdReply) -> None:
        """How this model and firmware want to be asked, so that the next one asks at once."""
        if reply.form is None or reply.form is session.known or not session.memory:
            return
        session.known = reply.form
        try:
            settings.put(session.memory, reply.form.value)
        except database.StoreError as e:
            log.warning("how this modem wants USSD is not remembered: %s", e)

    # under the lock ---------------------------------------------------------------------------

    def _still_asking(self, session: _Session) -> bool:
        return session.shown.state is DialogueState.ASKING

    def _asking(self, connection_id: int) -> bool:
        session = self._sessions.get(connection_id)
        return session is not None and self._still_asking(session)

    def _move(
        self, session: _Session, state: DialogueState, turns: tuple[DialogueTurn, ...]
    ) -> None:
        session.shown = replace(session.shown, state=state, turns=turns)
        session.since = self._clock.monotonic()
        self._changed.notify_all()
        self._events.publish(ConnectionChanged(session.shown.connection_id))

    def _end(self, session: _Session, words: str) -> None:
        """Without an answer to the last request, or without a choice."""
        *before, last = session.shown.turns
        session.number += 1
        if last.answer:
            self._move(
                session,
                DialogueState.OVER,
                (*before, last, DialogueTurn("", self._clock.now(), "", words)),
            )
        else:
            self._move(session, DialogueState.OVER, (*before, replace(last, words=words)))

    # ------------------------------------------------------------------------------------------

    def _post(self, session: _Session, text: str, cancel_first: bool) -> None:
        with self._changed:
            session.number += 1
            session.began = False
            number = session.number
        connection_id = session.shown.connection_id
        posted = self._modems.post(
            connection_id, lambda context: self._run(context, session, number, text, cancel_first)
        )
        self._events.publish(ConnectionChanged(connection_id))
        if not posted:
            words = self._why_not(connection_id)
            with self._changed:
                self._end(session, words)
            raise UssdError(words)

    def _why_not(self, connection_id: int) -> str:
        seen = self._seen(connection_id)
        if seen is None:
            return "No modem carries this connection now; put its SIM into one."
        return f"The modem is not ready: {seen.why or seen.state}"

    def _form(self, connection_id: int) -> tuple[UssdForm | None, str]:
        """What is known of the model that carries this connection, and where that is kept."""
        seen = self._seen(connection_id)
        if seen is None:
            return None, ""
        who = seen.identity
        memory = f"ussd:{who.manufacturer}|{who.model}|{who.firmware}"
        try:
            return UssdForm(settings.get(memory, "")), memory
        except ValueError:
            return None, memory

    def _seen(self, connection_id: int) -> Telemetry | None:
        return next((t for t in self._modems.telemetry() if t.connection_id == connection_id), None)


def checked(code: str) -> str:
    """A code as typed, made ready. Raises UssdError."""
    code = re.sub(r"[\s\u200b-\u200f\u2060\ufeff]+", "", code)
    if not CODE.fullmatch(code):
        raise UssdError("A code has digits, * and # only, for example *100#.")
    if FORBIDDEN.match(code):
        raise UssdError("Codes that change or unblock a PIN are not sent from here; use a phone.")
    return code
