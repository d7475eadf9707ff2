"""What somebody has begun to write is kept, for them alone, until it is sent or discarded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.clock import DAY
from gateway.store.file.database import execute
from gateway.store.keeping import backups
from gateway.store.messages import drafts, lists
from gateway.store.schedules import schedules
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, PASSWORD, Reader, World, field, words
from tests.webui.schedules.test_scheduled import ahead

SCRIPT = {"X-Requested-By": "page"}


def keep(reader: Reader, token: str, **fields: str) -> int:
    """As the script does while somebody writes."""
    typed = {"recipients": ANN, "text": "Half a sen", "token": token} | fields
    return reader.post("/send/draft", form="/send", **typed).status_code


def token(reader: Reader) -> str:
    return field(reader.get("/send"), "token")


def opened(reader: Reader) -> str:
    """The newest draft, as it is gone on with from the inbox."""
    found = re.search(r'href="(/send\?draft=\d+)"', reader.get("/"))
    assert found
    return reader.get(found[1])


def test_what_was_begun_is_found_in_the_inbox_and_beside_the_form(admin: Reader):
    assert "unfinished" not in words(admin.get("/"))
    assert keep(admin, token(admin)) == 204
    for page in ("/", "/received", "/send"):
        said = words(admin.get(page))
        assert "You have an unfinished SMS." in said
        assert "Half a sen" in said
    page = opened(admin)
    assert "Half a sen</textarea>" in page
    assert "unfinished" not in words(page)


def test_all_that_was_chosen_comes_back(admin: Reader, world: World):
    message = world.receive("May I?")
    reply = admin.get(f"/send?reply={message}")
    given = {n: field(reply, n) for n in ("token", "answers", "kind")}
    when = ahead(world, hours=3)
    more = {"flash": "1", "valid": "12", "connection": str(world.spare.connection_id)}
    keep(admin, **(given | more | when))
    page = opened(admin)
    assert field(page, "answers") == str(message)
    assert field(page, "token") == given["token"]
    assert field(page, "date") == when["date"]
    assert re.search(r'name="flash"[^>]* checked', page)
    assert re.search(r'<option value="12" selected', page)
    assert f'value="{world.spare.connection_id}" selected' in page
    assert "Reply to" in words(page)


def test_the_newer_words_take_the_place_of_the_older(admin: Reader):
    form = token(admin)
    keep(admin, form)
    keep(admin, form, text="Half a sentence more")
    assert "Half a sentence more</textarea>" in opened(admin)
    keep(admin, form, text="", recipients=" , ")
    assert "unfinished" not in words(admin.get("/"))


def test_sent_it_is_no_draft_any_more_also_when_the_last_save_comes_late(
    admin: Reader, world: World
):
    form = token(admin)
    keep(admin, form, text="Done")
    typed = {"recipients": ANN, "text": "Done", "token": form}
    assert admin.post("/send", form="/send", action="send", **typed).status_code == 303
    assert keep(admin, form, text="Done") == 204
    assert "unfinished" not in words(admin.get("/"))
    later = token(admin)
    keep(admin, later)
    typed |= {"token": later, **ahead(world, hours=3)}
    assert admin.post("/send", form="/send", action="send", **typed).status_code == 303
    assert schedules.count() == 1
    assert "unfinished" not in words(admin.get("/"))


def test_refused_it_stays_a_draft(admin: Reader):
    form = token(admin)
    keep(admin, form)
    typed = {"recipients": "soon", "text": "Half a sen", "token": form}
    assert admin.post("/send", form="/send", action="send", **typed).status_code == 400
    assert "You have an unfinished SMS." in words(admin.get("/"))


def test_without_script_a_button_keeps_it_with_what_was_ticked(admin: Reader):
    typed = {"recipients": ANN, "text": "Half", "token": token(admin), "pick": BOB}
    done = admin.post("/send", form="/send", action="draft", **typed)
    assert "Kept as a draft." in words(admin.get(done.headers["Location"]))
    assert f"{ANN}, {BOB}</textarea>" in opened(admin)


def test_a_draft_is_discarded_once(admin: Reader):
    form = token(admin)
    keep(admin, form)
    for said in ("Discarded.", "This draft was not here any more."):
        done = admin.post("/send/draft/discard", form="/send", token=form)
        assert said in words(admin.get(done.headers["Location"]))
    assert views.counts().all == 0


def test_nobody_else_sees_or_touches_it(admin: Reader, world: World):
    form = token(admin)
    keep(admin, form)
    page = re.search(r"/send\?draft=\d+", admin.get("/"))
    assert page
    world.accounts.set_password("nurse", PASSWORD, role="operator")
    other = Reader(admin.client.application.test_client())
    other.sign_in("nurse")
    assert "unfinished" not in words(other.get("/"))
    assert other.client.get(page[0]).status_code == 410
    other.post("/send/draft/discard", form="/send", token=form)
    keep(other, form, text="mine")  # the same token, another's draft
    assert "Half a sen</textarea>" in opened(admin)
    world.accounts.set_password("reader", PASSWORD, role="reader")
    reader = Reader(admin.client.application.test_client())
    reader.sign_in("reader")
    assert "unfinished" not in words(reader.get("/"))


def test_drafts_are_few_short_and_not_for_ever(admin: Reader, world: World):
    for n in range(drafts.MOST + 3):
        world.clock.ms += 1000
        keep(admin, f"{n:021}", text=f"number {n}")
    found = drafts.of(1, world.clock.now())
    assert len(found) == drafts.MOST
    assert dict(found[0].fields)["text"] == f"number {drafts.MOST + 2}"
    assert keep(admin, token(admin), text="x" * drafts.LARGEST) == 413
    long = {"recipients": ANN, "text": "x" * drafts.LARGEST, "action": "draft"}
    refused = admin.post("/send", form="/send", **long)
    assert refused.status_code == 400
    assert "too long to be kept as a draft" in words(refused.text)
    world.clock.ms += drafts.KEPT + DAY
    assert drafts.of(1, world.clock.now()) == []
    drafts.save(1, "n" * 21, [("text", "new")], world.clock.now())
    assert execute("SELECT count(*) FROM draft").fetchone() == (1,)


def test_a_draft_is_in_backups_but_not_in_one_of_settings_and_goes_with_its_writer(
    admin: Reader, world: World, tmp_path: Path
):
    assert "draft" in backups.HISTORY
    world.accounts.set_password("nurse", PASSWORD, role="operator")
    other = Reader(admin.client.application.test_client())
    other.sign_in("nurse")
    keep(other, token(other))
    execute("DELETE FROM user WHERE name = 'nurse'")
    assert execute("SELECT count(*) FROM draft").fetchone() == (0,)


@pytest.mark.parametrize("address", ["0", "999", "x" * 30])
def test_an_address_of_no_draft_says_so_or_begins_anew(admin: Reader, address: str):
    assert admin.client.get(f"/send?draft={address}").status_code in (200, 410)


def test_what_was_typed_survives_signing_in_again_with_its_options(stranger: Reader, world: World):
    """Flash and validity too."""
    typed = {"recipients": ANN, "text": "Fire", "flash": "1", "valid": "3", "action": "send"}
    asked = stranger.post("/send", form="/sign-in", **typed)
    assert 'name="flash" hidden>\n1</textarea>' in asked.text
    assert 'name="valid" hidden>\n3</textarea>' in asked.text
    assert lists.page(views.View.ALL) == []
