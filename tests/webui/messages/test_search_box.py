"""The search box above the list: what it finds, says, keeps and lets one do."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest

from gateway.services.jobs.long_work import LongWork, WorkKind
from gateway.services.messages.export_files import KIND
from gateway.store.file import audit, jobs
from gateway.store.messages import lists
from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo
from gateway.store.search import views
from tests.support.work import finish
from tests.webui.conftest import ANN, BOB, Reader, World
from tests.webui.conftest import words as words_of
from webui.messages import export
from webui.page.roles import OPERATOR, needed


def rows(page: str) -> list[int]:
    return [int(i) for i in re.findall(r'<li class="row[^"]*" id="m(\d+)"', page)]


def test_the_box_is_there_in_every_view_and_finds_words_names_and_numbers(
    admin: Reader, world: World
) -> None:
    people.add(ContactInfo("Ann Otieno", ANN), world.clock.now())
    m, other = world.write("The pump has stopped"), world.write("The well", BOB)
    r = world.receive("Which pump?", ANN)
    for view in ("", "received", "sent", "failed", "pending", "calls", "deleted", "untriggered"):
        assert 'role="search"' in admin.get(f"/{view}")
    assert rows(admin.get("/?q=pump")) == [r, m]
    assert rows(admin.get("/?q=otieno")) == rows(admin.get("/?q=07700+900123")) == [r, m]
    assert rows(admin.get("/received?q=pump")) == [r]
    assert rows(admin.get("/pending?q=the&direction=out")) == [other, m]
    page = admin.get("/?q=pump&state=unread")
    assert rows(page) == [r]
    assert "1 message found" in words_of(page)
    assert 'value="pump"' in page


def test_links_of_a_search_stay_in_it(admin: Reader, world: World) -> None:
    made = [world.write(f"pump {n}") for n in range(55)]
    page = admin.get("/?q=pump")
    assert rows(page) == made[:-51:-1]
    assert "55 messages found" in words_of(page)
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older
    second = admin.get(unescape(older[1]))
    assert rows(second) == made[4::-1]
    opened = admin.get(f"/?q=pump&open={made[-1]}")
    assert 'class="detail"' in opened
    assert rows(opened) == rows(page)
    assert f"/?q=pump&amp;open={made[-2]}#m{made[-2]}" in opened.replace(
        f"open={made[-2]}&amp;q=pump", f"q=pump&amp;open={made[-2]}"
    )


def test_a_form_with_empty_fields_leads_to_an_address_without_them(admin: Reader) -> None:
    answer = admin.client.get("/sent?q=pump&direction=&state=&who=&since=&until=&before=&name=x")
    assert (answer.status_code, answer.location) == (303, "/sent?q=pump")
    assert admin.client.get("/sent?q=&state=").location == "/sent"


def test_deleted_messages_are_not_found_and_their_view_searches_the_others(
    admin: Reader, world: World
) -> None:
    m = world.write("pump")
    assert admin.client.get("/deleted?q=pump").location == "/?q=pump"
    assert rows(admin.get("/?q=pump")) == [m]
    admin.post("/selected/confirmed", ids=str(m), action="delete")
    page = admin.get("/?q=pump")
    assert rows(page) == []
    assert "Nothing found in All Communications" in words_of(page)
    assert "Deleted messages are not searched" in words_of(page)


def test_nothing_found_says_what_to_do(admin: Reader, world: World) -> None:
    world.write("pump")
    page = admin.get("/received?q=pump")
    assert "Nothing found in SMS received" in words_of(page)
    assert 'href="/?q=pump"' in page
    assert 'href="/received"' in page


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("q=%3F!", "q", "Type a word or a number"),
        ("q=pump&since=yesterday", "since", "2026-11-27"),
        ("q=pump&since=2026-02-02&until=2026-02-01", "until", "before the first"),
        ("who=Xyz", "f-who", "“Xyz”"),
        ("state=odd", "f-state", "from the list"),
        ("connection=99", "f-connection", "not known"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_everything_typed_is_kept(
    admin: Reader, world: World, query: str, field: str, words: str
) -> None:
    world.write("pump")
    page = admin.get(f"/?{query}")
    assert rows(page) == []
    assert words in words_of(page)
    name = field.removeprefix("f-")
    assert f'id="{name}-error"' in page
    assert f'aria-describedby="{name}-error"' in page
    if "q=pump" in query:
        assert 'value="pump"' in page


def test_all_that_was_found_can_be_deleted_at_once(admin: Reader, world: World) -> None:
    made = [world.write(f"pump {n}") for n in range(60)]
    kept = world.write("well")
    page = admin.get("/?q=pump&tick=page")
    assert "Select all 60 found" in words_of(page)
    page = admin.get("/?q=pump&tick=all")
    assert "All 60 found are ticked" in words_of(page)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    chosen = {k: unescape(fields[k]) for k in ("view", "find", "all", "upto")}
    window = admin.post("/selected", form="/", action="delete", **chosen)
    assert "60 messages" in words_of(window.text)
    admin.post("/selected/confirmed", form="/", action="delete", **chosen)
    assert [r.id for r in lists.page(views.View.ALL)] == [kept]
    assert len(made) == 60


def test_an_open_search_hears_of_new_messages_that_it_would_find(
    admin: Reader, world: World
) -> None:
    m = world.write("pump")
    world.write("well")
    page = admin.get("/?q=pump")
    assert 'data-find="q=pump"' in page
    live = f"/live?view=all&find=q%3Dpump&newer=&ids={m}"
    news = admin.client.get(live, headers={"X-Requested-By": "page"}).json
    assert news["newer"].strip() == ""
    world.write("another pump")
    world.write("another well")
    news = admin.client.get(live, headers={"X-Requested-By": "page"}).json
    assert "1 new message" in words_of(news["newer"])
    assert "/?q=pump" in news["newer"]


def test_texts_of_others_stay_texts(admin: Reader, world: World) -> None:
    groups.make('"><b>x', world.clock.now())
    page = admin.get("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&who=%22%3E%3Ci%3E")
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "<i>" not in page


# export ----------------------------------------------------------------------------------------


def lines(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


def test_the_view_or_the_search_is_exported(admin: Reader, world: World) -> None:
    world.write("=pump", [ANN, BOB])
    world.receive("well")
    assert 'action="/export"' in admin.get("/")
    answer = admin.post("/export", view="all")
    assert answer.mimetype == "text/csv"
    assert re.search(r'filename="?messages-[-0-9]+\.csv', answer.headers["Content-Disposition"])
    assert [r["text"] for r in lines(answer.text)] == ["well", "'=pump", "'=pump"]
    found = admin.post("/export", view="all", find="q=pump&state=pending")
    assert [r["number"] for r in lines(found.text)] == [ANN, BOB]
    assert [(a.action, a.who) for a in audit.page(None, 2)] == [("export", "admin")] * 2
    assert 'action="/export"' not in admin.get("/failed")


def test_a_search_with_a_mistake_is_not_exported(admin: Reader, world: World) -> None:
    world.write("pump")
    answer = admin.post("/export", view="all", find="q=pump&since=x")
    assert (answer.status_code, answer.location) == (303, "/?q=pump&since=x")


def test_a_long_export_is_work_that_can_be_left_and_come_back_to(
    admin: Reader, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 20)
    object.__setattr__(world.box.config, "data", tmp_path)
    files = world.box.files
    world.box.work = LongWork(
        world.clock, world.events, {KIND: WorkKind(files.piece, changes=False)}
    )
    for n in range(30):
        world.write(f"pump {n}")
    answer = admin.client.post("/export", data={"view": "all", "csrf_token": admin.token("/")})
    (job,) = jobs.newest(1)
    assert answer.location == f"/work/{job.id}"
    assert "0 of 30 messages" in words_of(admin.get(answer.location))
    assert admin.client.get(f"/exports/{job.id}").status_code == 404
    finish(world.box.work)
    page = admin.get(answer.location)
    assert "30 messages are in the file" in words_of(page)
    assert "Exporting messages" in words_of(admin.get("/work"))
    file = admin.client.get(f"/exports/{job.id}")
    assert "attachment" in file.headers["Content-Disposition"]
    assert len(lines(file.text)) == 30
    file.close()


def test_who_may_only_read_has_no_export() -> None:
    assert needed("inbox.export") == needed("inbox.exported") == OPERATOR


def test_a_made_up_field_with_too_many_parts_is_no_search(admin: Reader, world: World) -> None:
    message = world.receive("a")
    done = admin.post("/selected", action="unread", m=str(message), find="q=1&" * 40)
    assert done.status_code == 303
