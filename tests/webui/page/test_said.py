"""Pages say in their own words what was done: nobody can put words into them by a link."""

from __future__ import annotations

import inspect
import re
import sys

import pytest

from gateway.services.people.people import TypedContact
from tests.webui.conftest import Reader, World, words
from webui.page import notices

FORGED = "Your bank account is closed, call 0900 123456"
READS = re.compile(r'args\.get(?:list)?\(\s*"(\w+)"|"(\w+)" (?:not )?in request\.args')


def read_by(module: str) -> set[str]:
    """The names that a view's module, or what speaks for all of them, looks for in an address."""
    sources = inspect.getsource(sys.modules[module]) + inspect.getsource(notices)
    return {one or other for one, other in READS.findall(sources)}


def asked_for(reader: Reader) -> list[tuple[str, str]]:
    app = reader.client.application
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/api", "/static")):
            continue
        path = re.sub(r"<id:\w+>", "1", rule.rule)
        if "<" not in path.replace("<name>", "all"):
            names = read_by(inspect.unwrap(view).__module__) if hasattr(view, "__module__") else ()
            found += [(path.replace("<name>", "all"), name) for name in sorted(names)]
    return found


def test_no_page_says_what_its_address_tells_it_to(world: World, admin: Reader) -> None:
    world.receive("hello")
    ann = world.box.people.add(TypedContact("Ann", "+447700900123"), [])
    world.box.people.join(world.box.people.make_group("Red"), [ann])
    pages = asked_for(admin)
    assert ("/people", "done") in pages
    assert ("/people/groups/1", "done") in pages
    assert len(pages) > 100
    said = []
    for path, name in pages:
        response = admin.client.get(path, query_string={name: FORGED})
        if "html" in response.mimetype and FORGED in words(response.text):
            said.append((path, name))
    # What somebody looks for is named where nothing is found; it says that it is a search.
    assert [one for one in said if one[1] not in ("find", "q", "who", "number")] == []


@pytest.mark.parametrize("number", ["-3", "x", "", "9" * 30])
def test_an_invented_number_in_the_address_breaks_nothing(admin: Reader, number: str) -> None:
    for path in ("/people?done=join&to=77", "/?said=delete", "/people/groups?done=leave"):
        admin.get(f"{path}{'&' if '?' in path else '?'}n={number}")


def test_what_was_done_to_several_people_is_said_by_code(world: World, admin: Reader) -> None:
    ids = [world.box.people.add(TypedContact(name, ""), []) for name in ("Ann", "Bob")]
    red = world.box.people.make_group("Red & Blue")
    there = admin.post(
        "/people/several", form="/people", id=[str(i) for i in ids], action="join", to=str(red)
    ).location
    assert "Red" not in there
    assert "2 people added to Red & Blue." in words(admin.get(there))
    gone = admin.post(
        "/people/several", form="/people", id=str(ids[0]), action="delete", confirmed="1"
    )
    assert "1 person deleted." in words(admin.get(gone.location))
    left = admin.post(
        f"/people/groups/{red}/members", form="/people", id=str(ids[1]), action="leave"
    )
    assert "1 person removed from Red & Blue." in words(admin.get(left.location))
    nobody = admin.post("/people/several", form="/people", action="send")
    assert "Tick somebody first." in words(admin.get(nobody.location))
