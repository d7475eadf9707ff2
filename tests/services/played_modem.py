"""A modem that answers USSD from a list."""

from __future__ import annotations

from collections.abc import Callable

from gateway.at import Command, Response, Result, Urc, profile_for
from gateway.modem.jobs import ussd as job
from gateway.modem.jobs.base import Context, LinkLost
from gateway.modem.ledger import Identity, Telemetry


class PlayedModem:
    """Carriers with one connection whose modem answers from a list; "" is silence."""

    def __init__(self, connection_id: int) -> None:
        self.connection_id = connection_id
        self.said: list[str | Exception] = []
        self.asked: list[str] = []
        self.refuses: set[str] = set()
        self.waiting: list[Callable] = []
        self.up = True
        self.urgent = False  # a message waits that goes first
        self.busy = False  # what is posted waits until `work`

    def telemetry(self) -> list[Telemetry]:
        if not self.up:
            return []
        who = Identity("huawei", "E3531", "22.5", "35")
        return [Telemetry("port", state="ready", connection_id=self.connection_id, identity=who)]

    def post(self, connection_id: int, run: Callable) -> bool:
        if not self.up or connection_id != self.connection_id:
            return False
        self.waiting.append(run)
        if not self.busy:
            self.work()
        return True

    def work(self) -> None:
        while self.waiting:
            context = Context("port", None, profile_for("", ""))
            context.connection_id = self.connection_id
            context.urgent = lambda: self.urgent
            self._run(self.waiting.pop(0)(context))

    def _run(self, running) -> None:
        reply = None
        try:
            while True:
                request = running.send(reply)
                reply = None
                if isinstance(request, Command):
                    self.asked.append(request.text)
                    bad = request.text in self.refuses
                    reply = Response(request, (), Result("ERROR" if bad else "OK"))
                elif request.seconds == job.PATIENCE and self.said:
                    line = self.said.pop(0)
                    if isinstance(line, Exception):
                        reply = running.throw(line)
                    elif line:
                        reply = Urc("+CUSD", line)
        except (StopIteration, LinkLost):
            pass


def text(words: str, state: int = 0) -> str:
    return f'+CUSD: {state},"{words}",15'
