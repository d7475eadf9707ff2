"""After a button of a list one is where one was, and what was deleted can be taken back."""

from __future__ import annotations

import re

import pytest

from gateway.events import Events
from gateway.services.jobs.long_work import LongWork, WorkKind
from gateway.services.messages.bulk import KIND, BulkAction, BulkActions, BulkTask, Selection
from gateway.services.people.people import TypedContact
from gateway.services.schedules import schedule_people
from gateway.store.messages import trash
from gateway.store.people import blocked, people
from gateway.store.people.people import ContactFilter
from gateway.store.schedules import schedules
from gateway.store.search import views
from tests.support.work import finish
from tests.webui.conftest import ANN, BOB, Reader, World, field, words
from tests.webui.messages.test_selected import row_ids
from tests.webui.schedules.test_scheduled import ahead, keep


def pages(reader: Reader, world: World, many: int) -> tuple[list[int], str]:
    """So many messages, oldest first, and the address of the second page."""
    ids = [world.receive(f"needle {n}") for n in range(many)]
    found = re.search(r"/received\?before=\d+", reader.get("/received"))
    assert found
    return ids, found[0]


def done(reader: Reader, action: str, *ids: int, **more: object) -> str:
    """Where the window's own button leads."""
    chosen = {"ids": ",".join(map(str, ids))} if ids else {}
    answer = reader.post("/selected/confirmed", action=action, **chosen, **more)
    assert answer.status_code == 303
    return answer.headers["Location"]


def undo(reader: Reader, page: str) -> str:
    names = ("view", "undo", *(n for n in ("before", "find") if f'name="{n}"' in page))
    form = page[page.index('name="undo"') - 800 :]
    fields = {n: field(form, n) for n in names}
    answer = reader.post("/selected", action="restore", **fields)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_after_a_delete_one_is_at_the_row_below_on_the_same_page(admin: Reader, world: World):
    ids, second = pages(admin, world, 58)
    before = second.partition("=")[2]
    there = done(admin, "delete", ids[5], view="received", before=before)
    assert there.startswith(second)
    assert there.endswith(f"#m{ids[4]}")
    assert ids[5] not in row_ids(admin.get(there.partition("#")[0]))


@pytest.mark.parametrize(
    ("gone", "at"),
    [((0,), 1), ((5, 4), 3), ((5, 0), 1)],  # the last one; several; the last one among them
)
def test_the_neighbour_is_the_next_row_that_is_still_there(
    admin: Reader, world: World, gone: tuple[int, ...], at: int
):
    ids = [world.receive(f"n{n}") for n in range(6)]
    there = done(admin, "delete", *(ids[n] for n in gone), view="received")
    assert there.endswith(f"#m{ids[at]}")


def test_of_a_page_that_is_empty_then_the_first_one_is_shown(admin: Reader, world: World):
    ids, second = pages(admin, world, 52)
    there = done(admin, "delete", *ids[:2], view="received", before=second.partition("=")[2])
    assert there.startswith("/received?said=delete")
    assert there.endswith(f"#m{ids[2]}")


def test_what_stays_in_the_list_is_where_one_is(admin: Reader, world: World):
    ids = [world.receive(f"n{n}") for n in range(3)]
    answer = admin.post("/selected", action="read", m=str(ids[1]), view="received")
    assert answer.headers["Location"].endswith(f"#m{ids[1]}")


def test_one_comes_back_to_a_search(admin: Reader, world: World):
    ids, _ = pages(admin, world, 52)
    there = done(admin, "delete", ids[9], view="received", find="q=needle")
    assert "q=needle" in there
    assert there.endswith(f"#m{ids[8]}")
    back = undo(admin, admin.get(there.partition("#")[0]))
    assert "q=needle" in back
    assert back.endswith(f"#m{ids[9]}")


# undo ------------------------------------------------------------------------------------------


def test_undo_brings_back_exactly_what_was_deleted(admin: Reader, world: World):
    ids = [world.receive(f"n{n}") for n in range(5)]
    done(admin, "delete", ids[0], view="all")
    there = done(admin, "delete", *ids[:3], view="received")  # the first is deleted already
    page = admin.get(there.partition("#")[0])
    assert "2 messages deleted." in words(page)
    back = undo(admin, page)
    assert back.startswith("/received?said=restore&n=2")
    assert row_ids(admin.get("/received")) == ids[:0:-1]
    assert row_ids(admin.get("/deleted")) == [ids[0]]


def test_undo_of_a_whole_view_leaves_alone_what_was_deleted_otherwise(admin: Reader, world: World):
    ids = [world.receive(f"n{n}") for n in range(4)]
    done(admin, "delete", ids[0], view="received")
    there = done(admin, "delete", all="received", upto=str(ids[2]), view="received")
    undo(admin, admin.get(there.partition("#")[0]))
    assert row_ids(admin.get("/received")) == ids[:0:-1]


def test_two_deletions_of_one_moment_are_two(world: World):
    """The clock of the tests stands still."""
    first, second = world.receive("a"), world.receive("b")
    outcomes = [
        BulkActions(world.clock, Events()).carry_out(
            BulkTask(BulkAction.DELETE, Selection((i,)), "admin")
        )
        for i in (first, second)
    ]
    assert outcomes[0].deletion != outcomes[1].deletion
    undone = BulkTask(BulkAction.RESTORE, Selection(deletion=outcomes[1].deletion), "admin")
    assert BulkActions(world.clock, Events()).do(undone) == 1
    assert views.ids(views.View.RECEIVED, None, 9) == [second]


def test_undo_that_comes_twice_or_late_says_so(admin: Reader, world: World):
    message = world.receive("a")
    page = admin.get(done(admin, "delete", message, view="received").partition("#")[0])
    undo(admin, page)
    again = admin.get(undo(admin, page).partition("#")[0])
    assert "restored already" in words(again)


def test_a_made_up_undo_is_a_button_and_does_nothing_by_itself(admin: Reader, world: World):
    message = world.receive("a")
    there = done(admin, "delete", message, view="received").partition("#")[0]
    for _ in range(2):
        admin.get(there)
    assert views.counts().deleted == 1
    assert "Undo" not in words(admin.get("/received?said=delete&n=1&undo=x"))


def test_long_work_can_be_taken_back_when_it_is_done(
    admin: Reader, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gateway.services.messages.bulk.AT_ONCE", 2)
    interactions = BulkActions(world.clock, world.events)
    work = LongWork(world.clock, world.events, {KIND: WorkKind(interactions.piece)})
    world.box.work = work
    ids = [world.receive(f"n{n}") for n in range(5)]
    done(admin, "delete", ids[0], view="received")
    there = done(admin, "delete", *ids[1:4], view="received")
    assert there.startswith("/work/")
    assert "Undo" not in words(admin.get(there))
    finish(work)
    page = admin.get(there)
    undo(admin, page)
    finish(work)
    assert row_ids(admin.get("/received")) == ids[:0:-1]


# other lists -----------------------------------------------------------------------------------


def test_a_scheduled_one_that_is_cancelled_leaves_one_at_its_neighbour(admin: Reader, world: World):
    for n in range(3):
        keep(admin, world, text=f"n{n}", **ahead(world, hours=3 + n))
    first, second, third = schedules.waiting()
    page = admin.get("/scheduled")
    row = page[page.index(f'id="s{second.id}"') :]
    beside = field(row, "beside")
    assert beside == str(third.id)
    fields = {"version": second.version, "beside": beside, "after": "1-1"}
    answer = admin.post(f"/scheduled/{second.id}/cancel", form="/scheduled", **fields)
    assert answer.headers["Location"].endswith(f"after=1-1#s{third.id}")
    paused = admin.post(f"/scheduled/{first.id}/pause", form="/scheduled", version=first.version)
    assert paused.headers["Location"].endswith(f"#s{first.id}")


def test_people_are_left_where_they_were_ticked(admin: Reader, world: World):
    ids = [world.box.people.add(TypedContact(f"P{n:02}", "", "", {}), ()) for n in range(53)]
    after = re.search(r"after=([^\"&]+)", admin.get("/people"))
    assert after
    more = {"after": after[1], "action": "delete", "confirmed": "1"}
    gone = admin.post("/people/several", form="/people", id=str(ids[51]), **more)
    assert f"after={after[1]}" in gone.headers["Location"]
    assert gone.headers["Location"].endswith(f"#p{ids[52]}")
    group = world.box.people.make_group("G")
    more = {"action": "join", "to": str(group)}
    joined = admin.post("/people/several", form="/people", id=str(ids[7]), **more)
    assert joined.headers["Location"].endswith(f"#p{ids[7]}")
    assert people.count(ContactFilter()) == 52


def test_the_page_that_asks_about_people_keeps_the_place(admin: Reader, world: World):
    ids = [world.box.people.add(TypedContact(f"P{n:02}", "", "", {}), ()) for n in range(53)]
    asked = admin.post(
        "/people/several", form="/people", id=str(ids[51]), action="delete", after="7-x"
    )
    assert field(asked.text, "after") == "7-x"


def test_an_unblocked_number_can_be_blocked_again(admin: Reader, world: World):
    for number in (ANN, BOB):
        world.clock.ms += 1000
        world.box.people.block(number, "admin")
    answer = admin.post("/people/blocked", form="/people/blocked", action="free", number=BOB)
    there, _, anchor = answer.headers["Location"].partition("#")
    assert anchor == f"b{ANN}"
    page = admin.get(there)
    assert "+44 7700 900456 is not blocked any more." in words(page)
    assert "Undo" in words(page)
    assert "is not blocked" not in words(admin.get("/people/blocked?said=free&about=Call%20me"))
    assert "is not blocked" not in words(admin.get(f"/people/blocked?said=free&about=%2B{ANN[1:]}"))
    assert blocked.get(BOB) is None


def test_contacts_come_back_as_they_were(admin: Reader, world: World):
    group = world.box.people.make_group("Staff")
    ann = world.box.people.add(TypedContact("Ann", ANN, "at the till", {}), (group,))
    bob = world.box.people.add(TypedContact("Bob", BOB, "", {}), ())
    before = people.get(ann)
    more = {"action": "delete", "confirmed": "1"}
    gone = admin.post("/people/several", form="/people", id=[str(ann), str(bob)], **more)
    page = admin.get(gone.headers["Location"].partition("#")[0])
    assert "2 people deleted." in words(page)
    world.box.people.add(
        TypedContact("Robert", BOB, "", {}), ()
    )  # who has the number by now keeps it
    fields = {"action": "restore", "undo": field(page, "undo")}
    back = admin.post("/people/several", form="/people", **fields)
    assert "1 person brought back." in words(admin.get(back.headers["Location"].partition("#")[0]))
    assert people.get(ann) == before
    assert people.get(bob) is None
    again = admin.post("/people/several", form="/people", **fields)
    assert "Nobody was brought back" in words(admin.get(again.headers["Location"]))
    assert "Undo" not in words(admin.get("/people?done=delete&n=1&undo=x"))


def test_what_is_planned_for_somebody_deleted_goes_to_nobody_else(admin: Reader, world: World):
    """Plans name people by their id, and a new contact must not take over an old one."""
    ann = world.box.people.add(TypedContact("Ann", ANN, "", {}), ())
    keep(admin, world, recipients="Ann")
    world.box.people.delete([ann], "admin")
    assert world.box.people.add(TypedContact("Bob", BOB, "", {}), ()) != ann
    (planned,) = schedules.waiting()
    assert schedule_people.expand(planned.content.recipients).numbers == (ANN,)


def test_what_was_gone_meanwhile_is_said(admin: Reader, world: World):
    ids = [world.receive(f"m{n}") for n in range(3)]
    trash.delete(ids[:1], world.clock.now(), "bob")
    chosen = {"action": "delete", "view": "all", "ids": ",".join(map(str, ids))}
    answer = admin.post("/selected/confirmed", **chosen)
    assert answer.status_code == 303, answer.text
    assert "2 messages deleted. 1 was not there any more." in words(admin.get(answer.location))
