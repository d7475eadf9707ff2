"""Who hears the page can tell its parts: no two of one page have the same name."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from gateway.services.people.people import TypedContact
from tests.webui.conftest import ANN, Reader, World

PAGES = (
    "/", "/received", "/deleted", "/calls", "/send", "/people", "/people/new", "/people/groups",
    "/people/fields", "/people/blocked", "/people/import", "/scheduled", "/activities",
    "/activities/new", "/settings", "/settings/general", "/settings/users", "/settings/programs",
    "/settings/audit", "/work", "/people/1", "/people/groups/1",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_navigation_and_section_of_a_page_has_a_name_of_its_own(
    world: World, admin: Reader, path: str
) -> None:
    group = world.box.people.make_group("Staff")
    world.box.people.add(TypedContact("Ann", ANN), [group])
    for n in range(60):
        world.receive(f"message {n}")
    response = admin.client.get(path, follow_redirects=True)
    assert response.status_code == 200, path
    html = response.text
    named = re.findall(r"<(nav|aside|section|form)\b([^>]*)>", html)
    labels = []
    for tag, attributes in named:
        label = re.search(r'aria-label="([^"]*)"', attributes)
        by = re.search(r'aria-labelledby="([^"]*)"', attributes)
        if label:
            labels.append((tag, label[1]))
        elif by:
            labels.append((tag, f"#{by[1]}"))
        else:
            assert tag != "nav", f"{path}: a navigation without a name"
    twice = [name for name, count in Counter(labels).items() if count > 1]
    assert not twice, f"{path}: {twice}"
    assert ("nav", "Main menu") in labels
    assert ("nav", "Settings and account") in labels
