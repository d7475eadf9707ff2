"""People on the page: without script, as forms and links."""

from __future__ import annotations

import re

from gateway.services.messages.accept import WrittenMessage
from gateway.services.people.people import TypedContact
from gateway.store.messages import lists
from gateway.store.people import blocked, groups, people
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Reader, World, field, words
from tests.webui.people.conftest import checked

# names where messages are shown -----------------------------------------------------------------


def test_names_are_shown_wherever_a_number_would_be(admin: Reader, world: World) -> None:
    received, sent = world.receive("hi"), world.write("hello", [ANN, BOB])
    assert "Ann" not in admin.get("/")
    contact = world.box.people.add(TypedContact("Ann <b>", ANN))
    for path in ("/", "/received", "/pending", f"/?open={received}", f"/?open={sent}"):
        html = admin.get(path)
        assert (
            "Ann <b>" in words(html.replace("&lt;b&gt;", "&amp;lt;b&amp;gt;"))
            or "&lt;b&gt;" in html
        )
        assert "Ann <b>" not in html
    world.box.people.delete([contact], "admin")
    assert "Ann" not in admin.get("/")


def test_an_opened_message_leads_to_its_contact_or_to_a_new_one(admin, world, ann) -> None:
    known, unknown = world.receive("hi", ANN), world.receive("hi", BOB)
    for message, end in (
        (known, f"/people/{ann}"),
        (unknown, "/people/new?number=%2B447700900456"),
    ):
        link = re.search(r'href="(/people/with/[^"]*)"', admin.get(f"/?open={message}"))[1]
        assert admin.client.get(link).headers["Location"] == end
    assert f'value="{BOB}"' in admin.get("/people/new?number=%2B447700900456")


def test_each_recipient_sees_their_own_words(admin, world, ann) -> None:
    text = "Hi {name|friend}!"
    sent = world.box.messaging.send(WrittenMessage(f"{ANN}, {BOB}", text, fill=True)).message_id
    said = words(admin.get(f"/?open={sent}"))
    assert "Hi Ann Otieno!" in said
    assert "Hi friend!" in said
    assert "Hi Ann Otieno!" in admin.get(f"/people/{ann}")


# contacts ---------------------------------------------------------------------------------------


def test_a_contact_is_made_changed_and_deleted(admin, world) -> None:
    group = world.box.people.make_group("Volunteers")
    made = admin.post(
        "/people/new", form="/people/new", name="Bob", number="07700 900456", group=group
    )
    assert made.status_code == 303
    contact = people.by_number(BOB)
    assert contact.groups == ("Volunteers",)
    page = f"/people/{contact.id}"
    assert checked(admin.get(page), "group") == [str(group)]
    admin.post(page, form=page, name="Robert", number=BOB, notes="a\r\nb")
    changed = people.get(contact.id)
    assert (changed.name, changed.notes, changed.groups) == ("Robert", "a\nb", ())
    asked = admin.post("/people/several", form=page, id=contact.id, action="delete")
    assert "You are about to delete 1 contact" in words(asked.text)
    assert people.get(contact.id)
    admin.post("/people/several", form=page, id=contact.id, action="delete", confirmed="yes")
    assert people.get(contact.id) is None
    assert admin.client.get(page).status_code == 404


def test_what_is_refused_keeps_what_was_typed_with_the_error_beside_it(admin, ann) -> None:
    page = admin.post(
        "/people/new", form="/people/new", name="Eve", number="07700900123", notes="n"
    )
    assert page.status_code == 400
    assert "belongs to “Ann Otieno” already" in words(page.text)
    assert 'value="Eve"' in page.text
    assert page.text.count("aria-invalid") == 1


def test_a_contact_shows_what_was_said_and_not_what_was_deleted(admin, world, ann) -> None:
    from gateway.store.messages import trash

    gone = world.receive("gone", ANN)
    world.receive("kept", ANN)
    world.write("both of you", [ANN, BOB])
    world.receive("not hers", BOB)
    trash.delete([gone], world.clock.now(), "admin")
    said = words(admin.get(f"/people/{ann}"))
    assert "kept" in said
    assert "both of you" in said
    assert "gone" not in said
    assert "not hers" not in said


def test_the_list_searches_and_pages(admin, world) -> None:
    for n in range(120):
        people.add(people.ContactInfo(f"Person {n:03}", f"+4477009{n:05d}"), 1)
    seen, path = [], "/people"
    while path:
        html = admin.get(path)
        seen += re.findall(r"Choose (Person \d+)", html)
        following = re.search(r'rel="next" href="([^"]*)"', html)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Person {n:03}" for n in range(120)]
    assert "Person 042" in admin.get("/people?find=person+042")
    assert "Nobody here matches" in admin.get("/people?find=zzz")


def test_several_are_put_into_a_group_also_all_that_match(admin, world, ann) -> None:
    bob = world.box.people.add(TypedContact("Bob", BOB))
    group = world.box.people.make_group("Team")
    admin.post("/people/several", form="/people", id=[ann, bob], to=group, action="join")
    assert groups.get(group).people == 2
    admin.post("/people/several", form="/people", all="1", find="ann", to=group, action="leave")
    assert people.get(bob).groups == ("Team",)
    assert people.get(ann).groups == ()
    for fields in ({"action": "join", "to": group}, {"action": "join", "id": ann}):
        said = admin.post("/people/several", form="/people", **fields)
        assert "first." in words(admin.get(said.headers["Location"]))


def test_blocking_is_a_switch_on_the_contact_and_a_list(admin, world, ann) -> None:
    page = f"/people/{ann}"
    admin.post(page + "/block", form=page, block="1")
    assert blocked.get(ANN).who == "admin"
    assert "Blocked by admin" in words(admin.get(page))
    assert "Ann Otieno" in admin.get("/people/blocked")
    admin.post("/people/blocked", form="/people/blocked", number=ANN, action="free")
    assert blocked.get(ANN) is None
    assert admin.post("/people/blocked", form="/people/blocked", number="x").status_code == 400
    admin.post("/people/blocked/words", form="/people/blocked", stop="ACHA", start="")
    assert ">\nACHA</textarea>" in admin.get("/people/blocked")


def test_groups_and_fields_are_managed(admin, world, ann) -> None:
    made = admin.post("/people/groups", form="/people/groups", name="Nurses")
    page = made.headers["Location"]
    assert admin.post("/people/groups", form="/people/groups", name="nurses").status_code == 400
    assert "Ann Otieno" in admin.get(page + "?find=otieno")
    admin.post(page + "/members", form=page, id=ann, action="join")
    assert "1 person in it" in words(admin.get(page))
    assert "stay under People" in words(admin.post(page + "/delete", form=page).text)
    admin.post(page + "/delete", form=page, confirmed="yes")
    assert groups.groups() == []
    assert people.get(ann)
    admin.post("/people/fields", form="/people/fields", name="Town")
    (town,) = groups.fields()
    world.box.people.save(ann, TypedContact("Ann Otieno", ANN, fields={town.id: "Leeds"}), ())
    asked = admin.post("/people/fields", form="/people/fields", field=town.id, action="delete")
    assert "1 contact has something in this field" in words(asked.text)
    assert groups.fields()


# a form that is posted again ----------------------------------------------------------------------


def test_two_clicks_make_one_contact_and_a_change_makes_another(admin: Reader) -> None:
    typed = {"name": "Ann", "number": "", "once": field(admin.get("/people/new"), "once")}
    answers = [admin.post("/people/new", form="/people/new", **typed) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert people.count(people.ContactFilter()) == 1
    changed = admin.post("/people/new", form="/people/new", **(typed | {"notes": "twin"}))
    assert changed.headers["Location"] != answers[0].headers["Location"]
    assert people.count(people.ContactFilter()) == 2


def test_two_clicks_on_a_contact_with_a_number_are_no_quarrel(admin: Reader) -> None:
    typed = {"name": "Ann", "number": ANN, "once": field(admin.get("/people/new"), "once")}
    answers = [admin.post("/people/new", form="/people/new", **typed) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]


def test_a_refused_form_is_looked_at_again(admin: Reader) -> None:
    typed = {"name": "Bob", "number": ANN, "once": field(admin.get("/people/new"), "once")}
    (ann,) = (admin.post("/people/new", form="/people/new", name="Ann", number=ANN),)
    assert admin.post("/people/new", form="/people/new", **typed).status_code == 400
    path = ann.headers["Location"].partition("?")[0]
    admin.post(path, form=path, name="Ann", number=BOB)
    assert admin.post("/people/new", form="/people/new", **typed).status_code == 303


# Send SMS ---------------------------------------------------------------------------------------


def test_contacts_and_groups_are_chosen_from_the_list_without_script(admin, world, ann) -> None:
    bob = world.box.people.add(TypedContact("Bob, Jr.", BOB))
    group = world.box.people.make_group("Team")
    world.box.people.join(group, [bob])
    shown = admin.post("/send", form="/send", action="contacts", recipients="", text="kept")
    assert "Team" in shown.text
    assert "kept" in shown.text
    picks = ["Team", f"Ann Otieno <{ANN}>", f"Bob Jr. <{BOB}>"]
    for pick in picks:
        assert f'value="{pick.replace("<", "&lt;").replace(">", "&gt;")}"' in shown.text
    again = admin.post("/send", form="/send", action="contacts", find="ann", pick=picks)
    assert "2 recipients" in words(again.text)
    assert "Bob Jr." not in again.text.split('id="choose"')[1].split('id="who"')[0]
    dropped = admin.post("/send", form="/send", drop="1", recipients=", ".join(picks))
    assert "1 recipient" in words(dropped.text)
    sent = admin.post(
        "/send", form="/send", action="send", recipients=picks[0], pick=picks, text="x"
    )
    assert sent.status_code == 303
    (row,) = lists.page(views.View.ALL)
    assert row.people == 2


def test_the_page_counts_the_longest_and_names_what_is_wrong(admin, world, ann) -> None:
    def count(recipients: str, text: str) -> str:
        answer = admin.post("/send/count", form="/send", recipients=recipients, text=text).json
        return words(answer["count"] + answer["who"])

    world.box.people.add_field("Town")
    world.box.people.block(BOB, "admin")
    said = count(f"ann otieno, {BOB}", "Hi {name}" + "x" * 150)
    assert "163 characters · 2 SMS" in said
    assert "2 recipients , of whom 1 is blocked" in said.replace("recipients,", "recipients ,")
    assert "{town} stays empty for 2 people" in count(f"{ANN}, {BOB}", "a {town}")
    assert "{nmae} cannot be filled in" in count(ANN, "{nmae}")
    refused = admin.post("/send", form="/send", action="send", recipients=ANN, text="{nmae}")
    assert refused.status_code == 400


def test_one_form_is_one_message_also_with_placeholders(admin, world, ann) -> None:
    token = field(admin.get("/send"), "token")
    for _ in range(2):
        fields = {"recipients": ANN, "text": "Hi {name}", "token": token, "action": "send"}
        assert admin.post("/send", form="/send", **fields).status_code == 303
    (row,) = lists.page(views.View.ALL)
    assert row.words == "Hi Ann Otieno"


def test_other_pages_send_people_and_groups_along(admin, world, ann) -> None:
    group = world.box.people.make_group("Team")
    assert f"Ann Otieno &lt;{ANN}&gt;" in admin.get(f"/send?person={ann}")
    assert "Team" in admin.get(f"/send?group={group}")
    page = admin.post("/people/several", form="/people", id=ann, action="send")
    assert f"Ann Otieno &lt;{ANN}&gt;" in page.text


def test_suggestions_are_found_by_parts_of_names_and_numbers(admin, world) -> None:
    from gateway.store.file.database import transaction

    with transaction():
        for n in range(100):
            people.add(people.ContactInfo(f"Person {n} Number{n % 7}", f"+447{n:09d}"), 1)
    world.box.people.make_group("Team Person")
    admin.get("/people/suggest?q=person")
    for typed in ("person 99", "number3", "+44700000009", "4470000000", "zzz"):
        found = admin.client.get("/people/suggest", query_string={"q": typed}).json
        assert bool(found) == (typed != "zzz"), typed
    assert admin.client.get("/people/suggest?q=pers").json[0]["name"] == "Team Person"
