from __future__ import annotations

import re

import pytest

from gateway.store.messages import details, trash
from tests.webui.conftest import ANN, BOB, NAME, Reader, World, words


def _row_ids(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<li class="row[^>]*data-id="(\d+)"', html)]


def _detail(html: str) -> str:
    opened = html[html.index('<div class="detail"') :]
    return words(opened[: opened.index('<div class="buttons">') + 1000])


def _count(html: str, view: str) -> str:
    found = re.search(rf'id="count-{view}">(.*?)</span></a>', html, re.DOTALL)
    assert found
    return words(found[1])


def test_an_empty_box_says_what_to_do_next(admin: Reader) -> None:
    for view in ("/", "/received", "/sent", "/failed", "/pending"):
        page = admin.get(view)
        assert 'class="empty"' in page
    assert "Send SMS" in words(admin.get("/"))


def test_each_message_is_listed_in_the_views_it_belongs_to(admin: Reader, world: World) -> None:
    received = world.receive("came in")
    sent, failed, pending = world.write("a"), world.write("b"), world.write("c")
    mixed = world.write("d", f"{ANN}, {BOB}")
    world.radio(sent, "sent")
    world.radio(failed, "uncertain")
    world.radio(mixed, "sent", "failed")
    assert _row_ids(admin.get("/")) == [mixed, pending, failed, sent, received]
    assert _row_ids(admin.get("/received")) == [received]
    assert _row_ids(admin.get("/sent")) == [mixed, sent]
    assert _row_ids(admin.get("/failed")) == [mixed, failed]
    page = admin.get("/pending")
    assert _row_ids(page) == [pending]
    for view, count in {"all": "5", "sent": "2", "failed": "2", "pending": "1"}.items():
        assert _count(page, view) == count
    assert _count(page, "received") == "1 unread of / 1"


def test_deleted_messages_are_nowhere(admin: Reader, world: World) -> None:
    message = world.receive("gone")
    trash.delete([message], world.clock.now(), NAME)
    page = admin.get(f"/?open={message}")
    assert _row_ids(page) == []
    assert "gone" not in page
    assert admin.client.get(f"/messages/{message}", headers=SCRIPT).status_code == 404


SCRIPT = {"X-Requested-By": "page"}


def test_a_row_opens_by_its_link_and_closes_by_it_again(admin: Reader, world: World) -> None:
    message = world.receive("line one\nline two")
    page = admin.get("/")
    link = re.search(r'class="row-link" href="([^"]+)"', page)
    assert link
    assert 'aria-expanded="false"' in page
    opened = admin.get(link[1].replace("&amp;", "&").split("#")[0])
    assert 'aria-expanded="true"' in opened
    assert "line one\nline two" in opened
    link = re.search(r'class="row-link" href="([^"]+)"', opened)
    assert link
    assert 'class="detail"' not in admin.get(link[1].split("#")[0])
    assert message


def test_opening_a_message_makes_it_read(admin: Reader, world: World) -> None:
    message = world.receive("news")
    assert 'class="row unread"' in admin.get("/")
    admin.get(f"/messages/{message}", **SCRIPT)
    assert 'class="row unread"' not in admin.get("/")
    assert _count(admin.get("/"), "received") == "1"


def test_listing_messages_does_not_make_them_read(admin: Reader, world: World) -> None:
    message = world.receive("news")
    for path in ("/", "/received", f"/live?ids={message}&open={message}"):
        admin.get(path)
    found = details.get(message)
    assert found is not None
    assert found.read_at is None


def test_a_received_message_opens_with_its_times_number_and_connection(
    admin: Reader, world: World
) -> None:
    message = world.receive("hello")
    detail = _detail(admin.get(f"/?open={message}"))
    for said in ("hello", "From +44 7700 900123", "Received", "Sent", "UTC+01:00", "Reply to"):
        assert said in detail
    assert world.line.name in detail


def test_a_sent_message_opens_with_each_recipients_state_and_reason(
    admin: Reader, world: World
) -> None:
    message = world.write("hello", f"{ANN}, {BOB}, +447700900789")
    world.radio(message, "sent", "failed", "uncertain")
    detail = _detail(admin.get(f"/?open={message}"))
    assert "The network refused the number. (CMS 1)" in detail
    assert "No answer came." in detail
    assert "May have been sent" in detail
    assert detail.index("Failed") < detail.index("May have been sent") < detail.index(" Sent ")
    assert "admin on the page" in detail
    assert "1 SMS each" in detail


def test_a_mixture_of_states_is_summed_up_with_trouble_first(admin: Reader, world: World) -> None:
    message = world.write("hello", f"{ANN}, {BOB}, +447700900789")
    world.radio(message, "sent", "failed", "sent")
    page = words(admin.get("/"))
    assert "and 2 more" in page
    assert "1 failed, 2 sent" in page


def test_a_long_message_says_how_far_it_is(admin: Reader, world: World) -> None:
    message = world.write("x" * 200)
    world.radio(message, "sent")
    assert "Length 2 SMS" in _detail(admin.get(f"/?open={message}"))


def test_pages_of_fifty_go_on_where_the_last_one_ended(admin: Reader, world: World) -> None:
    ids = [world.write(f"number {n}") for n in range(103)]
    seen: list[int] = []
    path: str | None = "/"
    while path:
        page = admin.get(path)
        seen += _row_ids(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1] if older else None
    assert seen == ids[::-1]


def test_a_link_to_an_old_message_shows_it_opened(admin: Reader, world: World) -> None:
    ids = [world.write(f"number {n}") for n in range(60)]
    page = admin.get(f"/?open={ids[2]}")
    assert _row_ids(page)[0] == ids[2]
    assert "number 2" in _detail(page)


@pytest.mark.parametrize("open_", ["0", "-1", "99999", "9" * 30, "x", ""])
def test_a_link_to_no_message_shows_the_list(admin: Reader, world: World, open_: str) -> None:
    message = world.receive("here")
    assert _row_ids(admin.get(f"/?open={open_}")) == [message]
    assert _row_ids(admin.get(f"/?before={open_}&queued={open_}")) in ([message], [])


def test_a_sender_that_is_a_name_is_not_offered_for_reply(admin: Reader, world: World) -> None:
    message = world.receive("Your balance", sender="BANK")
    page = admin.get(f"/?open={message}")
    assert "/send?reply=" not in page
    assert "“BANK” is a name, not a number" in page
    response = admin.client.get(f"/send?reply={message}")
    assert response.status_code == 409
    assert "“BANK” is a name" in response.text


def test_texts_in_any_script_stand_by_themselves(admin: Reader, world: World) -> None:
    message = world.receive("שלום 😀")
    page = admin.get(f"/?open={message}")
    assert '<div class="text" dir="auto">שלום 😀</div>' in page


# resending -------------------------------------------------------------------------------------


def test_what_failed_is_sent_again_with_one_click(admin: Reader, world: World) -> None:
    message = world.write("hello", f"{ANN}, {BOB}")
    world.radio(message, "sent", "failed")
    assert "Resend 1 SMS" in _detail(admin.get(f"/failed?open={message}"))
    response = admin.post(f"/messages/{message}/resend", view="failed")
    assert response.status_code == 303
    page = admin.get(response.headers["Location"].split("#")[0])
    assert "1 SMS queued again." in words(page)
    assert _count(page, "failed") == "0"
    assert _count(page, "pending") == "1"


def test_what_may_have_been_sent_asks_first(admin: Reader, world: World) -> None:
    message = world.write("hello")
    world.radio(message, "uncertain")
    response = admin.post(f"/messages/{message}/resend")
    assert response.status_code == 200
    assert "You are about to resend 1 SMS" in response.text
    assert "may have been sent already" in words(response.text)
    assert _count(admin.get("/"), "pending") == "0"
    window = {"ids": str(message), "action": "resend", "uncertain": "yes"}
    assert "may have been sent already" in words(admin.post("/selected/confirmed", **window).text)
    assert _count(admin.get("/"), "pending") == "0"
    admin.post("/selected/confirmed", **window, sure="yes")
    assert _count(admin.get("/"), "pending") == "1"


def test_of_failed_and_uncertain_ones_the_failed_can_be_resent_alone(
    admin: Reader, world: World
) -> None:
    message = world.write("hello", f"{ANN}, {BOB}")
    world.radio(message, "failed", "uncertain")
    found = details.get(message)
    assert found is not None
    failed, uncertain = (d.id for d in found.dispatches)
    page = words(admin.post(f"/messages/{message}/resend").text)
    assert "You are about to resend 1 SMS" in page
    assert "Also 1 SMS that may have been sent already" in page
    admin.post("/selected/confirmed", ids=str(message), action="resend")
    found = details.get(message)
    assert found is not None
    assert [d.state for d in found.dispatches] == ["pending", "uncertain"]
    assert failed < uncertain


def test_resending_a_message_that_is_fine_does_nothing(admin: Reader, world: World) -> None:
    message = world.write("hello")
    world.radio(message, "sent")
    assert admin.post(f"/messages/{message}/resend", confirmed="yes").status_code == 303
    assert _count(admin.get("/"), "sent") == "1"
    assert admin.post("/messages/999/resend").status_code == 404


# the strip above -------------------------------------------------------------------------------


def test_the_state_of_the_modems_stands_above_in_words(admin: Reader, world: World) -> None:
    from gateway.modem.ledger import Telemetry

    assert "No modem is set up" in admin.get("/")
    world.telemetry = [
        Telemetry(
            port="/dev/ttyUSB0",
            state="ready",
            connection_id=world.line.connection_id,
            operator="Simnet",
            signal_dbm=-79,
        ),
        Telemetry(port="/dev/ttyUSB1", state="sim_missing", why="Put a SIM into it."),
    ]
    page = words(admin.get("/"))
    assert f"{world.line.name} Ready on Simnet , signal good (-79 dBm)" in page
    assert "/dev/ttyUSB1 No SIM. Put a SIM into it." in page
    world.telemetry[1] = Telemetry(port="/dev/ttyUSB1", state="failed", why="Take it out. " * 20)
    page = words(admin.get("/"))
    assert "/dev/ttyUSB1 Needs attention" in page
    assert "Take it out" not in page  # that is a page's worth; it stands under Health


def test_a_busy_or_full_store_is_a_plain_page_that_says_so(
    admin: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.store.file.database import StoreFull

    def full(*args: object, **more: object) -> None:
        raise StoreFull("The disk with the data folder is full; make room.")

    monkeypatch.setattr("gateway.services.messages.accept.outbox.add", full)
    response = admin.post("/send", recipients=ANN, text="hello")
    assert response.status_code == 503
    assert "disk with the data folder is full" in response.text
    assert response.headers["Retry-After"]
