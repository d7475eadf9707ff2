"""Which messages a form means: ticked ones, one row's own, or all of a view that its reader saw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from gateway.services.interactions import Selection
from webui.arguments import an_id
from webui.messages import VIEWS, ViewOf

MOST = 2000  # ids in one form; a page shows 50
IN_ADDRESS = 100  # ids that fit into an address


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection, and the page that it was made on."""

    selection: Selection
    shown: ViewOf
    before: int | None  # the page began below this message

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> Chosen:
        """From the fields `m` (ticks), `ids` ("3,2,1") or `all` and `upto`; `view` and `before`."""
        shown = VIEWS.get(form.get("view", ""), VIEWS["all"])
        before = an_id(form.get("before"))
        whole = VIEWS.get(form.get("all", ""))
        upto = an_id(form.get("upto"))
        if whole is not None and upto is not None:
            return cls(Selection(view=whole.view, upto=upto), shown, before)
        texts = [*form.getlist("m"), *form.get("ids", "").split(",")]
        ids = dict.fromkeys(i for text in texts[:MOST] if (i := an_id(text)))
        return cls(Selection(tuple(ids)), shown, before)

    def __bool__(self) -> bool:
        return bool(self.selection.ids) or self.selection.view is not None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """For a form or an address, so that `of` gives the same again."""
        found = [("view", self.shown.name)]
        if self.before:
            found.append(("before", str(self.before)))
        if self.selection.view is not None:
            name = next(n for n, v in VIEWS.items() if v.view is self.selection.view)
            return [*found, ("all", name), ("upto", str(self.selection.upto))]
        return [*found, ("ids", ",".join(map(str, self.selection.ids)))]

    @property
    def fits_into_address(self) -> bool:
        return len(self.selection.ids) <= IN_ADDRESS

    def address(self, endpoint: str, **more: object) -> str:
        pairs = [*self.fields, *((k, v) for k, v in more.items() if v is not None)]
        return f"{url_for(endpoint)}?{urlencode(pairs)}"

    def back(self, **said: object) -> str:
        """The page that it was made on."""
        return url_for("inbox.view", name=self.shown.name, before=self.before, **said)  # type: ignore[arg-type]


def one(message_id: int, shown: ViewOf) -> Chosen:
    return Chosen(Selection((message_id,)), shown, None)


def joined(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))
