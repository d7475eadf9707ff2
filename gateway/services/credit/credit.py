"""Watches the credit of every connection: asks in time, reads the answer, holds the queue.

The answers come in the modems' threads; everything else happens in this service's own one, which
sleeps until something is due.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gateway.clock import HOUR, MINUTE, SECOND, Clock
from gateway.events import ConnectionChanged, Events
from gateway.modem.jobs.ussd import UssdReply
from gateway.services.credit import patterns
from gateway.services.credit.credit_settings import TypedCredit, read_settings
from gateway.services.credit.credit_status import CreditStatus, amount, is_below, kept_status, read
from gateway.services.credit.ussd import UssdDialogues, UssdError
from gateway.store.credit import credit
from gateway.store.credit.credit import CreditCheckInfo, CreditSettings
from gateway.store.file import audit, database
from gateway.store.file.audit import Editor

log = logging.getLogger(__name__)

LONGEST = 3600.0  # seconds that the thread sleeps at most
BUSY_PAUSE = 60.0  # seconds until a check that could not be begun is tried again
COUNT_EVERY = 60.0  # seconds between counts, where checks go by the number of SMS
GAP = 10 * MINUTE  # milliseconds between two checks of one connection by itself
AFTER_FAILURE = HOUR  # an answer that did not come is asked for again after so many milliseconds
HELD_EVERY = HOUR  # while the queue waits for credit
AFTER_TOPUP = 10 * SECOND
AFTER_URGENT = 2 * MINUTE  # a check that an urgent message has interrupted is made again
LATER = "An urgent message had to go first; the credit is asked for again in a few minutes."
UNREADABLE = "No balance could be read from this answer; a pattern of your own may help."


@dataclass(frozen=True, slots=True)
class _CheckAnswer:
    connection_id: int
    kind: str
    reply: UssdReply


class CreditChecks:
    """Owns the credit thread, its database connection, and what is held."""

    def __init__(
        self,
        ussd: UssdDialogues,
        clock: Clock,
        events: Events,
        hold: Callable[[int, str], None] = lambda connection_id, words: None,
        poke: Callable[[], None] = lambda: None,
        topped_up: Callable[[int], None] = lambda connection_id: None,
    ) -> None:
        """`hold` keeps a connection from sending, with plain words, or lets it send again ("").

        `poke`: a queue may have become free. `topped_up`: there is more credit than there was, so
        what the network refused for want of it may go.
        """
        self._ussd = ussd
        self._clock = clock
        self._events = events
        self._hold = hold
        self._poke = poke
        self._topped_up = topped_up
        self._answers: queue.SimpleQueue[_CheckAnswer] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._checking: set[int] = set()
        self._soon: dict[int, int] = {}  # connections to be asked at an instant, whatever the clock
        self._held: dict[int, str] = {}  # replaced as a whole
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="credit", daemon=True)

    def start(self) -> None:
        """Needs the calling thread's database connection: what is held counts from the start."""
        with database.connected():
            self._look_at_holds()
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._ussd.stop()
        self._thread.join(timeout=2)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    # what others ask --------------------------------------------------------------------------

    def held(self) -> Mapping[int, str]:
        """Connections that may not send for want of credit, with plain words. Costs nothing."""
        return self._held

    def status(self, connection_id: int) -> CreditStatus:
        return replace(
            kept_status(connection_id),
            checking=connection_id in self._checking,
            held=self._held.get(connection_id, ""),
        )

    def set_settings(self, connection_id: int, typed: TypedCredit, by: Editor) -> None:
        """Check and keep; counts at once. Raises Refused with everything that is wrong."""
        settings = read_settings(typed)
        with database.transaction():
            credit.put_settings(connection_id, settings)
            audit.changed(by)
        self.settings_changed(connection_id)

    def settings_changed(self, connection_id: int) -> None:
        """What is kept of it counts from now on."""
        self._look_at_holds()
        self._tell(connection_id)

    def check_now(self, connection_id: int) -> None:
        """Ask; `wait` tells when the answer is stored. Raises UssdError."""
        settings = credit.settings_of(connection_id)
        if not settings.code:
            raise UssdError("Enter the code that asks for the credit first.")
        self._ask(connection_id, settings.code)

    def top_up(self, connection_id: int, code: str) -> None:
        """Send a top-up code. Its answers are kept, its menus can be answered. Raises UssdError."""
        self._ussd.request(
            connection_id,
            code,
            topic="topup",
            on_answer=lambda reply: self._take(_CheckAnswer(connection_id, "topup", reply)),
        )

    def wait(self, connection_id: int, seconds: float) -> bool:
        """Whether the check under way has ended, at the latest after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: connection_id not in self._checking, seconds)

    # the thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        with database.connected():
            while not self._stopping:
                pause = BUSY_PAUSE
                try:
                    pause = self.turn()
                except database.StoreError as e:
                    log.error("credit waits: %s", e)
                except Exception:
                    log.exception("credit stumbled and goes on")
                self._wake.wait(pause)
                self._wake.clear()

    def turn(self) -> float:
        """One round: store what came, ask what is due. Seconds until the next one."""
        while not self._answers.empty():
            self._store(self._answers.get())
        pauses = [LONGEST]
        if (menu := self._ussd.tidy()) is not None:
            pauses.append(menu)
        now = self._clock.now()
        for connection_id, settings in credit.all_settings().items():
            due = self._due(connection_id, settings, now)
            if due is None:
                continue
            if due <= now:
                due = self._begin(connection_id, settings, now)
            pauses.append(max(0.0, (due - now) / SECOND))
            if settings.after_sms:
                pauses.append(COUNT_EVERY)
        return min(pauses)

    def _due(self, connection_id: int, settings: CreditSettings, now: int) -> int | None:
        """When to ask next; None: not by itself."""
        soon = self._soon.get(connection_id)
        held = connection_id in self._held
        if not settings.code or not (settings.by_itself or held):
            return soon if settings.code else None
        last = credit.last(connection_id)
        if last is None:
            return soon or now
        dues = [] if soon is None else [soon]
        if held:  # it may have been topped up elsewhere
            dues.append(last.at + HELD_EVERY)
        if settings.every_hours:
            hours = settings.every_hours * HOUR
            dues.append(last.at + (hours if last.raw else min(hours, AFTER_FAILURE)))
        if settings.after_sms and credit.sent_since(last) >= settings.after_sms:
            dues.append(last.at + (GAP if last.raw else AFTER_FAILURE))
        return min(dues, default=now + int(LONGEST * SECOND))

    def _begin(self, connection_id: int, settings: CreditSettings, now: int) -> int:
        """Ask by the clock; when to look again."""
        try:
            self._ask(connection_id, settings.code)
            self._soon.pop(connection_id, None)
            return now + int(LONGEST * SECOND)  # the answer wakes us
        except UssdError as e:
            log.debug("credit of connection %d: %s", connection_id, e)
            return now + int(BUSY_PAUSE * SECOND)

    def _ask(self, connection_id: int, code: str) -> None:
        with self._changed:
            if connection_id in self._checking:
                raise UssdError("The credit is being asked for already.")
            self._checking.add(connection_id)
        try:
            self._ussd.request(
                connection_id,
                code,
                topic="check",
                on_answer=lambda reply: self._take(_CheckAnswer(connection_id, "check", reply)),
            )
        except BaseException:
            self._ended(connection_id)
            raise

    def _take(self, answer: _CheckAnswer) -> None:
        self._answers.put(answer)
        self._wake.set()

    # answers ----------------------------------------------------------------------------------

    def _store(self, answer: _CheckAnswer) -> None:
        reply = answer.reply
        now = self._clock.now()
        check = CreditCheckInfo(
            answer.connection_id, now, answer.kind, reply.text, trouble=reply.words
        )
        before = credit.last_read(answer.connection_id)
        if answer.kind == "check":
            if reply.interrupted:
                check = replace(check, trouble=LATER)
                self._soon[answer.connection_id] = now + AFTER_URGENT
            try:
                credit.add(self._read(check))
            finally:
                self._ended(answer.connection_id)
        else:
            credit.add(check)
            if not reply.waits:
                self._soon[answer.connection_id] = now + AFTER_TOPUP
        self._look_at_holds()
        if _more(before, credit.last_read(answer.connection_id)):
            self._topped_up(answer.connection_id)
            self._poke()
        self._tell(answer.connection_id)

    def _read(self, check: CreditCheckInfo) -> CreditCheckInfo:
        """With its balance, or with the words for why there is none."""
        if not check.raw:
            return check
        settings = credit.settings_of(check.connection_id)
        try:
            found = read(check.raw, settings.pattern)
        except patterns.BadPattern as e:
            return replace(check, trouble=str(e))
        if found is None:
            return replace(check, trouble=check.trouble or UNREADABLE)
        return replace(check, balance=found.amount, currency=found.currency)

    def _ended(self, connection_id: int) -> None:
        with self._changed:
            self._checking.discard(connection_id)
            self._changed.notify_all()

    def _look_at_holds(self) -> None:
        held = {}
        for connection_id, settings in credit.all_settings().items():
            last = credit.last_read(connection_id)
            if last is not None and is_below(last, settings.hold_below):
                limit = f"{settings.hold_below} {last.currency}".strip()
                held[connection_id] = (
                    f"its credit of {amount(last)} is below {limit}. Top it up, or change the"
                    " limit on the page Connections."
                )
        before, self._held = self._held, held
        for connection_id in before.keys() | held.keys():
            if before.get(connection_id) != held.get(connection_id):
                self._hold(connection_id, held.get(connection_id, ""))
        if before.keys() != held.keys():
            self._poke()

    def _tell(self, connection_id: int) -> None:
        self._events.publish(ConnectionChanged(connection_id))
        self._wake.set()


def _more(before: CreditCheckInfo | None, now: CreditCheckInfo | None) -> bool:
    """Whether the balance has risen between two readings."""
    if before is None or now is None or before.balance is None or now.balance is None:
        return False
    return now.balance > before.balance and now.currency == before.currency
