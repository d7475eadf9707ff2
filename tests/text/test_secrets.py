"""Nothing secret in logs, errors and tracebacks."""

from __future__ import annotations

import logging
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.at import commands
from gateway.at.secrets import shape, without_secrets
from gateway.store import opening
from gateway.store.connections import connections
from gateway.store.file import database
from gateway.text.log_secrets import hide_secrets


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('AT+CPIN="1234"', "AT+CPIN=***"),
        ("at+cpin=1234", "at+cpin=***"),
        ('AT+CPIN="12345678","1234"', "AT+CPIN=***"),
        ('AT+CLCK="SC",1,"1234"', "AT+CLCK=***"),
        ('AT+CPWD="SC","1234","5678"', "AT+CPWD=***"),
        ('AT^CPIN="1234"', "AT^CPIN=***"),
        ('AT+CPIN="1234";+CREG?', "AT+CPIN=***;+CREG?"),
        ("AT+CPIN?", "AT+CPIN?"),
        ("AT+CPIN=?", "AT+CPIN=?"),
        ("AT+CMGS=23", "AT+CMGS=23"),
    ],
)
def test_commands_are_shown_without_pins(said: str, shown: str) -> None:
    assert without_secrets(said) == shown


@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_no_pin_is_in_what_a_command_looks_like(pin: str) -> None:
    command = commands.cpin_enter(pin)
    assert pin not in repr(command)
    assert pin not in f"{command}"
    assert pin in command.text
    try:
        raise RuntimeError(f"no answer to {command!r}")
    except RuntimeError:
        assert pin not in traceback.format_exc()


@given(st.text())
def test_a_stray_line_is_logged_without_a_digit_and_never_whole(line: str) -> None:
    shown = shape(line)
    assert not any(c in "123456789" for c in shown.partition("... (")[0])
    assert len(shown) < 40


def test_the_log_of_statements_shows_no_pin_even_at_debug_with_texts(
    tmp_path, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("peewee")
    logger.addFilter(hide_secrets)
    caplog.set_level("DEBUG", "peewee")
    try:
        opening.open_store(tmp_path)
        with database.connected():
            line = connections.upsert_connection("8944001", "23415001", 1)
            connections.set_pin(line.connection_id, "471108")
            connections.take_pin("8944001", "23415001", "", 2, tries_left=3)
        opening.close_store()
    finally:
        logger.removeFilter(hide_secrets)
    assert "UPDATE connection SET pin" in caplog.text
    assert "471108" not in caplog.text
