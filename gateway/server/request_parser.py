"""waitress' parser, with an allowance for each body."""

from __future__ import annotations

from typing import Any

from waitress.parser import HTTPRequestParser
from waitress.utilities import Error, RequestEntityTooLarge

from gateway.server.body_budget import AnnouncedBody, BodyAllowance, BodyBudgets


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """A request coming in from `address`."""

    allowance: BodyAllowance | None = None  # from the end of the headers until it is closed

    def __init__(self, adj: Any, budgets: BodyBudgets, address: str) -> None:
        super().__init__(adj)
        self._budgets = budgets
        self._address = address

    def received(self, data: bytes) -> int:
        """How many octets of `data` belong to this request."""
        had_headers = self.headers_finished
        consumed: int = super().received(data)
        if self.headers_finished and not had_headers and self.error is None and not self.empty:
            if self.completed:  # there is no body that it could wait for (RFC 9110, 10.1.1)
                self.expect_continue = False
            self._ask_for_room()
        elif self.allowance is not None and self.body_bytes_received > self.allowance.most:
            self._refuse(RequestEntityTooLarge("This is larger than the box accepts."))
        return consumed

    def _ask_for_room(self) -> None:
        body = AnnouncedBody(self.headers, self._address, self.content_length, self.chunked)
        answer = self._budgets.allow(body)
        if isinstance(answer, BodyAllowance):
            self.allowance = answer
        else:
            self._refuse(answer)

    def _refuse(self, error: Error) -> None:
        self.error, self.completed = error, True
        self.expect_continue = False

    def close(self) -> None:
        if self.allowance is not None:
            self.allowance.give_back()
        super().close()
