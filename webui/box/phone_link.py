"""The address under which a phone in the same network opens this box, and its QR code."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request
from markupsafe import Markup

from gateway.services.box import qr
from gateway.services.box.addresses import for_phone, is_reachable, urls
from webui.page.current import box


@dataclass(frozen=True, slots=True)
class PhoneLink:
    url: str
    picture: Markup
    others: tuple[str, ...]  # other addresses that lead here


def phone_link() -> PhoneLink | None:
    """None: the box listens on addresses that no phone reaches."""
    http = box().config.http
    known = urls(http.host, http.port, http.scheme)
    here = f"{request.scheme}://{request.host}/"
    # What works for this browser works for a phone, unless it is the machine's name for itself.
    best = here if is_reachable(urlsplit(here).hostname or "") else for_phone(known)
    if best is None:
        return None
    others = (u for u in known if u != best and is_reachable(urlsplit(u).hostname or ""))
    # Made by segno of the address alone: modules as one path.
    return PhoneLink(best, Markup(qr.svg(best)), tuple(others))  # noqa: S704
