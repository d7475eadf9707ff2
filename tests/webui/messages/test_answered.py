"""Replying marks read and says who has answered; nobody answers twice unawares."""

from __future__ import annotations

import re

import pytest

from gateway.clock import HOUR
from gateway.services.messages.accept import WrittenMessage
from gateway.store.messages import details, lists, trash
from gateway.store.schedules import schedules
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Api, Reader, World, field, words
from tests.webui.schedules.test_scheduled import ahead

SCRIPT = {"X-Requested-By": "page"}


def unread(*ids: int) -> list[bool]:
    return [row.unread for row in lists.rows(ids)]


def begun(reader: Reader, *ids: int) -> dict[str, str]:
    """The form of Reply to, as a browser would post it."""
    page = reader.get(f"/send?reply={','.join(map(str, ids))}")
    names = ("token", "answers", "seen", "back")
    given = {n: field(page, n) for n in names if f'name="{n}"' in page}
    to = re.search(r'name="recipients".*?>\n(.*?)</textarea>', page, re.S)
    assert to
    return given | {"recipients": to[1], "action": "send"}


def answer(reader: Reader, form: dict[str, str], text: str = "Yes", **more: str):
    return reader.post("/send", form="/send", **(form | {"text": text} | more))


def others(world: World, *ids: int, to: str = ANN, who: str = "nurse", text: str = "No") -> int:
    draft = WrittenMessage(recipients=to, text=text, answers=ids)
    return world.box.messaging.send(draft, author=who).message_id


def test_a_reply_marks_read_and_the_row_and_the_message_say_who_answered(
    admin: Reader, world: World
) -> None:
    message = world.receive("May I come?")
    assert answer(admin, begun(admin, message)).status_code == 303
    assert unread(message) == [False]
    assert re.search(r"Answered by admin ?, \d\d:\d\d", words(admin.get("/received")))
    opened = admin.get(f"/received?open={message}")
    assert "Answered by admin" in words(opened)
    assert "Show the answer" in words(opened)


def test_several_are_answered_by_one_text(admin: Reader, world: World) -> None:
    one, two, same = world.receive("a"), world.receive("b", BOB), world.receive("c")
    answer(admin, begun(admin, one, two, same))
    assert unread(one, two, same) == [False] * 3
    assert words(admin.get("/received")).count("Answered by admin") == 3


def test_who_was_taken_out_of_the_recipients_is_not_answered(admin: Reader, world: World) -> None:
    one, two = world.receive("a"), world.receive("b", BOB)
    answer(admin, begun(admin, one, two), recipients=BOB)
    assert unread(one, two) == [True, False]


def test_an_answer_that_failed_says_so(admin: Reader, world: World) -> None:
    message = world.receive("a")
    world.radio(others(world, message), "failed")
    assert "Answer by nurse failed" in words(admin.get("/received"))
    assert "Answered by" not in words(admin.get("/received"))


def test_the_open_page_hears_that_somebody_has_answered(admin: Reader, world: World) -> None:
    message = world.receive("a")
    others(world, message)
    news = admin.client.get(f"/live?view=received&ids={message}", headers=SCRIPT).json
    assert news is not None
    assert "Answered by nurse" in words(news["rows"][str(message)]["state"])
    assert news["rows"][str(message)]["unread"] is False


# two who answer --------------------------------------------------------------------------------


def test_who_opens_reply_sees_what_somebody_else_has_answered(admin: Reader, world: World) -> None:
    message = world.receive("May I come?")
    others(world, message, text="Come at ten")
    page = words(admin.get(f"/send?reply={message}"))
    assert re.search(r"nurse answered \+44 7700 900123 ?, \d\d:\d\d: Come at ten", page)
    assert answer(admin, begun(admin, message)).status_code == 303


def test_who_sends_after_somebody_else_is_asked_once_and_keeps_the_text(
    admin: Reader, world: World
) -> None:
    message = world.receive("May I come?")
    form = begun(admin, message)
    others(world, message, text="Come at ten")
    refused = answer(admin, form, "Come at nine")
    assert refused.status_code == 409
    page = words(refused.text)
    assert "nurse answered +44 7700 900123 meanwhile" in page
    assert "Nothing was sent" in page
    assert "Come at nine" in refused.text
    assert views.counts().all == 2
    again = form | {"seen": field(refused.text, "seen"), "token": field(refused.text, "token")}
    assert answer(admin, again, "Come at nine").status_code == 303
    assert views.counts().all == 3


def test_the_second_of_two_clicks_is_no_second_answer(admin: Reader, world: World) -> None:
    form = begun(admin, world.receive("a"))
    assert [answer(admin, form).status_code for _ in range(2)] == [303, 303]
    assert views.counts().all == 2


def test_a_reply_for_later_answers_when_it_goes_out(admin: Reader, world: World) -> None:
    message = world.receive("a")
    answer(admin, begun(admin, message), **ahead(world, hours=3))
    assert unread(message) == [False]
    assert "Answered by" not in words(admin.get("/received"))
    (kept,) = schedules.waiting()
    edited = admin.get(f"/send?schedule={kept.id}")
    assert field(edited, "answers") == str(message)
    world.clock.ms += HOUR
    world.box.scheduling.send_now(kept.id, kept.version, "admin")
    assert "Answered by admin" in words(admin.get("/received"))


# read and unread -------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [{"m": "ids"}, {"all": "received", "upto": "last"}])
def test_messages_are_marked_as_unread_and_as_read(
    admin: Reader, world: World, chosen: dict[str, str]
) -> None:
    ids = [world.receive(f"n{n}") for n in range(3)]
    given = {"ids": [str(i) for i in ids], "last": str(ids[-1])}
    fields = {k: given.get(v, v) for k, v in chosen.items()}
    for action, want in (("read", False), ("unread", True)):
        done = admin.post("/selected", action=action, view="received", **fields)
        assert f"3 messages marked as {action}." in words(admin.get(done.headers["Location"]))
        assert unread(*ids) == [want] * 3
        assert views.counts().unread == 3 * want
        again = admin.post("/selected", action=action, view="received", **fields)
        assert f"these were {action} already" in words(admin.get(again.headers["Location"]))


def test_an_opened_message_has_a_button_that_makes_it_unread(admin: Reader, world: World) -> None:
    message, ours = world.receive("a"), world.write("b")
    assert "Mark as unread" in words(admin.get(f"/?open={message}").split('class="detail"')[1])
    assert "Mark as unread" not in words(admin.get(f"/?open={ours}").split('class="detail"')[1])
    done = admin.post("/selected", action="unread", view="all", ids=str(message))
    assert "open=" not in done.headers["Location"]
    assert unread(message) == [True]


def test_programs_say_what_they_answer_and_mark_read_and_unread(api: Api, world: World) -> None:
    message = world.receive("a")
    body = {"textMessage": {"text": "hi"}, "phoneNumbers": [ANN], "inReplyTo": str(message)}
    assert api.post(body).status_code == 202
    assert unread(message) == [False]
    found = details.get(message)
    assert found is not None
    assert api.post(body | {"inReplyTo": ["x"]}).status_code == 400
    token = world.box.programs.add("boss", scopes=("manage",))
    boss = Api(api.client, {"Authorization": f"Bearer {token}"})
    assert boss.post({}, f"/inbox/{message}/unread").status_code == 204
    assert unread(message) == [True]
    assert boss.post({}, f"/inbox/{message}/read").status_code == 204
    assert unread(message) == [False]
    assert boss.post({}, "/inbox/99/read").status_code == 404
    assert api.post({}, f"/inbox/{message}/unread").status_code == 403


def test_a_program_that_only_sends_learns_nothing_about_what_came_in(
    world: World, api: Api
) -> None:
    message = world.receive("a")
    token = world.box.programs.add("sender", scopes=("send",))
    sender = Api(api.client, {"Authorization": f"Bearer {token}"})
    body = {"textMessage": {"text": "hi"}, "phoneNumbers": [ANN], "inReplyTo": message}
    assert sender.post(body).status_code == 403
    assert unread(message) == [True]


# where one comes back to -----------------------------------------------------------------------


def test_a_reply_from_page_two_comes_back_to_its_row_there(admin: Reader, world: World) -> None:
    ids = [world.receive(f"n{n}") for n in range(55)]
    first = admin.get("/received")
    before = re.search(r"before=(\d+)", first)
    assert before
    page = admin.get(f"/received?before={before[1]}")
    link = re.search(rf'href="(/send\?reply={ids[2]}&amp;back=[^"]+)"', page)
    assert link
    form = admin.get(link[1].replace("&amp;", "&"))
    assert f'href="/received?before={before[1]}#m{ids[2]}"' in form  # Cancel
    typed = {n: field(form, n) for n in ("token", "answers", "back")}
    done = answer(admin, {"recipients": ANN, "action": "send"} | typed)
    assert re.fullmatch(
        rf"/received\?before={before[1]}&queued=\d+#m{ids[2]}", done.headers["Location"]
    )


def test_a_reply_from_a_search_comes_back_to_what_was_found(admin: Reader, world: World) -> None:
    message = world.receive("needle")
    page = admin.get("/received?q=needle")
    link = re.search(rf'href="(/send\?reply={message}&amp;back=[^"]+)"', page)
    assert link
    back = field(admin.get(link[1].replace("&amp;", "&")), "back")
    done = answer(admin, begun(admin, message) | {"back": back})
    assert done.headers["Location"].startswith("/received?q=needle&queued=")


@pytest.mark.parametrize("back", ["", "view=nowhere", "https://elsewhere.example", "&x=1" * 50])
def test_nobody_is_led_elsewhere_by_a_made_up_place(admin: Reader, world: World, back: str) -> None:
    done = answer(admin, begun(admin, world.receive("a")) | {"back": back})
    assert done.headers["Location"].startswith("/?queued=")


def test_a_deleted_reply_that_waited_is_no_answer(admin: Reader, world: World) -> None:
    message = world.receive("a")
    trash.delete([others(world, message)], world.clock.now(), "admin")
    assert "Answered by" not in words(admin.get("/received"))
