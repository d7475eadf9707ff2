"""STOP: whoever writes it alone in an SMS is not written to any more, until START comes.

The word has to be all there is (case, blanks and punctuation around it do not count): "Stop by at
nine" is no wish to hear nothing more.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence

from gateway.clock import Clock
from gateway.services.people.numbers import from_network
from gateway.store.activities import stops
from gateway.store.activities.stops import Effect, Stop
from gateway.store.file import audit, settings
from gateway.store.file.audit import Editor
from gateway.store.file.database import StoreError, transaction
from gateway.store.messages import details
from gateway.store.people import blocked, groups
from gateway.text import clean
from gateway.text.comparison import letters
from gateway.text.refusal import FieldError, Refused

log = logging.getLogger(__name__)

# Not END, QUIT, CANCEL: people say these alone to end something else, a game or an order.
STOP_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE")
START_WORDS = ("START", "UNSTOP")
KEYS = {"stop": ("stop_words", STOP_WORDS), "start": ("start_words", START_WORDS)}
MOST_WORDS, LONGEST_WORD = 50, 30
LONGEST_TEXT = 60  # characters of an SMS that can be nothing but the word


class StopWords:
    """Reads what came in. Used inside the transaction that stores it, so that no STOP is lost."""

    def __init__(self, clock: Clock, country: Callable[[], str]) -> None:
        self._clock = clock
        self._country = country

    def obey(self, message_ids: Sequence[int]) -> None:
        """A mistake of ours in here must not keep a message from being stored."""
        for message_id in message_ids:
            try:
                self._read(message_id)
            except StoreError:
                raise
            except Exception:
                log.exception("a message could not be looked at for STOP")

    def _read(self, message_id: int) -> None:
        message = details.get(message_id)
        if message is None or not message.incoming or message.kind != "sms" or not message.peer:
            return
        if number := from_network(message.peer, self._country()):
            self._obey(message_id, number, message.text)

    def _obey(self, message_id: int, number: str, text: str) -> None:
        said = letters(text) if len(text) <= LONGEST_TEXT else ""
        if not said:
            return
        if word := _among(said, counted_words("stop")):
            effect = self._stop(number, word)
        elif (word := _among(said, counted_words("start"))) and blocked.get(number):
            freed = blocked.free(number, self._clock.now(), "", word)
            effect = Effect.FREED if freed else Effect.HELD
        else:
            return
        stops.record(Stop(message_id, number, word, effect))
        log.info("a number wrote %s: %s", word, effect)

    def _stop(self, number: str, word: str) -> Effect:
        """A sender can be forged: nobody silences an alarm by writing STOP in another's name."""
        if blocked.get(number):
            return Effect.ALREADY
        if groups.always_reached(number):
            return Effect.KEPT
        blocked.block(number, self._clock.now(), "", word)
        return Effect.BLOCKED


# What it did, for whoever opens the message.
EFFECTS = {
    Effect.BLOCKED: "Because of “{word}” nothing is sent to this number any more. To write to it"
    " again, unblock it under People.",
    Effect.ALREADY: "“{word}” changed nothing: the number was blocked already.",
    Effect.KEPT: "“{word}” blocked nothing: this number is marked as always reached. Ask whether it"
    " was them, since a sender can be forged.",
    Effect.FREED: "Because of “{word}” this number is written to again.",
    Effect.HELD: "“{word}” changed nothing: somebody blocked this number here, and only a person"
    " can unblock it.",
}


def effect_words(message_id: int) -> str:
    """What a received message did as STOP or START; "" when it was neither."""
    found = stops.get(message_id)
    return EFFECTS[found.effect].format(word=found.word) if found else ""


def counted_words(kind: str) -> tuple[str, ...]:
    """The words that count: "stop" or "start". None at all switches it off."""
    key, default = KEYS[kind]
    return tuple(settings.get(key, default))


def set_words(kind: str, typed: str, by: Editor) -> None:
    """Words with commas or line ends between them. Raises Refused, StoreError."""
    key, _ = KEYS[kind]
    found = list(dict.fromkeys(filter(None, map(clean.line, re.split(r"[,;\n]", typed)))))
    other = {letters(word) for word in counted_words("start" if kind == "stop" else "stop")}
    wrong = ""
    if len(found) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in found):
        wrong = f"At most {MOST_WORDS} words of {LONGEST_WORD} characters are possible."
    elif bad := [word for word in found if not letters(word)]:
        wrong = f"“{bad[0]}” has no letter in it."
    elif bad := [word for word in found if letters(word) in other]:
        wrong = f"“{bad[0]}” cannot both block and free a number."
    if wrong:
        raise Refused([FieldError(kind, wrong)])
    with transaction():
        settings.put(key, found)
        audit.changed(by)


def _among(said: str, known: Sequence[str]) -> str:
    return next((word for word in known if letters(word) == said), "")
