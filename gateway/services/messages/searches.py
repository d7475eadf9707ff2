"""What people type into the search box and choose beside it -> what the store is asked.

Whatever is typed gives a question or a plain sentence that says what to change, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, tzinfo

import phonenumbers

from gateway.decisions.dispatch_states import DispatchState
from gateway.services.messages.bulk import Selection
from gateway.services.people.digits import written_number
from gateway.services.people.numbers import BadNumber, alternatives, from_abroad
from gateway.services.people.senders import meant
from gateway.store.connections import connections
from gateway.store.people import groups, people
from gateway.store.people.people import fold
from gateway.store.search import search, word_index
from gateway.store.search.search import SearchCount, SearchFilter, SearchHits, Term
from gateway.store.search.views import NEWEST, View
from gateway.text.refusal import FieldError, Refused
from gateway.text.tokenizer import distinct_words, folded
from gateway.text.values import BadValue, day, whole

LONGEST = 200  # characters that are looked at
MOST_TERMS = 12
FEWEST_LETTERS = 2  # of the beginning of a word; a single letter is a word of its own
MOST_WORDS = 200  # that a beginning may stand for
FEWEST_DIGITS = 3  # of a part of a phone number
MOST_NUMBERS = 50_000

# A number as people type it, in groups: "+254 712-345 678", "(0712) 345678".
NUMBER = re.compile(r"\+?\(?[0-9](?:[\s\-./()]{0,2}[0-9])+")

DIRECTIONS = {"in": "Received", "out": "Sent from here"}
STATES: dict[str, tuple[str, tuple[DispatchState, ...]]] = {
    "unread": ("Unread", ()),
    "pending": ("Pending", (DispatchState.PENDING, DispatchState.SENDING)),
    "sent": ("Sent", (DispatchState.SENT, DispatchState.DELIVERED)),
    "delivered": ("Delivered", (DispatchState.DELIVERED,)),
    "failed": ("Failed", (DispatchState.FAILED,)),
    "uncertain": ("May have been sent", (DispatchState.UNCERTAIN,)),
    "cancelled": ("Cancelled", (DispatchState.CANCELLED,)),
}


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """As it was typed and chosen; "" is no wish."""

    q: str = ""
    direction: str = ""  # a key of DIRECTIONS
    state: str = ""  # a key of STATES
    connection: str = ""  # an id
    who: str = ""  # a number, or the name of a person or a group
    since: str = ""  # a day, "2026-11-27", in the box's zone
    until: str = ""  # a day that is still meant

    @classmethod
    def of(cls, given: Mapping[str, str]) -> SearchQuestion:
        return cls(**{f.name: given.get(f.name, "").strip() for f in fields(cls)})

    def given(self) -> dict[str, str]:
        """What is not empty: for an address or a form."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}

    @property
    def filtered(self) -> bool:
        """Whether there is more than words."""
        return bool(self.given().keys() - {"q"})


@dataclass(frozen=True, slots=True)
class SearchPlan:
    wanted: SearchFilter
    errors: tuple[FieldError, ...] = ()  # then nothing is searched
    hints: tuple[str, ...] = ()  # what was understood in another way than one might think


class MessageSearch:
    """Stateless but for its settings; safe to use from any thread with a database connection."""

    def __init__(self, country: Callable[[], str], zone: Callable[[], tzinfo | None]) -> None:
        self._country = country
        self._zone = zone

    def plan(self, asked: SearchQuestion, view: View = View.ALL) -> SearchPlan:
        """`view`: where somebody searches. Deleted messages are never found."""
        return _QuestionReader(asked, view, self._country(), self._zone()).plan()

    def chosen(self, asked: SearchQuestion, view: View, upto: int = NEWEST - 1) -> Selection:
        """What is found, or all of the view when nothing is asked. Raises Refused."""
        plan = self.plan(asked, view)
        if plan.errors:
            raise Refused(plan.errors)
        if not asked.given():
            return Selection(view=view, upto=upto)
        return Selection(search=plan.wanted, upto=upto)

    def page(self, plan: SearchPlan, before: int | None, limit: int) -> SearchHits:
        return SearchHits([], None) if plan.errors else search.page(plan.wanted, before, limit)

    def counted_page(
        self, plan: SearchPlan, before: int | None, limit: int
    ) -> tuple[SearchHits, SearchCount]:
        """The same, and how many there are in all, as far as that can be seen quickly."""
        if plan.errors:
            return SearchHits([], None), SearchCount(0, True)
        return search.counted_page(plan.wanted, before, limit)


class _QuestionReader:
    """Reads one question, collecting mistakes instead of stopping at the first."""

    def __init__(
        self, asked: SearchQuestion, view: View, country: str, zone: tzinfo | None
    ) -> None:
        self._asked = asked
        self._view = View.ALL if view is View.DELETED else view
        self._country = country
        self._zone = zone
        code = phonenumbers.country_code_for_region(country)
        self._code = f"+{code}" if code else ""
        known = phonenumbers.PhoneMetadata.metadata_for_region(country)
        self._trunk = (known.national_prefix if known else None) or ""
        self._errors: list[FieldError] = []
        self._hints: list[str] = []

    def plan(self) -> SearchPlan:
        asked = self._asked
        terms = tuple(self._terms(asked.q)) if asked.q else ()
        if asked.q and not terms and not self._errors:
            self._wrong("q", "Type a word or a number to search for.")
        since, until = self._day("since", asked.since), self._day("until", asked.until)
        if since and until and since > until:
            self._wrong("until", "The last day is before the first one.")
        if asked.direction and asked.direction not in DIRECTIONS:
            self._wrong("direction", "Choose a direction from the list.")
        if asked.state and asked.state not in STATES:
            self._wrong("state", "Choose a state from the list.")
        wanted = SearchFilter(
            terms=terms,
            view=self._view,
            direction=asked.direction,
            states=STATES.get(asked.state, ("", ()))[1],
            unread=asked.state == "unread",
            connection_id=self._connection(),
            people=self._people(asked.who) if asked.who else None,
            since=self._begins(since) if since else None,
            until=self._begins(until + timedelta(days=1)) if until else None,
        )
        return SearchPlan(wanted, tuple(self._errors), tuple(self._hints))

    def _wrong(self, field: str, words: str) -> None:
        self._errors.append(FieldError(field, words))

    # words and numbers

    def _terms(self, typed: str) -> Iterable[Term]:
        text = folded(typed[:LONGEST])
        pieces = list(self._pieces(text))
        if len(pieces) > MOST_TERMS:
            self._wrong("q", f"At most {MOST_TERMS} words can be searched for at once.")
            return
        for place, (word, grouped) in enumerate(pieces, 1):
            last = place == len(pieces)
            yield self._number(word, grouped, last) if grouped else self._word(word, last)

    def _pieces(self, text: str) -> Iterable[tuple[str, str]]:
        """Words, and digits with the way in which they were typed."""
        place = 0
        for found in NUMBER.finditer(text):
            number = written_number(found[0])
            if isinstance(number, str):
                continue  # "254712345678.0": words, since these are not the digits of one number
            digits = (number.without_zero or number.digits).removeprefix("+")
            touches = text[found.end() :][:1].isalpha() or text[: found.start()][-1:].isalpha()
            if len(digits) < FEWEST_DIGITS or touches:
                continue  # "12", "covid19": a word like any other
            yield from ((word, "") for word in distinct_words(text[place : found.start()]))
            yield digits, found[0]
            place = found.end()
        yield from ((word, "") for word in distinct_words(text[place:]))

    def _word(self, word: str, last: bool) -> Term:
        return Term(self._spelled(word, last), tuple(self._named(word, last)))

    def _spelled(self, word: str, last: bool) -> tuple[tuple[str, ...], ...]:
        """The word itself, and the last one also as a beginning."""
        known = word_index.spellings(word)
        if not last or len(word) < FEWEST_LETTERS:
            return tuple((one,) for one in known)
        longer = word_index.words_beginning(word, MOST_WORDS + 1)
        if len(longer) > MOST_WORDS:
            self._hints.append(
                f"“{word}” was looked for as a whole word only: very many words begin with it."
            )
            return tuple((one,) for one in known)
        return tuple((one,) for one in dict.fromkeys([*known, *longer]))

    def _named(self, word: str, last: bool) -> list[str]:
        if len(word) < FEWEST_LETTERS:
            return []
        return self._forms(word_index.numbers_named(word, whole=not last))

    def _number(self, digits: str, typed: str, last: bool) -> Term:
        said = self._spelled(digits, last=True)
        parts = re.findall("[0-9]+", typed)
        if len(parts) > 1:
            said = (*said, tuple(dict.fromkeys(parts)))
        numbers = word_index.numbers_like(digits, self._beginnings(digits, typed), MOST_NUMBERS)
        return Term(said, tuple(dict.fromkeys([*numbers, *self._named(digits, last)])))

    def _beginnings(self, digits: str, typed: str) -> list[str]:
        """Other ways in which the network may have written what was typed."""
        code = self._code
        plus = typed.startswith(("+", "(+"))
        if whole := "+" + digits if plus else from_abroad(digits, self._country):
            rest = whole.removeprefix(code)
            return [whole, self._trunk + rest] if code and rest != whole and rest else [whole]
        if self._trunk and digits.startswith(self._trunk):
            rest = digits.removeprefix(self._trunk)
            return [code + rest, rest] if rest else []
        return [code + digits, self._trunk + digits]

    def _forms(self, numbers: Sequence[str]) -> list[str]:
        """Of these, and of the same as networks write them, those that messages know."""
        forms = (form for number in numbers for form in alternatives(number, self._country))
        return word_index.known_parties(list(dict.fromkeys(forms)))

    # what is chosen beside the box

    def _connection(self) -> int | None:
        typed = self._asked.connection
        if not typed:
            return None
        found = whole(typed, 1)
        if isinstance(found, BadValue) or found not in connections.names():
            self._wrong("connection", "This connection is not known; choose another.")
            return None  # a forgotten one is known: it has a history
        return found

    def _people(self, typed: str) -> tuple[str, ...]:
        number = meant(typed, self._country)
        if isinstance(number, str):
            return tuple(self._forms([number]) or [number])
        if group := groups.named(fold(typed)):
            found = groups.numbers(group.id)
            if not found:
                self._wrong("who", f"The group “{group.name}” has nobody with a number in it.")
        else:
            found = [c.number for c in people.named(fold(typed)) if c.number]
            if not found and fold(typed):
                wanted = people.ContactFilter(find=typed)
                found = word_index.numbers_of(people.ids(wanted))
            if not found:
                shown = BadNumber(typed[:40], "is no number, nor the name of a person or a group.")
                self._wrong("who", str(shown))
        return tuple(self._forms(found))

    def _day(self, field: str, typed: str) -> date | None:
        if not typed:
            return None
        found = day(typed)
        if isinstance(found, BadValue) or not 1970 < found.year < 2200:
            self._wrong(field, "Enter a day as year, month and day: 2026-11-27.")
            return None
        return found

    def _begins(self, day: date) -> int:
        """The first instant of a day in the box's zone."""
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - None: the machine's zone
        local = midnight.replace(tzinfo=self._zone) if self._zone else midnight.astimezone()
        return int(local.timestamp()) * 1000
