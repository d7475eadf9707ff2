from __future__ import annotations

import re

import pytest

from gateway.services.people.people import TypedContact
from gateway.store.messages import details, lists, trash
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Reader, World, field, words


def _send(reader: Reader, token: str | None = None, **fields: str):  # type: ignore[no-untyped-def]
    typed = {"recipients": ANN, "text": "Hello", "connection": ""} | fields
    if token is not None:
        typed["token"] = token
    return reader.post("/send", form="/send", action="send", **typed)


def _messages() -> list[lists.MessageRow]:
    return lists.page(views.View.ALL)


def _errors(html: str) -> dict[str, str]:
    found = re.findall(r'<p class="error" id="(\w+)-error">(.*?)</p>', html)
    return {name: words(text) for name, text in found}


def test_every_page_leads_to_send_sms(admin: Reader, world: World) -> None:
    message = world.receive("hi")
    for path in ("/", "/received", "/failed", f"/?open={message}", "/send"):
        assert 'href="/send"' in admin.get(path)


def test_a_message_is_stored_and_the_page_says_where_it_is(admin: Reader) -> None:
    response = _send(admin, recipients=f"07700 900 123; {BOB}\n+44 7700 900123", text="x" * 200)
    assert response.status_code == 303
    (row,) = _messages()
    assert (row.people, row.sms) == (2, 2)
    page = words(admin.get(response.headers["Location"]))
    assert "4 SMS queued to 2 people." in page
    assert "SMS pending" in page
    found = details.get(row.id)
    assert found is not None
    assert (found.author, found.origin, found.with_report) == ("admin", "page", True)


@pytest.mark.parametrize("typed", [{"drop": "²"}, {"drop": "9" * 5000}, {"valid": "9" * 5000}])
def test_what_only_looks_like_a_number_is_no_error_of_the_box(
    admin: Reader, typed: dict[str, str]
) -> None:
    assert _send(admin, **typed).status_code < 500


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"recipients": ""}, {"recipients": "Enter at least one phone number."}),
        ({"text": " \r\n "}, {"text": "Write a message."}),
        ({"recipients": f"{ANN}, soon"}, {"recipients": "“soon” is not a phone number,"}),
        ({"text": "x" * 40_000}, {"text": "too long"}),
        ({"connection": "99"}, {"connection": "not known"}),
        ({"connection": "9" * 30}, {"connection": "not known"}),
        ({"connection": "Default"}, {"connection": "not known"}),
        ({"text": "a\0b"}, {"text": "Character 2 cannot be sent"}),
    ],
)
def test_refused_input_keeps_everything_typed_with_the_error_beside_its_field(
    admin: Reader, typed: dict[str, str], wrong: dict[str, str]
) -> None:
    given = {"recipients": ANN, "text": "My words"} | typed
    response = _send(admin, **given)
    assert response.status_code == 400
    errors = _errors(response.text)
    assert errors.keys() == wrong.keys()
    for name, said in wrong.items():
        assert said in errors[name]
        assert re.search(rf'id="{name}"[^>]*aria-invalid="true"', response.text)
    if "text" not in typed:
        assert "My words" in response.text
    assert given["recipients"] in response.text
    assert _messages() == []


def test_enter_sends_and_where_contacts_are_searched_it_searches(admin: Reader) -> None:
    """Without script Enter presses the first button of the form."""

    def first(html: str) -> str:
        found = re.search(
            r'<form method="post" action="/send".*?<button[^>]* value="(\w+)"', html, re.S
        )
        assert found
        return found[1]

    assert first(admin.get("/send")) == "send"
    assert first(_send(admin, recipients="x").text) == "send"
    assert first(admin.post("/send", form="/send", action="contacts").text) == "contacts"


def test_all_mistakes_are_told_at_once(admin: Reader) -> None:
    response = _send(admin, recipients="x, 1", text="")
    errors = _errors(response.text)
    assert errors.keys() == {"recipients", "text"}
    assert "“x”" in errors["recipients"]
    assert "“1”" in errors["recipients"]
    assert response.text.count("“x”") == 1


def test_a_line_break_at_the_beginning_survives_a_refusal(admin: Reader) -> None:
    response = _send(admin, recipients="", text="\r\n\r\nsecond")
    # HTML drops one line break after the tag: ours, not the writer's.
    assert ">\n\n\nsecond</textarea>" in response.text


def test_two_clicks_on_send_are_one_message(admin: Reader, world: World) -> None:
    token = field(admin.get("/send"), "token")
    first, second = _send(admin, token), _send(admin, token)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(_messages()) == 1


def test_the_same_form_much_later_says_that_it_was_sent_already(
    admin: Reader, world: World
) -> None:
    token = field(admin.get("/send"), "token")
    _send(admin, token)
    world.clock.ms += 60_000
    again = _send(admin, token)
    assert "was not queued a second time" in words(admin.get(again.headers["Location"]))
    assert len(_messages()) == 1


@pytest.mark.parametrize("change", [{"text": "Other words"}, {"recipients": BOB}])
def test_going_back_and_changing_the_form_makes_another_message(
    admin: Reader, change: dict[str, str]
) -> None:
    token = field(admin.get("/send"), "token")
    _send(admin, token)
    _send(admin, token, **change)
    assert len(_messages()) == 2


def test_each_form_is_a_message_of_its_own(admin: Reader) -> None:
    tokens = {field(admin.get("/send"), "token") for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        _send(admin, token)
    assert len(_messages()) == 3


def test_a_made_up_token_does_not_get_into_the_store(admin: Reader) -> None:
    _send(admin, "x' OR 1=1")
    (row,) = _messages()
    found = details.get(row.id)
    assert found is not None
    assert re.fullmatch(r"\w{21}", found.client_id or "")


# connection ------------------------------------------------------------------------------------


def test_the_connections_are_offered_beside_default(admin: Reader, world: World) -> None:
    page = admin.get("/send")
    assert '<option value="">Default</option>' in page
    for info in (world.line, world.spare):
        assert f'value="{info.connection_id}"' in page
        assert info.name in page
    _send(admin, connection=str(world.spare.connection_id))
    found = details.get(_messages()[0].id)
    assert found is not None
    assert found.connection_id == world.spare.connection_id


def test_a_refusal_keeps_the_chosen_connection(admin: Reader, world: World) -> None:
    page = _send(admin, text="", connection=str(world.spare.connection_id)).text
    assert f'<option value="{world.spare.connection_id}" selected>' in page


# reply -----------------------------------------------------------------------------------------


def test_reply_to_fills_in_the_sender_and_the_connection_it_came_in_on(
    admin: Reader, world: World
) -> None:
    message = world.receive("question")
    assert f'href="/send?reply={message}&amp;back=' in admin.get("/")
    page = admin.get(f"/send?reply={message}")
    assert "<h1>Reply to</h1>" in page
    assert f">\n{ANN}</textarea>" in page
    assert f'<option value="{world.line.connection_id}" selected>' in page
    assert re.search(r'name="text"[^>]*>\n</textarea>', page)


def test_replying_to_what_was_sent_from_here_writes_to_its_recipients(
    admin: Reader, world: World
) -> None:
    message = world.write("hello", f"{ANN}, {BOB}")
    page = admin.get(f"/send?reply={message}")
    assert f">\n{ANN}, {BOB}</textarea>" in page


def test_replying_to_nothing_is_told(admin: Reader) -> None:
    assert admin.client.get("/send?reply=77").status_code == 404
    assert admin.client.get("/send?reply=x").status_code == 200


# counter ---------------------------------------------------------------------------------------


def _count(reader: Reader, text: str, recipients: str = ANN, action: str = "check") -> dict:  # type: ignore[type-arg]
    response = reader.post(
        "/send/count", form="/send", text=text, recipients=recipients, action=action
    )
    assert response.status_code == 200
    return response.json  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 characters"),
        ("a", "1 character · 1 SMS · 159 left"),
        ("a" * 160, "160 characters · 1 SMS · 0 left"),
        ("a" * 161, "161 characters · 2 SMS · 145 left in the last one"),
        ("€" * 80, "80 characters · 1 SMS · 0 left"),
        ("ж" * 70, "70 characters · 1 SMS · 0 left"),
        ("ж" * 71, "71 characters · 2 SMS · 63 left in the last one"),
    ],
)
def test_the_counter_counts_as_the_codec_does(admin: Reader, text: str, said: str) -> None:
    assert words(_count(admin, text)["count"]).startswith(said)


def test_the_counter_names_what_forces_unicode_and_offers_plain_characters(
    admin: Reader,
) -> None:
    counted = words(_count(admin, "a – b ’ c")["count"])
    assert "– and ’ force Unicode: an SMS holds 70 characters instead of 160." in counted
    assert "Use plain characters instead" in counted
    assert "Use plain" not in _count(admin, "😀")["count"]
    answer = _count(admin, "a – b ’ c", action="plain")
    assert answer["text"] == "a - b ' c"
    assert "Unicode" not in answer["count"]


def test_the_counter_adds_up_over_the_people(admin: Reader) -> None:
    counted = words(_count(admin, "x" * 161, f"{ANN}, {BOB}, 07700 900123")["count"])
    assert "4 SMS to 2 people" in counted


def test_the_counter_names_a_bad_recipient(admin: Reader) -> None:
    assert "“soon” is not a phone number," in words(_count(admin, "hi", "soon")["who"])


def test_without_script_check_and_plain_do_the_same(admin: Reader) -> None:
    typed = {"recipients": ANN, "text": "a – b", "connection": ""}
    checked = admin.post("/send", form="/send", action="check", **typed)
    assert "force" in checked.text
    assert "a – b" in checked.text
    plain = admin.post("/send", form="/send", action="plain", **typed)
    assert ">\na - b</textarea>" in plain.text
    assert _messages() == []


def test_checking_keeps_the_forms_token(admin: Reader) -> None:
    token = field(admin.get("/send"), "token")
    typed = {"recipients": ANN, "text": "", "connection": "", "token": token}
    checked = admin.post("/send", form="/send", action="check", **typed)
    assert field(checked.text, "token") == token
    assert _errors(checked.text) == {"text": "Write a message."}


# counts and second posts -----------------------------------------------------------------------


def test_all_people_are_counted_however_many_are_listed(admin: Reader, world: World) -> None:
    people = ", ".join(f"+4477009{n:05}" for n in range(1_001))
    page = words(admin.get(_send(admin, recipients=people).headers["Location"]))
    assert "1,001 SMS queued to 1,001 people." in page


def test_blocked_people_are_not_among_those_it_is_queued_to(admin: Reader, world: World) -> None:
    world.box.people.block(BOB, "admin")
    page = words(admin.get(_send(admin, recipients=f"{ANN}, {BOB}").headers["Location"]))
    assert "1 SMS queued to 1 person; 1 number is blocked." in page


def test_each_text_is_counted_as_long_as_it_is(admin: Reader, world: World) -> None:
    world.box.people.add(TypedContact("Ann " + "x" * 90, ANN, "", {}), ())
    world.box.people.add(TypedContact("Bob", BOB, "", {}), ())
    answer = _send(admin, recipients=f"{ANN}, {BOB}", text="{name}" + "y" * 100)
    assert "3 SMS queued to 2 people." in words(admin.get(answer.headers["Location"]))
    (row,) = _messages()
    assert row.total == 3
    assert "Length 3 SMS to 2 people" in words(admin.get(f"/?open={row.id}"))


@pytest.mark.parametrize(
    "change", [{"flash": "1"}, {"valid": "1"}, {"connection": "spare"}, {"text": "Other"}]
)
def test_whatever_is_changed_makes_another_message(
    admin: Reader, world: World, change: dict[str, str]
) -> None:
    if "connection" in change:
        change = {"connection": str(world.spare.connection_id)}
    token = field(admin.get("/send"), "token")
    _send(admin, token)
    for _ in range(2):
        _send(admin, token, **change)
    assert len(_messages()) == 2


def test_what_was_deleted_meanwhile_is_sent_again_when_somebody_says_so(
    admin: Reader, world: World
) -> None:
    token = field(admin.get("/send"), "token")
    _send(admin, token)
    trash.delete([_messages()[0].id], world.clock.now(), "admin")
    page = words(admin.get(_send(admin, token).headers["Location"]))
    assert "1 SMS queued to 1 person." in page
    assert len(_messages()) == 1
