"""The search box above the list: what was asked, what was found, and how both are said."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from gateway.services.messages.searches import DIRECTIONS, STATES, SearchPlan, SearchQuestion
from gateway.store.connections import connections
from gateway.store.people import groups
from gateway.store.search.search import SearchCount, SearchHits
from gateway.text.plural import counted
from webui.messages.view_names import InboxView
from webui.page.current import box

FIELD = "find"  # in forms and addresses that have fields of their own
MOST_FIELD = 2000  # characters


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of what a search found in a view."""

    asked: SearchQuestion
    plan: SearchPlan
    found: SearchHits
    number: SearchCount

    @property
    def ids(self) -> list[int]:
        return self.found.ids

    @property
    def errors(self) -> dict[str, str]:
        return {e.field: e.words for e in self.plan.errors}

    @property
    def many(self) -> str:
        """ "12 messages", "More than 3,000 messages"."""
        said = counted(self.number.value, "message")
        return said if self.number.exact else f"More than {said}"

    @property
    def whole(self) -> str:
        """Of the selection: "all 12 found"."""
        return f"all {self.number.value:,} found" if self.number.exact else "everything found"


def find(asked: SearchQuestion, shown: InboxView, before: int | None, limit: int) -> SearchPage:
    searching = box().searching
    plan = searching.plan(asked, shown.view)
    found, number = searching.counted_page(plan, before, limit)
    return SearchPage(asked, plan, found, _rounded(number))


def _rounded(number: SearchCount) -> SearchCount:
    """What is not exact is said in round numbers."""
    if number.exact:
        return number
    unit = 10 ** max(1, len(str(number.value)) - 1)
    return SearchCount(number.value // unit * unit, False)


def choices() -> dict[str, object]:
    """What can be chosen beside the box."""
    return {
        "directions": DIRECTIONS,
        "states": {key: words for key, (words, _) in STATES.items()},
        "connections": [(str(c.connection_id), c.name) for c in connections.all_connections()],
        "groups": [g.name for g in groups.groups()],
    }


def packed(asked: SearchQuestion) -> str:
    """In one field: its names would meet those of the form."""
    return urlencode(asked.given())


def unpacked(text: str | None) -> SearchQuestion:
    return SearchQuestion.of(fields(text, MOST_FIELD))


def fields(text: str | None, longest: int) -> dict[str, str]:
    """What is packed like an address; of more than anybody packs, nothing."""
    try:
        return dict(parse_qsl((text or "")[:longest], max_num_fields=20, errors="ignore"))
    except ValueError:
        return {}
