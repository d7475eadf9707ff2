"""What was received, asked for through the API: in pieces, and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest

from gateway.store.file import audit
from gateway.store.messages import inbox, trash
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, NAME, Api, World
from webui.api import export

HELLO = {"textMessage": {"text": "Hello"}, "phoneNumbers": [ANN]}


# inbox -----------------------------------------------------------------------------------------


def test_the_inbox_lists_what_was_received_newest_first(api: Api, world: World) -> None:
    world.receive("one")
    world.receive("two 😀", sender="BANK")
    world.write("not this")
    response = api.get("/inbox")
    assert response.headers["X-Total-Count"] == "2"
    newest, oldest = response.json
    assert (newest["sender"], newest["contentPreview"]) == ("BANK", "two 😀")
    assert (oldest["sender"], oldest["contentPreview"]) == (ANN, "one")
    assert oldest["simNumber"] == 1
    created = datetime.fromisoformat(newest["createdAt"])
    assert created.tzinfo is not None
    assert created.timestamp() == world.clock.now() / 1000


def test_a_missed_call_is_told_as_one(api: Api, world: World) -> None:
    inbox.called(world.line.connection_id, ANN, world.clock.now())
    (call,) = api.get("/inbox").json
    assert (call["type"], call["sender"], call["contentPreview"]) == ("CALL", ANN, "Missed call.")


def test_asking_for_the_inbox_reads_nothing(api: Api, world: World) -> None:
    world.receive("one")
    api.get("/inbox")
    assert views.counts().unread == 1


def test_the_inbox_comes_in_pieces(api: Api, world: World) -> None:
    for number in range(5):
        world.receive(f"number {number}")
    response = api.get("/inbox?limit=2&offset=1")
    assert [m["contentPreview"] for m in response.json] == ["number 3", "number 2"]
    assert response.headers["X-Total-Count"] == "5"
    assert api.get("/inbox?offset=5").json == []


def test_deleted_messages_are_not_in_the_inbox(api: Api, world: World) -> None:
    trash.delete([world.receive("gone")], world.clock.now(), NAME)
    response = api.get("/inbox")
    assert response.json == []
    assert response.headers["X-Total-Count"] == "0"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "limit=-1", "offset=-1", "offset=x", "limit="]
)
def test_an_impossible_piece_is_refused(api: Api, query: str) -> None:
    response = api.get(f"/inbox?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.json["message"]


# export ----------------------------------------------------------------------------------------


def test_messages_are_exported_as_csv_a_view_or_what_a_search_finds(api: Api, world: World) -> None:
    api.post(HELLO)
    api.post(HELLO | {"textMessage": {"text": "=Pump, \n 3"}, "phoneNumbers": [ANN, BOB]})
    response = api.get("/export")
    assert response.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [(r["text"], r["number"], r["state"]) for r in lines] == [
        ("'=Pump, \n 3", ANN, "pending"),
        ("'=Pump, \n 3", BOB, "pending"),
        ("Hello", ANN, "pending"),
    ]
    found = api.get("/export?q=pump&direction=out&state=pending&view=pending")
    assert found.text.count("Pump") == 2
    assert "Hello" not in found.text
    assert api.get("/export?q=nothing").text.count("\r\n") == 1
    assert [a.action for a in audit.page(None, 3)] == ["export"] * 3


@pytest.mark.parametrize(
    "query",
    ["view=odd", "q=%3F", "since=yesterday", "state=odd", "simNumber=9", "simNumber=x", "find=x"],
)
def test_an_export_that_cannot_be_meant_is_refused_in_plain_words(api: Api, query: str) -> None:
    response = api.get(f"/export?{query}")
    assert response.status_code == 400
    assert response.json["message"].endswith(".")


def test_slow_readers_of_exports_do_not_take_all_threads(api: Api) -> None:
    slow = [api.get("/export") for _ in range(export.AT_ONCE)]
    refused = api.get("/export")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    for response in slow:
        response.close()
    assert api.get("/export").status_code == 200
