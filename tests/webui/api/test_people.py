"""Contacts, groups and blocked numbers for programs: the same services, the same refusals."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.store.file import audit
from gateway.store.people import groups, people
from tests.webui.conftest import ANN, BOB, Reader, World

UNKNOWN = {"message": "There is no contact with the id 99."}


class Program:
    def __init__(self, world: World, reader: Reader, *scopes: str) -> None:
        token = world.box.programs.add("-".join(scopes), scopes)
        self._client, self._headers = reader.client, {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        url = f"/api/v1{path}"
        return self._client.open(url, method=method, json=body, headers=self._headers, **more)


@pytest.fixture
def book(world: World, stranger: Reader) -> Program:
    return Program(world, stranger, "people")


def made(book: Program, **body: Any) -> dict[str, Any]:
    answer = book.ask("POST", "/contacts", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_contact_is_made_read_changed_and_deleted(book: Program, world: World) -> None:
    world.box.people.add_field("Town")
    book.ask("POST", "/groups", {"name": "Volunteers"})
    wanted = {"name": "Ann", "phoneNumber": "07700 900123", "fields": {"town": "Leeds"}}
    ann = made(book, **wanted, groups=["volunteers"])
    assert ann == {
        "id": ann["id"],
        "name": "Ann",
        "phoneNumber": ANN,
        "notes": "",
        "fields": {"Town": "Leeds"},
        "groups": ["Volunteers"],
        "blocked": False,
        "alwaysReached": False,
    }
    one = f"/contacts/{ann['id']}"
    changed = book.ask("PUT", one, {"notes": "left-handed", "phoneNumber": None})
    assert changed.json == ann | {"notes": "left-handed", "phoneNumber": None}
    assert book.ask("GET", one).json == changed.json
    assert book.ask("PUT", one, {"groups": []}).json["groups"] == []
    assert book.ask("DELETE", one).status_code == 204
    assert (book.ask("GET", one).status_code, book.ask("DELETE", one).status_code) == (404, 404)
    assert audit.page(None, 1)[0].who == "people"


def test_contacts_are_listed_searched_and_paged(book: Program, world: World) -> None:
    group = world.box.people.make_group("Red")
    ids = [made(book, name=f"Person {n}")["id"] for n in range(5)]
    world.box.people.join(group, ids[:2])
    answer = book.ask("GET", "/contacts?limit=2&offset=1")
    assert [c["name"] for c in answer.json] == ["Person 1", "Person 2"]
    assert answer.headers["X-Total-Count"] == "5"
    assert len(book.ask("GET", "/contacts?group=red").json) == 2
    assert [c["id"] for c in book.ask("GET", "/contacts?find=person 4").json] == [ids[4]]
    for wrong in ("limit=0", "limit=9999", "limit=x", "offset=-1"):
        assert book.ask("GET", f"/contacts?{wrong}").status_code == 400
    assert book.ask("GET", "/contacts?group=Blue").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"name": "", "phoneNumber": ""}, 400, "name: Enter a name or a number."),
        ({"name": "x", "phoneNumber": "far"}, 400, "phoneNumber: “far” is not a phone number."),
        ({"name": "x", "phoneNumber": BOB}, 409, "belongs to “Bob” already"),
        ({"name": 5}, 400, "name must be a string."),
        ({"name": "x", "groups": "Red"}, 400, "groups must be a list of names."),
        ({"name": "x", "groups": ["Red"]}, 400, "There is no group called Red."),
        ({"name": "x", "fields": {"Town": "y"}}, 400, "no own field called Town"),
        ({"name": "x", "fields": ["Town"]}, 400, "fields must be an object"),
        ({"name": "x", "number": ANN}, 400, "number is not known here; known are name, phoneN"),
        ([], 400, "The body must be a JSON object."),
    ],
)
def test_what_is_refused_on_the_page_is_refused_here(
    book: Program, body: Any, status: int, said: str
) -> None:
    bob = made(book, name="Bob", phoneNumber=BOB)
    for answer in (book.ask("POST", "/contacts", body),):
        assert answer.status_code == status
        assert said in answer.json["message"]
    assert people.ids(people.ContactFilter()) == [bob["id"]]


def test_what_is_read_may_be_written_back(book: Program) -> None:
    bob = made(book, name="Bob", phoneNumber=BOB)
    assert book.ask("PUT", f"/contacts/{bob['id']}", bob).json == bob
    group = book.ask("POST", "/groups", {"name": "Red"}).json
    assert book.ask("PUT", f"/groups/{group['id']}", group).json == group


def test_a_group_is_always_reached_from_the_beginning_where_that_is_said(book: Program) -> None:
    group = book.ask("POST", "/groups", {"name": "Alarm", "alwaysReached": True})
    assert group.json["alwaysReached"] is True
    assert book.ask("GET", "/groups").json == [group.json]
    for body in ({"name": "Other", "alwaysreached": True}, {"name": "Other", "alwaysReached": 1}):
        assert book.ask("POST", "/groups", body).status_code == 400
    assert book.ask("GET", "/groups").json == [group.json]


def test_groups_are_made_renamed_filled_and_deleted(book: Program, world: World) -> None:
    ids = [made(book, name=name)["id"] for name in ("Ann", "Bob")]
    group = book.ask("POST", "/groups", {"name": "Red"}).json
    assert group == {"id": group["id"], "name": "Red", "people": 0, "alwaysReached": False}
    one = f"/groups/{group['id']}"
    assert book.ask("PUT", one, {"name": "Blue"}).json["name"] == "Blue"
    assert book.ask("POST", "/groups", {"name": "blue"}).status_code == 409
    for _ in range(2):
        joined = book.ask("POST", f"{one}/members", {"contacts": ids})
        assert joined.json["people"] == 2
    assert book.ask("DELETE", f"{one}/members", {"contacts": ids[:1]}).json["people"] == 1
    wrong = book.ask("POST", f"{one}/members", {"contacts": [ids[0], 99]})
    assert (wrong.status_code, "There is no contact 99" in wrong.json["message"]) == (400, True)
    assert groups.groups()[0].people == 1
    for body in ({}, {"contacts": []}, {"contacts": ["1"]}, {"contacts": [True]}):
        assert book.ask("POST", f"{one}/members", body).status_code == 400
    line = str(world.line.connection_id)
    from gateway.services.connections.rules import TypedRule

    rule = world.box.rules.add(TypedRule("group", group=str(group["id"]), connection=line), "ann")
    needed = book.ask("DELETE", one)
    assert (needed.status_code, "used by routing rule" in needed.json["message"]) == (409, True)
    world.box.rules.delete(rule, "ann")
    assert book.ask("DELETE", one).status_code == 204
    assert book.ask("DELETE", one).status_code == 404
    assert len(people.ids(people.ContactFilter())) == 2


def test_numbers_are_blocked_listed_and_freed(book: Program) -> None:
    answer = book.ask("POST", "/blocked", {"phoneNumber": "07700 900123"})
    assert (answer.status_code, answer.json) == (201, {"phoneNumber": ANN})
    (found,) = book.ask("GET", "/blocked").json
    assert (found["phoneNumber"], found["by"], found["word"]) == (ANN, "people", None)
    assert book.ask("DELETE", "/blocked/07700900123").status_code == 204
    assert book.ask("DELETE", f"/blocked/{ANN}").status_code == 404
    assert book.ask("POST", "/blocked", {"phoneNumber": "BANK"}).status_code == 400


def test_reading_and_changing_are_scopes_of_their_own(world: World, stranger: Reader) -> None:
    reader, sender = Program(world, stranger, "read"), Program(world, stranger, "send")
    for path in ("/contacts", "/groups", "/blocked"):
        assert reader.ask("GET", path).status_code == 200
        assert sender.ask("GET", path).status_code == 403
        assert reader.ask("POST", path, {"name": "x", "phoneNumber": ANN}).status_code == 403
