"""What one request and one connection may take up, before anybody knows who is asking.

waitress collects a request's body before the page sees the request, so who is signed in is not
known yet. Small bodies are taken from anybody. Larger ones need room in one of two budgets: one for
browsers that carry the box's own signed mark of an earlier sign-in and for addresses from which
somebody was let in lately, and a small one for everybody else. So strangers fill neither the memory
nor, through it, the temporary files; and no address gets more than its share of a budget.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from gateway.services.accounts.throttle import neighbourhood

KnownBrowser = Callable[[Mapping[str, str]], bool]  # asked with the headers, COOKIE and so on
KnownAddress = Callable[[str], bool]

SMALL = 32 << 10  # octets of a body that anybody may send
MAX_REQUEST = 5 << 20  # octets: a file of contacts; waitress' own default is a gigabyte
STRANGERS_EACH = 512 << 10  # octets: what a program may send, 20,000 numbers and the longest text
STRANGERS = 4 << 20  # octets of their larger bodies at once, all together
OF_ONE_STRANGER = 1 << 20  # of those, from one address
KNOWN = 24 << 20  # the same for browsers that have signed in before
OF_ONE_KNOWN = 10 << 20
PIPELINED = 2  # requests that may wait behind the one that is being answered: no browser does that
HEADERS_WITHIN = 15.0  # seconds from a request's first octet to the end of its headers
BODY_WITHIN = 30.0  # seconds, and as much more as the body takes at SLOWEST
SLOWEST = 4096  # octets per second
UNREAD = 30.0  # seconds that an answer may wait for its reader to take the next piece


class Full(Error):  # type: ignore[misc]
    """An answer of waitress' own: too many large bodies are coming in."""

    code = 503
    reason = "Service Unavailable"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        status, headers, body = super().to_response(ident)
        return status, [*headers, ("Retry-After", "60")], body


class Budget:
    """Octets of large bodies under way. The server's loop takes, any thread gives back."""

    def __init__(self, most: int, of_one: int) -> None:
        self.most, self.of_one = most, of_one
        self._taken: dict[int, tuple[int, str]] = {}

    def take(self, request: object, octets: int, whose: str) -> bool:
        """`whose`: the address that it comes from, which has a share of its own."""
        theirs = sum(taken for taken, who in list(self._taken.values()) if who == whose)
        if self.taken + octets > self.most or theirs + octets > self.of_one:
            return False
        self._taken[id(request)] = (octets, whose)
        return True

    def give_back(self, request: object) -> None:
        self._taken.pop(id(request), None)

    @property
    def taken(self) -> int:
        return sum(taken for taken, _ in list(self._taken.values()))


class BodyBudgets:
    """The two budgets of one server, and how it knows whom to give which."""

    def __init__(
        self,
        known_browser: KnownBrowser,
        known_address: KnownAddress = lambda address: False,
        proxy: str = "",
    ) -> None:
        """`proxy`: the address whose word on who asks is believed; "" = nobody's."""
        self._known_browser = known_browser
        self._known_address = known_address
        self._proxy = proxy
        self.known = Budget(KNOWN, OF_ONE_KNOWN)
        self.strangers = Budget(STRANGERS, OF_ONE_STRANGER)

    def take(self, request: Parser) -> Error | None:
        """Room for the body of a request whose headers are there; else what to answer.

        Sets `most`, the octets after which a body without a length is cut off.
        """
        if request.chunked and "CONTENT_LENGTH" in request.headers:
            # Two lengths: what one reads as a body, another may read as a request.
            return BadRequest("Content-Length and Transfer-Encoding do not go together.")
        request.most = SMALL
        if not request.chunked and request.content_length <= SMALL:
            return None
        known = self._known_browser(request.headers)
        whose = self._whose(request)
        trusted = known or self._known_address(whose)
        budget = self.known if trusted else self.strangers
        most = MAX_REQUEST if known else STRANGERS_EACH
        if request.content_length > most:
            return RequestEntityTooLarge(
                "This is larger than the box accepts."
                if known
                else "This is larger than the box accepts from somebody who is not signed in. "
                "Sign in first, or send it in parts."
            )
        size = most if request.chunked else request.content_length
        if not budget.take(request, size, whose):
            if request.chunked:  # its length is not known, and most are short
                return None
            return Full("The box is taking in as much as it can. Try again in a minute.")
        request.budget, request.most = budget, most
        return None

    def _whose(self, request: Parser) -> str:
        address = request.address
        if address == self._proxy:  # which adds whom it heard at the end
            told = request.headers.get("X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            address = told or address
        return neighbourhood(address)


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request coming in, with a limit of its own for its body."""

    budget: Budget | None = None
    most = MAX_REQUEST

    def __init__(self, adj: Any, room: BodyBudgets, address: str) -> None:
        super().__init__(adj)
        self._room = room
        self.address = address

    def received(self, data: bytes) -> int:
        had_headers = self.headers_finished
        consumed: int = super().received(data)
        if self.headers_finished and not had_headers and self.error is None and not self.empty:
            if self.completed:  # there is no body that it could wait for (RFC 9110, 10.1.1)
                self.expect_continue = False
            self._refuse(self._room.take(self))
        elif self.body_bytes_received > self.most:
            self._refuse(RequestEntityTooLarge("This is larger than the box accepts."))
        return consumed

    def _refuse(self, error: Error | None) -> None:
        if error is not None:
            self.error, self.completed = error, True
            self.expect_continue = False

    def close(self) -> None:
        self.give_back()
        super().close()

    def give_back(self) -> None:
        if self.budget is not None:
            self.budget.give_back(self)
            self.budget = None


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection; remembers when the request that is coming in began."""

    began: float | None = None
    request: Any = None  # a Parser, while a request is coming in

    def parser_class(self, adj: Any) -> Parser:
        return Parser(adj, self.server.room, str(self.addr[0]))

    def received(self, data: bytes) -> Any:
        if self.began is None:
            self.began = time.monotonic()
        result = super().received(data)
        if self.request is None:
            self.began = None
        if len(self.requests) > 1 + PIPELINED:
            self.will_close = True
        return result

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:  # came in halfway; the others are closed by who answers them
            self.request.close()
            self.request = None

    def too_slow(self, now: float) -> bool:
        """Whether the other side has had its time; `now` in monotonic seconds."""
        if self.total_outbufs_len and time.time() - self.last_activity > UNREAD:
            return True
        request = self.request
        if self.began is None or request is None:
            return False
        if not request.headers_finished:
            return now - self.began > HEADERS_WITHIN
        size = max(request.content_length, request.body_bytes_received)
        return bool(now - self.began > BODY_WITHIN + size / SLOWEST)

    @property
    def idle_since(self) -> float | None:
        """Seconds of time.time(), or None while a request is being answered."""
        return None if self.requests else float(self.last_activity)
