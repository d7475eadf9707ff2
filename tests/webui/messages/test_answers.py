"""Reply and forward, as a browser without script posts them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.people.placeholders import Template, escaped
from gateway.store.messages import lists
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Reader, World, words

CAT = "+447700900789"
SCRIPT = {"X-Requested-By": "page"}


CAT = "+447700900789"


def ask(reader: Reader, action: str, *ids: int, **more: str) -> str:
    return words(reader.post("/selected", action=action, m=list(map(str, ids)), **more).text)


def test_reply_goes_to_the_distinct_senders_and_recipients(admin: Reader, world: World) -> None:
    one, again, bank = world.receive("1"), world.receive("2"), world.receive("3", sender="BANK")
    out = world.write("out", f"{BOB}, {CAT}")
    response = admin.post("/selected", action="reply", m=[str(i) for i in (one, again, bank, out)])
    assert response.status_code == 303
    page = admin.get(response.headers["Location"])
    said = re.search(r'<textarea id="recipients"[^>]*>\s*([^<]*)<', page)
    assert said
    assert sorted(said[1].split(", ")) == sorted([ANN, BOB, CAT])
    assert "“BANK” cannot be answered, being no phone number, and is left out." in words(page)


def test_one_sender_in_two_ways_of_writing_is_answered_once(admin: Reader, world: World) -> None:
    one, two = world.receive("1"), world.receive("2", sender="0" + ANN.removeprefix("+44"))
    page = admin.get(f"/send?reply={one},{two}")
    said = re.search(r'<textarea id="recipients"[^>]*>\s*([^<]*)<', page)
    assert said
    assert said[1] == ANN


def test_the_connection_it_came_in_on_is_offered_first(admin: Reader, world: World) -> None:
    one, two = world.receive("1"), world.receive("2", sender=BOB)
    page = admin.get(f"/send?reply={one}")
    options = re.findall(r'<option value="(\d*)"( selected)?>', page)
    assert options[0] == (str(world.line.connection_id), " selected")
    assert options[1] == ("", "")
    page = admin.get(f"/send?reply={one},{two}")
    options = re.findall(r'<option value="(\d*)"( selected)?>', page)
    assert options[0] == (str(world.line.connection_id), "")
    assert options[1] == ("", " selected")


def test_nobody_left_to_answer_is_refused_with_the_reason_and_the_ticks_stay(
    admin: Reader, world: World
) -> None:
    one, two = world.receive("1", sender="BANK"), world.receive("2", sender="SHOP")
    response = admin.post("/selected", action="reply", m=[str(one), str(two)], view="received")
    assert response.status_code == 409
    assert "None of these can be answered" in words(response.text)
    assert "“BANK”" in words(response.text)
    assert len(re.findall(r'name="m" value="\d+"[^>]* checked', response.text)) == 2


def test_only_one_is_forwarded_and_its_text_is_sent_word_for_word(
    admin: Reader, world: World
) -> None:
    one, two = world.receive("Gate {code} {{x}}"), world.receive("2")
    response = admin.post("/selected", action="forward", m=[str(one), str(two)])
    assert response.status_code == 409
    assert "Only one SMS can be forwarded at a time" in words(response.text)
    response = admin.post("/selected", action="forward", m=str(one))
    page = admin.get(response.headers["Location"])
    said = re.search(r'<textarea id="text"[^>]*>\n([^<]*)<', page)
    assert said
    sent = admin.post("/send", recipients=BOB, text=said[1], action="send", kind="Forward")
    assert sent.status_code == 303
    assert lists.page(views_all())[0].words == "Gate {code} {{x}}"


def views_all() -> views.View:
    return views.View.ALL


@given(st.text(alphabet="{}a \n", max_size=30))
def test_any_text_can_be_written_so_that_it_is_sent_as_it_stands(text: str) -> None:
    if "{" in text:  # own fields are looked up in the store
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("gateway.services.people.placeholders.groups.fields", list)
            template = Template(escaped(text))
    else:
        template = Template(escaped(text))
    assert template.unknown == []
    assert template.fill(("",)).texts == (text,)
