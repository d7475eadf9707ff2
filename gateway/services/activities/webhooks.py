"""Tells other programs of received messages: POST of JSON, in the shape of SMSGate's webhooks.

Each webhook has a thread of its own while it has something to be told, so that a slow or dead one
holds up nobody. What it has not taken is tried again, ever more rarely, for about a day; all of
that is in the store. It may hear of a message twice (the box died before it could write the answer
down), under the same id.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from gateway import steps
from gateway.clock import SECOND, Clock
from gateway.decisions.activities import StepMove, StepState, calls
from gateway.events import Events, OutboxChanged
from gateway.services.activities.http_post import PostClient, PostResult
from gateway.services.box.preferences import Preferences
from gateway.store.activities import activities, runs, webhooks
from gateway.store.activities.activities import Action
from gateway.store.activities.runs import ActionStep
from gateway.store.connections import connections
from gateway.store.file import database

log = logging.getLogger(__name__)

INSIST_EVERY = 1.0  # seconds between tries to write an answer down
GONE = "The activity does not call this webhook any more."


class Webhooks:
    """Owns a thread for each webhook that has something to be told. `start_due` from one thread."""

    def __init__(
        self, clock: Clock, events: Events, preferences: Preferences, poke: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._events = events
        self._preferences = preferences
        self._poke = poke  # whoever calls start_due: the next try has a time now
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._clients: dict[int, PostClient] = {}  # by the action's id, while its thread is there
        self._threads: dict[int, threading.Thread] = {}

    def start_due(self) -> None:
        """Have everything called that is due; returns at once."""
        for action_id in runs.webhooks_due(self._clock.now()):
            with self._lock:
                if action_id in self._clients or self._stopping.is_set():
                    continue
                client = self._clients[action_id] = PostClient()
                thread = threading.Thread(
                    target=self._run, args=(action_id, client), name="webhook", daemon=True
                )
                self._threads[action_id] = thread
            thread.start()

    def stop(self) -> None:
        """What is under way is broken off, and told again after the next start."""
        self._stopping.set()
        with self._lock:
            clients, threads = list(self._clients.values()), list(self._threads.values())
        for client in clients:
            client.hang_up()
        for thread in threads:
            thread.join(timeout=1)

    def _run(self, action_id: int, client: PostClient) -> None:
        try:
            with database.connected():
                while step := self._next(action_id):
                    self._tell(step, client)
        except database.StoreError as e:
            log.error("a webhook waits: %s", e)
        except Exception:
            log.exception("a webhook's thread ended; it is started again")
        finally:
            with self._lock:
                self._forget(action_id)

    def _next(self, action_id: int) -> ActionStep | None:
        """None ends the thread. Under the lock, so that what is due next starts a new one."""
        with self._lock:
            found = runs.next_call(action_id, self._clock.now())
            if found is None or self._stopping.is_set():
                self._forget(action_id)
                return None
            return found

    def _forget(self, action_id: int) -> None:
        if self._threads.get(action_id) is threading.current_thread():
            del self._threads[action_id], self._clients[action_id]

    # one message --------------------------------------------------------------------------------

    def _tell(self, step: ActionStep, client: PostClient) -> None:
        wanted = activities.action(step.action_id)
        if wanted is None:
            self._record(step, StepMove.FAIL, GONE)
            return
        now = self._clock.now()
        body = json.dumps(self.payload(step), ensure_ascii=False).encode()
        steps.step("webhook begun")
        answer = client.post(wanted.url, body, secret=wanted.secret, at=now // SECOND)
        if self._stopping.is_set() and not answer.taken:
            return  # broken off by us
        steps.step("webhook answered")
        self._judge(step, wanted, answer)
        steps.step("webhook recorded")

    def _judge(self, step: ActionStep, wanted: Action, answer: PostResult) -> None:
        if answer.taken:
            self._record(step, StepMove.FINISH, f"Told {answer.host}.", tries=step.tries + 1)
            return
        tries, now = step.tries + 1, self._clock.now()
        at = calls.next_try(tries, now)
        log.warning("webhook at %s: %s (try %d)", answer.host, answer.trouble, tries)
        if at is None:
            words = f"{answer.trouble} Given up after {tries} tries."
            self._record(step, StepMove.FAIL, words, tries=tries)
        else:
            self._record(step, StepMove.LATER, answer.trouble, tries=tries, due_at=at)

    def _record(self, step: ActionStep, move: StepMove, words: str, **changes: object) -> None:
        """Once it was told, that has to be written down: a full or busy disk is waited out."""
        while True:
            try:
                with database.transaction():
                    if runs.state(step.id) is StepState.CALLING:
                        now = self._clock.now()
                        runs.move(step.id, StepState.CALLING, move, now, words=words, **changes)
                        self._note(step.action_id, move, words, now)
                break
            except database.StoreError as e:
                log.error("a webhook waits: %s", e)
                if self._stopping.wait(INSIST_EVERY):
                    raise
        self._events.publish(OutboxChanged())
        self._poke()

    @staticmethod
    def _note(action_id: int, move: StepMove, words: str, now: int) -> None:
        """For the health of the box: since when it has not taken anything."""
        if move is StepMove.FINISH:
            webhooks.taken(action_id)
        else:
            webhooks.refused(action_id, words, now, given_up=move is StepMove.FAIL)

    def payload(self, step: ActionStep) -> dict[str, object]:
        """The shape of SMSGate (docs.sms-gate.app, "sms:received"), where `id` names this call."""
        message = step.message
        received = datetime.fromtimestamp(message.at / 1000, UTC)
        connection = connections.all_by_id().get(message.connection_id or 0)
        return {
            "deviceId": self._preferences.name(),
            "event": "sms:received",
            "id": f"{message.id}-{step.id}-{message.at}",
            "webhookId": webhooks.known_as(step.action_id) or str(step.action_id),
            "payload": {
                "messageId": str(message.id),
                "message": message.text,
                "phoneNumber": message.sender,
                "sender": message.sender,
                "recipient": connection.number if connection and connection.number else None,
                "simNumber": connection.position if connection else None,
                "receivedAt": received.astimezone(self._preferences.zone()).isoformat(
                    timespec="milliseconds"
                ),
            },
        }
