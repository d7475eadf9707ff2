"""How many octets of bodies may come in at once, before anybody knows who is asking.

waitress collects a request's body before the page sees the request, so who is signed in is not
known yet. Small bodies are taken from anybody. Larger ones need room in one of two budgets: one for
browsers that carry the box's own signed mark of an earlier sign-in and for addresses from which
somebody was let in lately, and a small one for everybody else. So strangers fill neither the memory
nor, through it, the temporary files; and no address gets more than its share of a budget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from gateway.server import bounds
from gateway.services.accounts.throttle import neighbourhood

KnownBrowser = Callable[[Mapping[str, str]], bool]  # asked with the headers, COOKIE and so on
KnownAddress = Callable[[str], bool]


class BudgetSpent(Error):  # type: ignore[misc]
    """An answer of waitress' own: too many large bodies are coming in."""

    code = 503
    reason = "Service Unavailable"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        status, headers, body = super().to_response(ident)
        return status, [*headers, ("Retry-After", "60")], body


@dataclass(frozen=True, slots=True)
class AnnouncedBody:
    """What a request tells of its body before the first octet of it."""

    headers: Mapping[str, str]  # as waitress names them: COOKIE, X_FORWARDED_FOR
    address: str  # that the connection comes from
    length: int  # octets; 0 where it comes in chunks
    chunked: bool


class BodyAllowance:
    """What one body may take up. Whoever holds it gives it back once, or more often."""

    def __init__(self, most: int, budget: BodyBudget | None = None) -> None:
        self.most = most  # octets after which a body without a length is cut off
        self._budget = budget

    def give_back(self) -> None:
        if self._budget is not None:
            self._budget.give_back(self)


class BodyBudget:
    """Octets of large bodies under way. The server's loop takes, any thread gives back."""

    def __init__(self, most: int, of_one: int) -> None:
        self.most, self.of_one = most, of_one
        self._taken: dict[BodyAllowance, tuple[int, str]] = {}

    def take(self, octets: int, whose: str, most: int) -> BodyAllowance | None:
        """`whose`: the address that it comes from, which has a share of its own."""
        theirs = sum(taken for taken, who in list(self._taken.values()) if who == whose)
        if self.taken + octets > self.most or theirs + octets > self.of_one:
            return None
        allowance = BodyAllowance(most, self)
        self._taken[allowance] = (octets, whose)
        return allowance

    def give_back(self, allowance: BodyAllowance) -> None:
        self._taken.pop(allowance, None)

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
        self.known = BodyBudget(bounds.KNOWN, bounds.OF_ONE_KNOWN)
        self.strangers = BodyBudget(bounds.STRANGERS, bounds.OF_ONE_STRANGER)

    def allow(self, body: AnnouncedBody) -> BodyAllowance | Error:
        """What it may take up, else what to answer."""
        if body.chunked and "CONTENT_LENGTH" in body.headers:
            # Two lengths: what one reads as a body, another may read as a request.
            return BadRequest("Content-Length and Transfer-Encoding do not go together.")
        if not body.chunked and body.length <= bounds.SMALL:
            return BodyAllowance(bounds.SMALL)
        known = self._known_browser(body.headers)
        most = bounds.MAX_REQUEST if known else bounds.STRANGERS_EACH
        if body.length > most:
            return RequestEntityTooLarge(
                "This is larger than the box accepts."
                if known
                else "This is larger than the box accepts from somebody who is not signed in. "
                "Sign in first, or send it in parts."
            )
        whose = self._whose(body)
        budget = self.known if known or self._known_address(whose) else self.strangers
        taken = budget.take(most if body.chunked else body.length, whose, most)
        if taken is not None:
            return taken
        if body.chunked:  # its length is not known, and most are short
            return BodyAllowance(bounds.SMALL)
        return BudgetSpent("The box is taking in as much as it can. Try again in a minute.")

    def _whose(self, body: AnnouncedBody) -> str:
        address = body.address
        if address == self._proxy:  # which adds whom it heard at the end
            told = body.headers.get("X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            address = told or address
        return neighbourhood(address)
