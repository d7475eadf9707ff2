"""`pigeonbox check`: the line and the exit code that monitoring reads."""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import check as cli_check
from gateway.cli.main import main
from tests.support.box import free_port

# monitoring-plugins.org, Development Guidelines, "Performance data".
FIGURE = r"'?[^'=| ]+'?=-?[\d.]+(s|%|B|KB|c)?(;[\d.:~@]*){0,4}"
LINE = re.compile(
    rf"PIGEONBOX (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| {FIGURE}( {FIGURE})*)?\n"
)


def told(status: str = "pass", *, able: int = 1, issues: int = 0, waiting: int = 0) -> Any:
    def one(status: str, description: str, value: int) -> dict[str, object]:
        found = {"status": status, "description": description}
        return found | {"observedValue": value, "observedUnit": "x"}

    words = "Nothing can be sent: SIM locked" if status == "fail" else "Modems that can send"
    checks = {
        "store:ready": one("pass", "The store can be read", 1),
        "sending:possible": one(status, words, able),
        "box:issues": one("warn" if issues else "pass", "To look after", issues),
        "messages:pending": one("pass", "Messages that wait", waiting),
    }
    return {"status": status, "version": "1", "releaseId": 1, "checks": checks}


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = self.server.answer  # type: ignore[attr-defined]
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def box() -> Iterator[http.server.HTTPServer]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    server.asked = []  # type: ignore[attr-defined]
    answers(server, 200, told())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def answers(box: http.server.HTTPServer, status: int, body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    box.answer = (status, raw)  # type: ignore[attr-defined]


def check(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["check", *arguments], catch_exceptions=False)
    assert LINE.fullmatch(result.output), result.output
    return result


def url(box: http.server.HTTPServer) -> str:
    return f"http://127.0.0.1:{box.server_port}"


@pytest.mark.parametrize(
    ("status", "body", "arguments", "code", "words"),
    [
        (200, told(), [], 0, "OK - 1 modem can send, 0 messages wait | modems=1;;1:;0 "),
        (200, told(able=2, waiting=1), [], 0, "OK - 2 modems can send, 1 message waits"),
        (200, told(issues=1), [], 1, "WARNING - 1 thing to look after"),
        (200, told(issues=3), [], 1, "WARNING - 3 things to look after"),
        (503, told("fail", able=0), [], 2, "CRITICAL - Nothing can be sent: SIM locked"),
        (200, told(waiting=20), ["-w", "20"], 0, "waiting=20;20;;0"),
        (200, told(waiting=21), ["-w", "20"], 1, "WARNING - 21 messages wait, more than 20"),
        (200, told(waiting=60), ["-w", "20", "-c", "50"], 2, "CRITICAL - 60 messages wait"),
        (200, told(waiting=60, issues=1), ["-w", "20"], 1, "look after, see its Health page; 60"),
        (404, b"<html>", [], 3, "UNKNOWN - what answers at"),
        (200, {"status": "up"}, [], 3, "is no Pigeonbox, or an older one"),
        (200, [1, 2], [], 3, "UNKNOWN"),
        (200, {"releaseId": 1, "checks": {"x": 5}, "status": "pass"}, [], 0, "OK"),
    ],
)
def test_what_the_box_tells_becomes_a_code_and_a_line(
    box: http.server.HTTPServer,
    status: int,
    body: Any,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    answers(box, status, body)
    result = check("--url", url(box), *arguments)
    assert (result.exit_code, words in result.output) == (code, True), result.output
    assert box.asked == ["/health/ready"]  # type: ignore[attr-defined]


def test_what_the_box_tells_steers_no_terminal_and_forges_no_figure(
    box: http.server.HTTPServer,
) -> None:
    body = told("fail")
    body["checks"]["sending:possible"]["description"] = "x\x1b[2J\nOK | able=9"
    answers(box, 503, body)
    result = check("--url", url(box))
    assert result.exit_code == 2
    assert r"x\x1b[2J\nOK / able=9" in result.output


def test_no_answer_is_critical_as_for_every_service() -> None:
    result = check("--url", f"http://127.0.0.1:{free_port()}")
    assert (result.exit_code, "does not answer: Connection refused" in result.output) == (2, True)
    result = check("--url", "http://box.invalid")
    assert (result.exit_code, "does not answer" in result.output) == (2, True)


def test_silence_is_critical_after_the_time_given(box: http.server.HTTPServer) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        result = check("--url", f"http://127.0.0.1:{silent.getsockname()[1]}", "--timeout", "0.1")
    assert result.exit_code == 2
    assert "nothing came within 0.1 s" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bogus"],
        ["--url", "box.local"],
        ["--url", "ftp://box.local"],
        ["--url", "http://"],
        ["--url", "http://box:99999"],
        ["--url", "http://[::1"],
        ["-w", "-3"],
        ["-c", "x"],
        ["--timeout", "0"],
        ["--config", "/nowhere/config.toml"],
        ["surplus"],
    ],
)
def test_what_cannot_be_asked_is_unknown_and_never_critical(arguments: list[str]) -> None:
    assert check(*arguments).exit_code == 3


def test_the_address_comes_from_config_and_environment(
    box: http.server.HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[http]\nlisten = "0.0.0.0:{box.server_port}"\n')
    assert check("--config", str(file)).exit_code == 0
    monkeypatch.setenv("PIGEONBOX_LISTEN", f"127.0.0.1:{free_port()}")
    assert check("--config", str(file)).exit_code == 2
    monkeypatch.setenv("PIGEONBOX_LISTEN", "nonsense")
    result = check("--config", str(file))
    assert (result.exit_code, "PIGEONBOX_LISTEN: must be" in result.output) == (3, True)


def test_a_config_that_monitoring_may_not_read_is_done_without(
    box: http.server.HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = tmp_path / "config.toml"
    unreadable.mkdir()  # nobody reads this, root included
    monkeypatch.setattr(cli_check, "DEFAULT_CONFIG", unreadable)
    monkeypatch.setattr(cli_check, "USUAL", (f"http://127.0.0.1:{free_port()}", url(box)))
    assert check().exit_code == 0
    monkeypatch.setattr(cli_check, "USUAL", (f"http://127.0.0.1:{free_port()}",) * 2)
    result = check()
    assert (result.exit_code, "--url" in result.output) == (3, True)


def test_whatever_goes_wrong_is_a_line(
    box: http.server.HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("one\ntwo")

    monkeypatch.setattr(cli_check, "judged", broken)
    result = check("--url", url(box))
    assert result.exit_code == 3
    assert "RuntimeError" in result.output
