"""A message as a program posts it -> a draft, or everything that is wrong with it, by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gateway.services.messages.accept import WrittenMessage
from gateway.store.connections import connections
from gateway.text import values
from gateway.text.values import BadValue
from webui.page.arguments import an_id

LONGEST_TEXT = 50_000  # characters: more than 255 SMS hold


TYPES: dict[type, Callable[[object], Any]] = {
    bool: values.boolean,
    int: values.integer,
    str: values.text,
}


class BadBody(ValueError):
    """Says every mistake in one line."""


def draft(raw: bytes, now: int) -> tuple[WrittenMessage, int | None]:
    """Read a posted message, and the instant to send it at; None: now.

    Unknown fields are ignored. Raises BadBody, StoreError.
    """
    reader = _BodyReader(_object(raw))
    later = reader.later(now)
    found = reader.draft(now if later is None else later)
    if reader.mistakes:
        raise BadBody(" ".join(reader.mistakes))
    return found, later


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as e:
        raise BadBody("The body must be JSON.") from e
    if not isinstance(body, dict):
        raise BadBody("The body must be a JSON object.")
    return body


class _BodyReader:
    """Takes fields out of the object, collecting mistakes instead of stopping at the first."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body
        self.mistakes: list[str] = []

    def draft(self, now: int) -> WrittenMessage:
        self._not_yet("isEncrypted", "Encrypted messages cannot be sent.")
        self._not_yet("dataMessage", "Only text messages can be sent.")
        return WrittenMessage(
            recipients=self._numbers(),
            text=self._text(),
            connection_id=self._connection(),
            with_report=self._field("withDeliveryReport", bool, "true or false", True),
            client_id=self._field("id", str, "a string", None),
            ttl_seconds=self._ttl(now),
            priority=self._field("priority", int, "a whole number", 0),
            when_uncertain=self._field("whenUncertain", str, '"hold" or "resend"', "hold"),
            flash=self._field("flash", bool, "true or false", False),
            answers=self._answers(),
        )

    def _field(self, name: str, kind: type, words: str, default: Any) -> Any:
        value = self._body.get(name)
        if value is None:
            return default
        found = TYPES[kind](value)
        if isinstance(found, BadValue):
            self.mistakes.append(f"{name} must be {words}.")
            return default
        return found

    def _answers(self) -> tuple[int, ...]:
        """Ids as GET /inbox gives them: one, or a list."""
        given = self._body.get("inReplyTo")
        listed = [] if given is None else given if isinstance(given, list) else [given]
        ids = [an_id(str(i)) for i in listed if isinstance(i, (str, int))]
        if len(ids) != len(listed) or None in ids:
            self.mistakes.append("inReplyTo must be the id of a received message, or some of them.")
        return tuple(i for i in ids if i)

    def _not_yet(self, name: str, words: str) -> None:
        """Fields that change what goes out must not be ignored in silence."""
        if self._body.get(name):
            self.mistakes.append(words)

    def _numbers(self) -> tuple[str, ...]:
        numbers = self._body.get("phoneNumbers")
        if not isinstance(numbers, list) or not numbers:
            self.mistakes.append("phoneNumbers must be a list of at least one phone number.")
            return ()
        if not all(isinstance(n, str) and n.strip() for n in numbers):
            self.mistakes.append("phoneNumbers must hold nothing but strings with a number each.")
            return ()
        return tuple(numbers)

    def _text(self) -> str:
        message = self._body.get("textMessage")
        if message is None:  # clients of before 2025 send it as plain "message"
            text = self._body.get("message")
            where = "textMessage.text" if text is None else "message"
        else:
            text = message.get("text") if isinstance(message, dict) else None
            where = "textMessage.text"
        if not isinstance(text, str) or not text.strip():
            self.mistakes.append(f"{where} must be a text that is not empty.")
            return ""
        if len(text) > LONGEST_TEXT:
            self.mistakes.append(f"{where} is too long: {len(text)} characters.")
            return ""
        return text

    def later(self, now: int) -> int | None:
        at: str | None = self._field("scheduleAt", str, "an instant in ISO 8601", None)
        if at is None:
            return None
        if (found := self._instant("scheduleAt", at)) is not None and found <= now:
            self.mistakes.append("scheduleAt has passed already.")
        return found

    def _instant(self, name: str, text: str) -> int | None:
        """Milliseconds UTC."""
        found = values.instant(text)
        if isinstance(found, BadValue):
            self.mistakes.append(f"{name} must be an instant in ISO 8601 with its zone.")
            return None
        return found

    def _ttl(self, now: int) -> int | None:
        """Seconds; "ttl" gives them, "validUntil" the instant."""
        ttl: int | None = self._field("ttl", int, "a number of whole seconds", None)
        until: str | None = self._field("validUntil", str, "an instant in ISO 8601", None)
        if until is None:
            return self._positive("ttl", ttl)
        if ttl is not None:
            self.mistakes.append("Give ttl or validUntil, not both.")
        end = self._instant("validUntil", until)
        if end is None:
            return None
        if end <= now and self._body.get("scheduleAt"):
            self.mistakes.append("validUntil must be later than scheduleAt.")
            return None
        return self._positive("validUntil", (end - now) // 1000)

    def _positive(self, name: str, seconds: int | None) -> int | None:
        if seconds is not None and seconds < 1:
            self.mistakes.append(f"{name} has passed already.")
            return None
        return seconds

    def _connection(self) -> int | None:
        """simNumber counts the connections from 1, as they came; a removed one leaves a gap."""
        number: int | None = self._field("simNumber", int, "a whole number", None)
        if number is None:
            return None
        known = {c.position: c.connection_id for c in connections.all_connections()}
        if number not in known:
            there = ", ".join(map(str, known)) or "none"
            self.mistakes.append(f"simNumber {number} is not known; there is: {there}.")
            return None
        return known[number]
