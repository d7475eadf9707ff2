from __future__ import annotations

import pytest

from gateway.events import ModemChanged
from tests.webui.conftest import Reader, World, words
from webui.page import security


def _ask(reader: Reader, path: str, etag: str = ""):  # type: ignore[no-untyped-def]
    headers = {"X-Requested-By": "page"}
    if etag:
        headers["If-None-Match"] = etag
    return reader.client.get(path, headers=headers)


def test_nothing_new_costs_nothing_but_a_304(admin: Reader, world: World) -> None:
    first = _ask(admin, "/live?view=all")
    again = _ask(admin, "/live?view=all", first.headers["ETag"])
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_change_is_told_at_the_next_question(admin: Reader, world: World) -> None:
    message = world.write("hello")
    path = f"/live?view=all&ids={message}"
    before = _ask(admin, path)
    assert "Pending" in before.json["rows"][str(message)]["state"]
    world.radio(message, "sent")
    after = _ask(admin, path, before.headers["ETag"])
    assert after.status_code == 200
    assert "Sent" in after.json["rows"][str(message)]["state"]
    assert words(after.json["counts"]["sent"]) == "1"


def test_modems_are_told_of(admin: Reader, world: World) -> None:
    etag = _ask(admin, "/live").headers["ETag"]
    world.events.publish(ModemChanged("/dev/ttyUSB0"))
    assert _ask(admin, "/live", etag).status_code == 200


def test_new_messages_are_counted_and_not_pushed_in(admin: Reader, world: World) -> None:
    first = world.receive("one")
    page = f"/live?view=received&ids={first}&newer="
    assert _ask(admin, page).json["newer"] == ""
    world.receive("two")
    world.write("three")
    newer = words(_ask(admin, page).json["newer"])
    assert newer == "1 new message"
    world.receive("four")
    assert words(_ask(admin, page).json["newer"]) == "2 new messages"


def test_an_older_message_that_fails_now_is_new_in_that_view(admin: Reader, world: World) -> None:
    old, new = world.write("old"), world.write("new")
    world.radio(new, "failed")
    page = f"/live?view=failed&ids={new}&newer="
    assert _ask(admin, page).json["newer"] == ""
    world.radio(old, "failed")
    assert words(_ask(admin, page).json["newer"]) == "1 new message"


def test_a_page_of_older_messages_is_told_of_no_new_ones(admin: Reader, world: World) -> None:
    first = world.receive("one")
    world.receive("two")
    assert _ask(admin, f"/live?view=received&ids={first}").json["newer"] == ""


def test_an_opened_row_hears_when_its_inside_changed(admin: Reader, world: World) -> None:
    message = world.write("hello")
    page = f"/live?view=all&ids={message}&open={message}"
    stamp = _ask(admin, page).json["opened"][str(message)]
    assert f'data-stamp="{stamp}"' in admin.get(f"/?open={message}")
    assert _ask(admin, page).json["opened"][str(message)] == stamp
    world.radio(message, "failed")
    assert _ask(admin, page).json["opened"][str(message)] != stamp


def test_message_texts_do_not_travel_with_the_news(admin: Reader, world: World) -> None:
    message = world.receive("a secret text")
    answer = _ask(admin, f"/live?view=all&ids={message}&open={message}&newer=")
    assert "secret" not in answer.text


def test_rubbish_in_the_question_does_no_harm(admin: Reader) -> None:
    for query in ("ids=x,,-1,99999999999999999999", "view=nonsense", "open=" + "1," * 5000):
        assert _ask(admin, f"/live?{query}").status_code == 200


def test_a_page_from_before_a_restart_is_told_everything(admin: Reader, world: World) -> None:
    assert _ask(admin, "/live", '"0000-0"').status_code == 200


def test_asking_again_needs_no_database(
    admin: Reader, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = _ask(admin, "/live").headers["ETag"]
    assert _ask(admin, "/live", etag).status_code == 304

    def no_database() -> None:
        raise AssertionError("the database was opened")

    monkeypatch.setattr("webui.page.db_connection.database.connected", no_database)
    assert _ask(admin, "/live", etag).status_code == 304


def test_who_signed_out_hears_no_more_news(admin: Reader, world: World) -> None:
    secret = admin.client.get_cookie(security.COOKIE)
    assert secret is not None
    etag = _ask(admin, "/live").headers["ETag"]
    admin.post("/sign-out")
    admin.client.set_cookie(security.COOKIE, secret.value)
    assert _ask(admin, "/live", etag).status_code == 401
    assert _ask(admin, "/live").status_code == 401
