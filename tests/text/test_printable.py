"""Nobody's words steer a terminal, or make one line of the output or the log look like two."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway
from gateway.text.printable import (
    LogLines,
    indented,
    json_text,
    log_crashes,
    one_line,
    say,
    say_file,
    say_json,
)

ROOT = Path(gateway.__file__).parent
STEERING = [
    *(chr(n) for n in (*range(0x20), *range(0x7F, 0xA0))),
    *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
    "\ud800",
    "\U000e0041",
]


def is_harmless(text: str) -> bool:
    return not any(c in STEERING or unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text)


@pytest.mark.parametrize("character", STEERING)
def test_what_steers_a_terminal_is_shown_by_its_number(character: str) -> None:
    shown = one_line(f"a{character}b")
    assert is_harmless(shown)
    assert shown.startswith("a\\")
    assert shown.endswith("b")


def test_letters_of_every_script_stay_as_they_are() -> None:
    for text in ("Grüße, Łódź", "سلام\u200cها", "नमस्ते", "你好", "👩\u200d👩\u200d👧", r"C:\new"):
        assert one_line(text) == text


@given(st.text(), st.integers(0, 4))
def test_any_text_is_harmless_on_a_line_of_its_own_and_survives_json(text: str, indent: int):
    assert is_harmless(one_line(text))
    assert all(is_harmless(line) and line.startswith("  ") for line in indented(text, "  "))
    made = json_text({"text": text, text: [text]}, indent=indent or None)
    assert is_harmless(made.replace("\n", ""))
    assert made.count("\n") <= 5 * (indent > 0) + 1
    assert json.loads(made) == {"text": text, text: [text]}


# the log ----------------------------------------------------------------------------------------

FORGED = "x\n2026-12-01 00:00:00,000 ERROR main: disk full\r\x1b[2J\u2028y"


def logged(trouble: BaseException | None = None, *words: object) -> str:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "GET %s failed", words or ("/",), None)
    if trouble is not None:
        record.exc_info = (type(trouble), trouble, trouble.__traceback__)
    return LogLines("%(levelname)s %(threadName)s: %(message)s").format(record)


@given(st.text())
def test_a_record_is_one_line_whatever_was_asked_for(path: str) -> None:
    assert is_harmless(logged(None, path))


def test_a_traceback_holds_no_line_that_looks_like_a_record() -> None:
    try:
        raise ValueError(FORGED)
    except ValueError as e:
        first, *more = logged(e, FORGED).split("\n")
    assert "ERROR" in first
    assert len(more) > 3
    assert all(line.startswith("  | ") and is_harmless(line) for line in more)


# one way only -----------------------------------------------------------------------------------

PRINTS = {"echo", "secho", "echo_via_pager", "prompt", "confirm"}  # click's
MAY = {
    ("text/printable.py", "click.echo"),
    ("text/printable.py", "click.prompt"),
    ("text/printable.py", "click.confirm"),
    ("text/printable.py", "sys.stdout.writelines"),
    ("cli/keeping.py", "sys.stdout.buffer"),  # a backup, never to a terminal
}


def ways_out(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "print":
                found.add("print")
        elif isinstance(node, ast.Attribute):
            words = ast.unparse(node)
            if words.startswith("click.") and node.attr in PRINTS:
                found.add(words)
            if words.startswith(("sys.stdout.write", "sys.stderr.write", "sys.stdout.buffer")):
                found.add(words)
        elif isinstance(node, ast.ImportFrom) and node.module == "click":
            found |= {f"click.{name.name}" for name in node.names if name.name in PRINTS}
    return found


def sources() -> dict[str, str]:
    return {str(f.relative_to(ROOT)): f.read_text(encoding="utf-8") for f in ROOT.rglob("*.py")}


def test_everything_that_is_printed_goes_through_printable() -> None:
    used = {(path, way) for path, text in sources().items() for way in ways_out(ast.parse(text))}
    assert used == MAY


def test_every_line_of_the_log_goes_through_its_formatter() -> None:
    """No handler is made anywhere else, and the one there is escapes."""
    text = sources()
    assert [n for n, t in text.items() if "StreamHandler(" in t] == ["cli/main.py"]
    assert re.search(r"setFormatter\(\s*printable\.LogLines\(", text["cli/main.py"])
    assert not [n for n, t in text.items() if "logging.basicConfig(" in t and n != "cli/main.py"]


# files ------------------------------------------------------------------------------------------


class Screen(io.StringIO):
    encoding = "ascii"

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.isatty = lambda: is_terminal  # type: ignore[method-assign]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_file_is_exact_except_on_a_terminal(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(is_terminal)
    monkeypatch.setattr("sys.stdout", screen)
    say_file(["Name\r\n", "a\x1b[2J\u202eb\r\n"])
    exact = "Name\r\na\x1b[2J\u202eb\r\n"
    assert screen.getvalue() == ("Name\na\\x1b[2J\\u202eb\n" if is_terminal else exact)


def test_letters_that_a_terminal_lacks_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(True)
    monkeypatch.setattr("sys.stdout", screen)
    say("Grüße")
    say_json({"name": "Łódź"}, indent=None)
    first, second = screen.getvalue().splitlines()
    assert first == "Gr\\xfc\\xdfe"
    assert json.loads(second) == {"name": "Łódź"}
    assert second.isascii()


def test_what_nobody_caught_is_logged_in_the_same_way(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(threading, "excepthook", None)
    monkeypatch.setattr(sys, "excepthook", None)
    log_crashes()
    trouble = ValueError(FORGED)
    threading.excepthook(
        threading.ExceptHookArgs((ValueError, trouble, None, threading.current_thread()))
    )
    sys.excepthook(ValueError, trouble, None)
    assert [(r.levelname, r.exc_info and r.exc_info[1]) for r in caplog.records] == [
        ("CRITICAL", trouble)
    ] * 2
