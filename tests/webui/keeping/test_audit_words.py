"""The audit list as people read it: in plain words, and each thing once."""

from __future__ import annotations

import re

import pytest

from gateway.services.accounts.roles import ADMINISTRATOR
from gateway.store.file import audit, database
from gateway.store.file.audit import AuditEntry
from tests.webui.conftest import ANN, Reader, World, words
from webui.keeping import audit_words
from webui.page import roles
from webui.page.security import NOTHING_SET, TELL_THEMSELVES


def _lines(admin: Reader) -> list[str]:
    """Newest first, without their times."""
    rows = re.findall(r"<tr>(.*?)</tr>", admin.get("/settings/audit"), re.DOTALL)[1:]
    return [words(" ".join(re.findall(r"<td>(.*?)</td>", row)[1:])) for row in rows]


def test_what_was_set_is_said_in_words(admin: Reader, world: World) -> None:
    general = {"name": "Clinic", "country": "KE", "zone": ""}
    admin.post("/settings/general", form="/settings/general", **general)
    admin.post("/people/blocked", number="+447700900111", action="block")
    admin.post("/people/groups", name="Staff")
    assert _lines(admin)[:2] == [
        "admin Blocked +44 7700 900111",
        "admin Set the name, country or time zone of the box",
    ]


@pytest.mark.parametrize(
    ("who", "action", "detail", "said"),
    [
        (ANN, "block", f"{ANN} wrote STOP", "Wrote “STOP” and is not written to any more"),
        ("admin", "settings changed", "/connections/1/pin", "Entered or forgot the PIN of"),
        ("admin", "settings changed", "/connections/99/pin", "of “a SIM that is gone”"),
        ("admin", "export", "3 messages of the view received", "Exported 3 messages of SMS rec"),
        ("admin", "delete", f"1 message from {ANN}", "Deleted 1 message from +44 7700 900"),
        ("admin", "routing rules", "went back to the usual ones", "Routing rules: went back"),
        ("", "sign-in refused", "an unknown name from 10.0.0.1", "Somebody Was not let in: an u"),
        ("admin", "something of a later version", "so", "Something of a later version so"),
    ],
)
def test_what_is_stored_becomes_a_sentence(
    admin: Reader, world: World, who: str, action: str, detail: str, said: str
) -> None:
    with database.transaction():
        audit.write(world.clock.now(), who, action, detail)
    assert said in _lines(admin)[0]


def test_no_administrators_page_is_told_by_its_address_alone(admin: Reader) -> None:
    """Also of pages that are made later: either they tell themselves, or there are words."""
    silent = set(TELL_THEMSELVES + NOTHING_SET)
    app = admin.client.application
    bare = []
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        if not (rule.methods or set()) & {"POST", "PUT"} or rule.rule.startswith("/api/"):
            continue
        if {endpoint, endpoint.split(".")[0]} & silent or roles.needed(endpoint) != ADMINISTRATOR:
            continue
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        said = audit_words.audit_lines([AuditEntry(1, 0, "admin", "settings changed", path)])[
            0
        ].what
        if path in said:
            bare.append(f"{endpoint}: {said}")
    assert bare == []
