"""A really running box: the service as its own process, spoken to over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
GROUPS = ("token", "scheduled", "connections", "people", "groups")  # with commands of their own
PATIENCE = 30.0


def eventually(look: Callable[[], T], *, patience: float = PATIENCE, what: str = "") -> T:
    """The first truthy thing that `look` finds. Fails with the last one after `patience`."""
    ends = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > ends:
            raise AssertionError(f"still {found!r} after {patience} s {what}")
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class RunningBox:
    """Owns one service process and its data folder. The token makes API calls easy."""

    def __init__(
        self,
        folder: Path,
        *,
        ports: Sequence[str] = (),
        arguments: Sequence[str] = (),
        module: str = "gateway",
    ) -> None:
        """`module`: what is run; tests.support.hurry is the same with shorter patience."""
        self.module = module
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        self.config = folder / "config.toml"
        self.arguments = tuple(arguments)
        modems = "".join(f'[[modem]]\nport = "{p}"\n' for p in ports)
        self.config.write_text(
            f'data = "{self.data}"\ncountry = "KE"\n'
            f'[http]\nlisten = "127.0.0.1:{self.port}"\n'
            "[ports]\nusb = false\n"  # whatever is plugged in here is not ours to use
            f"[webhooks]\nthis_machine = true\n{modems}"  # where the tests' receivers are
        )
        self.patience = PATIENCE  # seconds until it has to answer
        self.process: subprocess.Popen[str] | None = None
        self.output: list[str] = []
        self.token = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(
        self, *words: str, stdin: str = "", patience: float = PATIENCE
    ) -> subprocess.CompletedProcess[str]:
        """`pigeonbox WORDS` on this box's config; fails if it takes longer than `patience`."""
        verb = words[: 2 if words[0] in GROUPS else 1]
        rest = words[len(verb) :]
        return subprocess.run(
            [sys.executable, "-m", "gateway", *verb, "--config", str(self.config), *rest],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=patience,
        )

    def start(self, **environment: str) -> RunningBox:
        if not self.token:
            made = self.command("token", "add", "tests", "--scope", "manage")
            assert made.returncode == 0, made.stderr
            self.token = made.stdout.strip()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", self.module, "run"),
                *("--config", str(self.config), "--announce"),
                *self.arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | environment,
        )
        threading.Thread(target=self._collect, args=(self.process,), daemon=True).start()
        eventually(self._answers, patience=self.patience, what="for the box to answer")
        return self

    def _collect(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                self.output.append(line.rstrip("\n"))

    def _answers(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError("the box ended:\n" + "\n".join(self.output))
        try:
            return self.get("/health")[0] in (200, 500, 503)
        except OSError:
            return False

    def first_run_link(self) -> str:
        """The one-time link that the box prints while nobody has a password."""
        link = r"http://\S+?(/first-run\?code=\S+)"
        found = eventually(lambda: [m for line in self.output if (m := re.search(link, line))])
        return self.url + found[-1].group(1)

    def stop(self, patience: float = 10.0) -> float:
        """SIGTERM; seconds until it had ended. Fails on any other exit code than 0."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(patience)
        took = time.monotonic() - began
        assert code == 0, f"exit code {code}:\n" + "\n".join(self.output[-30:])
        self.process = None
        return took

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> RunningBox:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.terminate()
                self.process.wait(8)
        self.kill()

    # the API --------------------------------------------------------------------------------

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        except http.client.HTTPException as e:  # it was killed in the middle of its answer
            raise ConnectionError(str(e)) from e
        finally:
            connection.close()
        kind = answer.headers.get("Content-Type", "")
        value = json.loads(text) if "json" in kind and text else text
        return answer.status, dict(answer.headers), value

    def get(self, path: str) -> tuple[int, Any]:
        status, _, value = self.request("GET", path)
        return status, value

    def ready_modems(self) -> int:
        checks = self.get("/health")[1]["checks"]
        return int(checks.get("modems:ready", {}).get("observedValue", 0))

    def wait_for_modems(self, count: int) -> RunningBox:
        eventually(lambda: self.ready_modems() >= count, what=f"for {count} ready modems")
        return self

    def send(self, text: str, *numbers: str, **more: Any) -> str:
        body = {"textMessage": {"text": text}, "phoneNumbers": list(numbers)} | more
        status, _, value = self.request("POST", "/api/v1/messages", body)
        assert status == 202, (status, value)
        message_id: str = value["id"]
        return message_id

    def message(self, message_id: str) -> dict[str, Any]:
        status, value = self.get(f"/api/v1/messages/{message_id}")
        assert status == 200, (status, value)
        found: dict[str, Any] = value
        return found

    def state(self, message_id: str) -> str:
        """In SMSGate's words; in ours, with a capital, where it has none: Uncertain."""
        return self.word(self.message(message_id))

    def word(self, told: dict[str, Any]) -> str:
        """The same of a message as the API tells it."""
        ours = str(told.get("boxState", "")).capitalize()
        return ours if ours == "Uncertain" else str(told["state"])

    def wait_for(self, message_id: str, *states: str, patience: float = PATIENCE) -> None:
        eventually(
            lambda: self.state(message_id) in states,
            patience=patience,
            what=f"for {states}: {self.message(message_id)}",
        )

    def inbox(self) -> list[dict[str, Any]]:
        status, value = self.get("/api/v1/inbox?limit=200")
        assert status == 200, (status, value)
        found: list[dict[str, Any]] = value
        return found
