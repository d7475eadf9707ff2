"""The fallback reply: one text, one switch, for messages that set off no activity."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from gateway.store.file import settings

KEY = "activities.fallback"
NAME = "Fallback reply"


@dataclass(frozen=True, slots=True)
class Fallback:
    text: str = ""
    on: bool = False


def get() -> Fallback:
    return Fallback(**settings.get(KEY, asdict(Fallback())))


def put(fallback: Fallback) -> None:
    """Durable when it returns."""
    settings.put(KEY, {"text": fallback.text, "on": fallback.on})
