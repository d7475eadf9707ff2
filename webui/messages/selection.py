"""Which messages a form means: ticked ones, one row's own, or all of a view that its reader saw."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from gateway.services.messages.bulk import Selection
from gateway.services.messages.searches import SearchQuestion
from gateway.store.search.views import NEWEST
from gateway.text.refusal import Refused
from webui.messages import search_box
from webui.messages.places import NOTHING, ListPlace
from webui.messages.view_names import VIEWS, InboxView
from webui.page.arguments import an_id
from webui.page.current import box

MOST = 2000  # ids in one form; a page shows 50
IN_ADDRESS = 100  # ids that fit into an address


@dataclass(frozen=True, slots=True)
class PageSelection:
    """A selection, and the page that it was made on."""

    selection: Selection
    shown: InboxView
    before: int | None  # the page began below this message
    asked: SearchQuestion = NOTHING  # what was searched for there

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> PageSelection:
        """From the fields `m` (ticks), `ids` ("3,2,1") or `all` and `upto`; and the page."""
        shown = VIEWS.get(form.get("view", ""), VIEWS["all"])
        before = an_id(form.get("before"))
        whole = VIEWS.get(form.get("all", ""))
        upto = an_id(form.get("upto"))
        asked = search_box.unpacked(form.get(search_box.FIELD))
        if deletion := an_id(form.get("undo")):
            return cls(Selection(deletion=deletion), shown, before, asked)
        if whole is not None and upto is not None:
            try:
                chosen = box().searching.chosen(asked, whole.view, upto)
            except Refused:
                chosen = Selection()
            return cls(chosen, shown, before, asked)
        texts = [*form.getlist("m"), *form.get("ids", "").split(",")]
        ids = dict.fromkeys(i for text in texts[:MOST] if (i := an_id(text)))
        return cls(Selection(tuple(ids)), shown, before, asked)

    def __bool__(self) -> bool:
        return bool(self.selection.ids or self.selection.deletion) or self.is_whole

    @property
    def is_whole(self) -> bool:
        """All of a view or a search."""
        return self.selection.view is not None or self.selection.search is not None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """For a form or an address, so that `of` gives the same again."""
        found = [("view", self.shown.name)]
        if self.before:
            found.append(("before", str(self.before)))
        if self.asked.given():
            found.append((search_box.FIELD, search_box.packed(self.asked)))
        if self.is_whole:
            wanted = self.selection.search
            view = wanted.view if wanted else self.selection.view
            name = next(n for n, v in VIEWS.items() if v.view is view)
            return [*found, ("all", name), ("upto", str(self.selection.upto))]
        if self.selection.deletion:
            return [*found, ("undo", str(self.selection.deletion))]
        return [*found, ("ids", ",".join(map(str, self.selection.ids)))]

    @property
    def fits_into_address(self) -> bool:
        return len(self.selection.ids) <= IN_ADDRESS

    def address(self, endpoint: str, **more: object) -> str:
        pairs = [*self.fields, *((k, v) for k, v in more.items() if v is not None)]
        return f"{url_for(endpoint)}?{urlencode(pairs)}"

    @property
    def place(self) -> ListPlace:
        """The page that it was made on, at the last of the messages that are meant."""
        row = min(self.selection.ids, default=0)
        if self.selection.deletion:
            row = next(iter(self.selection.page(NEWEST, 1)), 0)
        return ListPlace(self.shown, self.before, self.asked, row)

    def back(self, **said: object) -> str:
        """There again, by what is there now."""
        return self.place.still().address(**said)
