"""What a token may read and change beside what its scopes say: nothing of others.

Every call x scope is walked in test_roles.py; here is what the same call answers to whom.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.clock import HOUR
from gateway.services.accounts.roles import MANAGE, OPERATOR, PEOPLE, READ, READER, SEND
from gateway.services.messages.accept import WrittenMessage
from gateway.services.people.people import TypedContact
from gateway.store.schedules import schedules
from gateway.store.schedules.schedules import ScheduleStatus
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, PASSWORD, Api, Reader, World
from webui.page.formats import iso

SECRET = "+447700900789"


@pytest.fixture
def staff(world: World) -> None:
    """A group, a person without a number, two of one name: each could be told by its answer."""
    group = world.box.people.make_group("Staff")
    world.box.people.add(TypedContact("Zoe", SECRET), [group])
    world.box.people.add(TypedContact("Nobody", ""))
    world.box.people.add(TypedContact("Twin", ANN))
    world.box.people.add(TypedContact("Twin", BOB))
    world.box.people.make_group("Empty")


@pytest.fixture
def with_scopes(stranger: Reader, world: World):  # type: ignore[no-untyped-def]
    def api(*scopes: str) -> Api:
        token = world.box.programs.add("-".join(scopes), scopes)
        return Api(stranger.client, {"Authorization": f"Bearer {token}"})

    return api


@pytest.fixture
def as_role(stranger: Reader, world: World):  # type: ignore[no-untyped-def]
    def api(role: str) -> Api:
        world.box.users.add(f"some{role}", role, PASSWORD, who="admin")
        pair = base64.b64encode(f"some{role}:{PASSWORD}".encode()).decode()
        return Api(stranger.client, {"Authorization": f"Basic {pair}"})

    return api


def send(api: Api, world: World, to: str, *, later: bool, **more: Any) -> TestResponse:
    body = {"textMessage": {"text": "Hi"}, "phoneNumbers": [to]} | more
    if later:
        body["scheduleAt"] = iso(world.clock.ms + 1000 * HOUR)
    return api.post(body)


NAMES = ["Staff", "Zoe", "Nobody", "Twin", "Empty", "staff", "Unknown"]


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_who_may_only_send_learns_neither_numbers_nor_names(
    with_scopes, world: World, staff: None, name: str, later: bool
) -> None:
    answer = send(with_scopes(SEND), world, name, later=later)
    assert answer.status_code == 403
    assert 'scope="people"' in answer.headers["WWW-Authenticate"]
    assert answer.json["message"].replace(name, "*") == (
        "send may not do this: “*” is not a phone number, and a name of people or groups stands"
        " for their numbers: that needs people. Make a token with that scope under Settings,"
        " Programs, or with pigeonbox token add --scope."
    )
    assert schedules.waiting() == []
    assert views.counts().all == 0


@pytest.mark.parametrize("later", [False, True])
def test_names_are_for_who_may_work_with_people(
    with_scopes, as_role, world: World, staff: None, later: bool
) -> None:
    usual = with_scopes(SEND, READ)
    assert send(usual, world, "Staff", later=later).status_code == 403
    assert send(usual, world, "Unknown", later=later).status_code == 400
    for api in (with_scopes(SEND, PEOPLE), with_scopes(MANAGE), as_role(OPERATOR)):
        answer = send(api, world, "Staff", later=later)
        assert answer.status_code == 202
        assert [r["phoneNumber"] for r in answer.json["recipients"]] == [SECRET]


def test_a_number_with_a_name_before_it_does_not_follow_the_person(
    with_scopes, world: World, staff: None
) -> None:
    api = with_scopes(SEND)
    id_ = send(api, world, f"Zoe <{SECRET}>", later=True).json["id"]
    assert world.box.people.names([SECRET])
    world.box.people.save(1, TypedContact("Zoe", "+447700900999"), [])
    assert [r["phoneNumber"] for r in api.get(f"/messages/{id_}").json["recipients"]] == [SECRET]


def test_a_mistyped_number_is_a_mistake_and_no_question_of_scopes(
    with_scopes, world: World
) -> None:
    assert send(with_scopes(SEND), world, "+44", later=False).status_code == 400


# what others made ------------------------------------------------------------------------------


@pytest.fixture
def others(world: World) -> tuple[str, str, int]:
    """Ids of a message that failed and of a scheduled one, both written on the page."""
    sent = world.box.messaging.send(WrittenMessage(SECRET, "x", client_id="theirs"), author="ann")
    world.radio(sent.message_id, "failed")
    draft = WrittenMessage(SECRET, "later", client_id="their-plan")
    kept = world.box.scheduling.add(draft, world.clock.ms + HOUR, author="ann")
    return "theirs", "their-plan", kept.id


def calls(others: tuple[str, str, int]) -> list[tuple[str, str]]:
    sent, planned, number = others
    return [
        ("POST", f"/messages/{sent}/resend"),
        ("DELETE", f"/messages/{sent}"),
        ("POST", f"/scheduled/{number}/pause"),
        ("POST", f"/scheduled/{number}/resume"),
        ("POST", f"/scheduled/{number}/send"),
        ("DELETE", f"/messages/{planned}"),
        ("DELETE", f"/messages/{sent}?trash=1"),
        ("DELETE", f"/messages/{sent}?forever=1"),
        ("POST", f"/messages/{sent}/restore"),
    ]


@pytest.mark.parametrize("scopes", [(SEND,), (SEND, READ), (SEND, READ, PEOPLE)])
def test_a_token_that_sends_changes_nothing_of_others(
    with_scopes, world: World, others: tuple[str, str, int], scopes: tuple[str, ...]
) -> None:
    api = with_scopes(*scopes)
    for method, path in calls(others):
        answer = api.client.open(f"/api/v1{path}", method=method, headers=api.headers)
        assert answer.status_code == 403, path
        assert SECRET not in answer.text
    assert schedules.waiting()[0].status is ScheduleStatus.ACTIVE
    assert (views.counts().failed, views.counts().deleted) == (1, 0)


def test_nor_does_it_read_what_became_of_them(
    with_scopes, world: World, others: tuple[str, str, int]
) -> None:
    alarms = with_scopes(SEND)
    for id_ in others[:2]:
        answer = alarms.get(f"/messages/{id_}")
        assert answer.status_code == 403
        assert SECRET not in answer.text
    reader = with_scopes(SEND, READ)
    assert [reader.get(f"/messages/{id_}").status_code for id_ in others[:2]] == [200, 200]


@pytest.mark.parametrize("who", ["manage", OPERATOR])
def test_managing_programs_and_operators_may_as_on_the_page(
    with_scopes, as_role, world: World, others: tuple[str, str, int], who: str
) -> None:
    api = with_scopes(MANAGE) if who == "manage" else as_role(who)
    for method, path in calls(others):
        answer = api.client.open(f"/api/v1{path}", method=method, headers=api.headers)
        assert answer.status_code != 403, path


def test_a_reader_changes_nothing(as_role, others: tuple[str, str, int]) -> None:
    api = as_role(READER)
    for method, path in calls(others):
        answer = api.client.open(f"/api/v1{path}", method=method, headers=api.headers)
        assert answer.status_code == 403, path


def test_a_program_does_all_of_that_with_what_it_made_itself(with_scopes, world: World) -> None:
    api = with_scopes(SEND)
    id_ = send(api, world, ANN, later=True).json["id"]
    number = schedules.waiting()[0].id
    for way, status in (("pause", 204), ("resume", 204), ("send", 204)):
        assert api.post({}, f"/scheduled/{number}/{way}").status_code == status
    assert api.get(f"/messages/{id_}").json["state"] == "Pending"
    assert send(api, world, ANN, later=False, id=id_).status_code == 409
