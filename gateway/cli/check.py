"""`pigeonbox check`: one line and an exit code for Nagios, Icinga, Checkmk and their like.

0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, and figures after a "|" (monitoring-plugins.org,
"Development Guidelines"). Asks over HTTP, so it needs neither root nor the machine of the box. No
answer is CRITICAL, as with check_http; UNKNOWN is for a question that cannot be asked.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import click

from gateway import config
from gateway.cli.shared import DEFAULT_CONFIG, common
from gateway.text.printable import one_line, say

WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
OK, WARNING, CRITICAL, UNKNOWN = range(4)
PATH = "/health/ready"
LONGEST = 256 * 1024  # octets of an answer that are read
# Where a box is, when its config is not for everybody to read.
USUAL = ("http://127.0.0.1", "http://127.0.0.1:8080", "https://127.0.0.1")
NOT_OURS = "what answers at {} is no Pigeonbox, or an older one"


@dataclass(frozen=True, slots=True)
class CheckResult:
    code: int
    words: str
    figures: str = ""

    def line(self) -> str:
        words = one_line(self.words).replace("|", "/")
        figures = f" | {self.figures}" if self.figures else ""
        return f"PIGEONBOX {WORDS[self.code]} - {words}{figures}"


class _Silent(Exception):
    """No answer; says why."""


class _Check(click.Command):
    """Misuse is UNKNOWN here: 2 would mean that the box is down."""

    def make_context(self, *words: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(*words, **more)
        except click.UsageError as e:
            _end(CheckResult(UNKNOWN, e.format_message()))


@click.command(cls=_Check)
@common
@click.option("--url", help="Where the box is, e.g. http://box.local; else as the config says.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600), default=10.0, help="Seconds for the answer."
)
@click.option(
    "-w", "--warning", type=click.IntRange(0), help="WARNING when more messages than this wait."
)
@click.option(
    "-c", "--critical", type=click.IntRange(0), help="CRITICAL when more messages than this wait."
)
@click.option("--insecure", is_flag=True, help="Accept any certificate of an https address.")
def check(
    config_file: Path | None,
    data: Path | None,
    url: str | None,
    timeout: float,
    warning: int | None,
    critical: int | None,
    insecure: bool,
) -> None:
    """Say in one line whether the box works; ends with 0, 1, 2 or 3, as monitoring expects."""
    try:
        places = [url.rstrip("/")] if url else _places(config_file)
        for place in places:
            _understood(place)
    except config.ConfigError as e:
        _end(CheckResult(UNKNOWN, str(e)))
    except ValueError:
        _end(CheckResult(UNKNOWN, "give --url as an address such as http://box.local"))
    try:
        _end(_asked(places, timeout, insecure, warning, critical))
    except Exception as e:  # whatever it is: one line, not a traceback
        _end(CheckResult(UNKNOWN, f"the check itself failed: {type(e).__name__}: {e}"))


def _end(verdict: CheckResult) -> NoReturn:
    say(verdict.line())
    sys.exit(verdict.code)


def _places(config_file: Path | None) -> list[str]:
    """Raises ConfigError."""
    file = config_file or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    if config_file is None:
        try:
            if file:
                file.read_bytes()
        except OSError:
            return list(USUAL)  # it belongs to the service; monitoring does not
    http_ = config.in_force(file).http
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(http_.host, http_.host)  # noqa: S104
    return [f"{http_.scheme}://{f'[{host}]' if ':' in host else host}:{http_.port}"]


def _understood(url: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and what stands before our path. Raises ValueError."""
    found = urlsplit(url)
    if found.scheme not in ("http", "https") or not found.hostname:
        raise ValueError(url)
    return found.scheme, found.hostname, found.port, found.path.rstrip("/")


def _asked(
    places: Sequence[str],
    timeout: float,
    insecure: bool,
    warning: int | None,
    critical: int | None,
) -> CheckResult:
    silent = []
    for place in places:
        began = time.monotonic()
        try:
            told = _answer(place, timeout, insecure)
        except _Silent as e:
            silent.append(f"{place} does not answer: {e}")
            continue
        took = time.monotonic() - began
        if told is not None:
            return judged(told, took, warning, critical)
        if len(places) == 1:
            return CheckResult(UNKNOWN, NOT_OURS.format(place))
    if len(places) == 1:
        return CheckResult(CRITICAL, silent[0])
    return CheckResult(
        UNKNOWN,
        f"nothing answers at the usual addresses, and {DEFAULT_CONFIG} is not for this"
        " user to read: say where the box is with --url",
    )


def _answer(url: str, timeout: float, insecure: bool) -> dict[str, Any] | None:
    """What it tells; None: that is no Pigeonbox. Raises _Silent."""
    scheme, host, port, before = _understood(url)
    asked = http.client.HTTPConnection(host, port, timeout=timeout)
    if scheme == "https":
        context = ssl.create_default_context()
        if insecure or host in ("127.0.0.1", "::1", "localhost"):
            # By number to ourselves: the certificate is for the box's names.
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        asked = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    try:
        asked.request("GET", before + PATH)
        text = asked.getresponse().read(LONGEST)
    except ssl.SSLCertVerificationError as e:
        raise _Silent(f"its certificate is not trusted ({e.verify_message})") from e
    except socket.gaierror as e:
        raise _Silent("its name is not known") from e
    except TimeoutError as e:
        raise _Silent(f"nothing came within {timeout:g} s") from e
    except OSError as e:
        raise _Silent(e.strerror or str(e)) from e
    except http.client.HTTPException:
        return None
    finally:
        asked.close()
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    ours = isinstance(told, dict) and isinstance(told.get("checks"), dict) and "releaseId" in told
    return told if ours else None


def judged(
    told: dict[str, Any], took: float, warning: int | None = None, critical: int | None = None
) -> CheckResult:
    """What /health/ready has told, as a verdict. Pure."""
    checks = {name: one for name, one in told["checks"].items() if isinstance(one, dict)}
    waiting, issues = _value(checks, "messages:pending"), _value(checks, "box:issues")
    able = _value(checks, "sending:possible")
    figures = " ".join(
        [
            f"modems={able};;1:;0",
            f"issues={issues};0;;0",
            f"waiting={waiting};{_limit(warning)};{_limit(critical)};0",
            f"time={took:.3f}s;;;0",
        ]
    )
    failed = [str(one.get("description", "")) for one in checks.values() if _is(one, "fail")]
    if failed or told.get("status") == "fail":
        return CheckResult(CRITICAL, "; ".join(failed) or "it says that it has failed", figures)
    wait = "1 message waits" if waiting == 1 else f"{waiting} messages wait"
    if critical is not None and waiting > critical:
        return CheckResult(CRITICAL, f"{wait}, more than {critical}", figures)
    troubles = []
    if issues:
        found = "1 thing" if issues == 1 else f"{issues} things"
        troubles.append(f"{found} to look after, see its Health page")
    if warning is not None and waiting > warning:
        troubles.append(f"{wait}, more than {warning}")
    if troubles:
        return CheckResult(WARNING, "; ".join(troubles), figures)
    modems = "1 modem can send" if able == 1 else f"{able} modems can send"
    return CheckResult(OK, f"{modems}, {wait}", figures)


def _is(one: dict[str, Any], status: str) -> bool:
    return one.get("status") == status


def _value(checks: dict[str, dict[str, Any]], name: str) -> int:
    value = checks.get(name, {}).get("observedValue", 0)
    return value if isinstance(value, int) else 0


def _limit(value: int | None) -> str:
    return "" if value is None else str(value)
