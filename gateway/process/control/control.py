"""The service's end of the control socket: one line each way.

Whoever may open the data folder may ask; the folder's permissions are the access control.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.process.control.socket_file import NAME, PATIENCE, short_path
from gateway.store.file import database
from gateway.terminal.desk import TURN

if TYPE_CHECKING:
    from gateway.process.box import Box

log = logging.getLogger(__name__)

LIMIT = 64 * 1024  # octets of a request
SLOW = ("at", "ussd", "credit")  # these wait for a modem


class Control:
    """Owns the control thread and the socket."""

    def __init__(self, folder: Path, box: Box) -> None:
        self._folder = folder
        self._box = box
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._stopping = False

    def start(self) -> None:
        with short_path(self._folder) as folder:
            path = os.path.join(folder, NAME)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            self._socket.bind(path)
            os.chmod(path, 0o600)
        self._socket.listen(8)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # ends accept()
        self._thread.join(timeout=2)
        self._socket.close()
        with contextlib.suppress(FileNotFoundError):
            (self._folder / NAME).unlink()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        with database.connected():
            while not self._stopping:
                try:
                    client, _ = self._socket.accept()
                except OSError:
                    return
                self._guarded(client, self._take)

    def _take(self, client: socket.socket) -> None:
        """What has to wait for a modem gets a thread of its own; it holds up no other question."""
        client.settimeout(PATIENCE)
        line = client.makefile("rb").readline(LIMIT)
        if not line:
            return  # somebody only looked whether we are here
        question = json.loads(line)
        answers = {
            "status": self._status,
            "at": self._at,
            "ussd": self._ussd,
            "credit": self._credit,
            "connections": self._connections,
            "configure": self._configure,
            "restart": self._restart,
        }
        answer = answers.get(question.get("ask"), _unknown)
        if question.get("ask") not in SLOW:
            _reply(client, answer(question))
            return
        mine = client.dup()
        slowly = partial(self._guarded, mine, lambda c: _reply(c, answer(question)))
        threading.Thread(target=slowly, name="control at", daemon=True).start()

    def _guarded(self, client: socket.socket, do: Callable[[socket.socket], None]) -> None:
        with client:
            try:
                do(client)
            except ConnectionError:
                log.debug("the command line did not wait for its answer")
            except Exception:
                log.exception("a question of the command line could not be answered")

    def _status(self, question: dict[str, Any]) -> dict[str, Any]:
        return asdict(self._box.status.snapshot())

    def _connections(self, question: dict[str, Any]) -> dict[str, Any]:
        from gateway.services.connections.connection_report import report

        found = self._box.connections.overview().connections
        return {"connections": [asdict(report(status)) for status in found]}

    def _configure(self, question: dict[str, Any]) -> dict[str, Any]:
        from gateway.process.control import connections

        return connections.configure(self._box, question)

    def _ussd(self, question: dict[str, Any]) -> dict[str, Any]:
        from gateway.process.control import credit  # the command line, which asks, does without

        return credit.ussd(self._box, question)

    def _credit(self, question: dict[str, Any]) -> dict[str, Any]:
        from gateway.process.control import credit

        return credit.credit(self._box, question)

    def _restart(self, question: dict[str, Any]) -> dict[str, Any]:
        if self._box.keeping is None:
            return _unknown(question)
        self._box.keeping.restart()
        return {"restarting": True}

    def _at(self, question: dict[str, Any]) -> dict[str, Any]:
        if self._box.desk is None:
            return _unknown(question)
        return self._box.desk.ask(
            str(question["port"]),
            str(question["command"]),
            force=question.get("force") is True,
            seconds=question.get("seconds"),
            turn=float(question.get("turn") or TURN),
        )


def _reply(client: socket.socket, answer: dict[str, Any]) -> None:
    client.settimeout(PATIENCE)
    client.sendall(json.dumps(answer).encode() + b"\n")


def _unknown(question: dict[str, Any]) -> dict[str, Any]:
    return {"error": "This service does not know that question; is it an older version?"}
