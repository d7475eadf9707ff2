"""Where in the inbox somebody was when they went to do something, so that they come back there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Flask, url_for

from gateway.services.messages.searches import SearchQuestion
from gateway.store.search import views
from gateway.text.refusal import Refused
from webui.messages import search_box
from webui.messages.view_names import VIEWS, InboxView
from webui.page.arguments import an_id
from webui.page.current import box

FIELD = "back"  # in addresses and forms of other pages
MOST = 3000  # characters
PAGE = 50  # rows on a page
NOTHING = SearchQuestion()


@dataclass(frozen=True, slots=True)
class ListPlace:
    shown: InboxView
    before: int | None = None  # the page began below this message
    asked: SearchQuestion = NOTHING  # what was searched for there
    row: int = 0  # the message that somebody was at

    @classmethod
    def of(cls, text: str | None) -> ListPlace | None:
        """From the field of another page; None when somebody comes from elsewhere."""
        found = search_box.fields(text, MOST)
        shown = VIEWS.get(found.get("view", ""))
        if shown is None:
            return None
        asked = search_box.unpacked(found.get(search_box.FIELD))
        return cls(shown, an_id(found.get("before")), asked, an_id(found.get("row")) or 0)

    @property
    def packed(self) -> str:
        fields = {"view": self.shown.name, "before": self.before, "row": self.row or None}
        fields[search_box.FIELD] = search_box.packed(self.asked) or None
        return urlencode([(k, v) for k, v in fields.items() if v is not None])

    def address(self, **said: object) -> str:
        fields: dict[str, Any] = {"before": self.before, **self.asked.given(), **said}
        anchor = f"m{self.row}" if self.row else None
        return url_for("inbox.view", name=self.shown.name, _anchor=anchor, **fields)

    def still(self) -> ListPlace:
        """The same place by what is there now: at this row or, when it has gone, at the next one.

        A page on which nothing is left is exchanged for the first one.
        """
        for before in dict.fromkeys((self.before, None)):
            if ids := self._ids(before):
                row = next((i for i in ids if i <= self.row), ids[-1]) if self.row else 0
                return replace(self, before=before, row=row)
        return replace(self, before=None, row=0)

    def _ids(self, before: int | None) -> list[int]:
        """Of the page, newest first."""
        if not self.asked.given():
            return views.ids(self.shown.view, before, PAGE)
        try:
            plan = box().searching.plan(self.asked, self.shown.view)
            return list(box().searching.page(plan, before, PAGE).ids)
        except Refused:
            return []


def init_app(app: Flask) -> None:
    app.add_template_global(packed, "place")


def packed(shown: InboxView, before: int | None, asked: SearchQuestion, row: int) -> str:
    return ListPlace(shown, before, asked, row).packed
