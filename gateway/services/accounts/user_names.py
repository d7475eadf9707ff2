"""The names of users: one person, whatever case a phone makes of what is typed."""

from __future__ import annotations

import unicodedata

from gateway.services.accounts.account_errors import BadName


def clean_name(name: str) -> str:
    """A person's name as it is stored. Raises BadName."""
    name = shape(name)
    if not 1 <= len(name) <= 64 or not name.isprintable() or ":" in name:
        raise BadName("Choose a name of 1 to 64 visible characters, without a colon.")
    return name


def shape(name: str) -> str:
    """Phones capitalise the first letter of what is typed: case must not matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
