"""Half-written SMS, as their writer finds them again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from werkzeug.datastructures import MultiDict

from gateway.store.messages import drafts
from webui.page import roles
from webui.page.current import box, signed_in
from webui.page.formats import shortened

TO, WORDS = 40, 60  # characters of each that are shown


@dataclass(frozen=True, slots=True)
class DraftView:
    id: int
    token: str
    to: str
    words: str
    at: int


def init_app(app: Flask) -> None:
    app.add_template_global(unfinished)


def unfinished(but: str = "") -> list[DraftView]:
    """One's own, the newest first; not the one that is open (its form's token)."""
    who = signed_in()
    if who is None or not roles.may("compose.write"):
        return []
    found = drafts.of(who.user_id, box().clock.now())
    return [_view(one) for one in found if one.token != but]


def _view(one: drafts.DraftInfo) -> DraftView:
    fields = dict(one.fields)
    to = shortened(fields.get("recipients", "").strip(" ,;\r\n"), TO)
    return DraftView(
        one.id, one.token, to, shortened(fields.get("text", ""), WORDS), one.changed_at
    )


def opened(draft_id: int) -> MultiDict[str, str] | None:
    """What is in one's own draft; None: there is none such."""
    who = signed_in()
    found = drafts.of(who.user_id, box().clock.now()) if who else []
    one = next((d for d in found if d.id == draft_id), None)
    return MultiDict([*one.fields, ("token", one.token)]) if one else None


def keep(token: str, fields: MultiDict[str, str]) -> None:
    """Raises drafts.TooLarge, StoreError. What is empty is not worth keeping."""
    who = signed_in()
    assert who is not None
    if fields.get("text", "").strip() or fields.get("recipients", "").strip(" ,;\r\n"):
        drafts.save(who.user_id, token, list(fields.items(multi=True)), box().clock.now())
    else:
        drafts.forget(who.user_id, token)


def forget(token: str) -> bool:
    who = signed_in()
    return who is not None and drafts.forget(who.user_id, token)
