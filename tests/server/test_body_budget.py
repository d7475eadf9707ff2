"""What strangers may send, and what stays for everybody else."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from gateway.server import bounds
from gateway.server.body_budget import AnnouncedBody, BodyAllowance, BodyBudgets, BudgetSpent
from tests.server.served import Serve, head, whole
from tests.support.box import eventually
from tests.webui.conftest import Reader, World
from webui import create_app
from webui.page import security

API = "/api/v1/messages"
KIB, MIB = 1 << 10, 1 << 20


# deciding --------------------------------------------------------------------------------------


def budgets() -> BodyBudgets:
    """Browsers are known by a cookie, addresses by their beginning."""
    return BodyBudgets(lambda headers: "COOKIE" in headers, lambda who: who.startswith("10.1."))


def body(length: int, address: str = "10.9.0.1", **headers: str) -> AnnouncedBody:
    """`length` 0: in chunks."""
    return AnnouncedBody(headers, address, length, chunked=not length)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (body(32 * KIB), 32 * KIB),
        (body(32 * KIB + 1), 512 * KIB),
        (body(512 * KIB), 512 * KIB),
        (body(512 * KIB + 1), 413),
        (body(512 * KIB + 1, "10.1.0.1"), 413),  # an address is not who sits there
        (body(512 * KIB + 1, COOKIE="x"), 5 * MIB),
        (body(5 * MIB, COOKIE="x"), 5 * MIB),
        (body(5 * MIB + 1, COOKIE="x"), 413),
        (body(0), 512 * KIB),
        (body(0, COOKIE="x"), 5 * MIB),
        (body(0, CONTENT_LENGTH="0"), 400),
    ],
)
def test_what_one_body_may_take_up(asked: AnnouncedBody, answer: int) -> None:
    given = budgets().allow(asked)
    assert (given.most if isinstance(given, BodyAllowance) else given.code) == answer


@pytest.mark.parametrize(
    ("asked", "one", "all_together"),
    [
        (body(512 * KIB), 2, 8),
        (body(512 * KIB, "10.1.0.1"), 20, 48),
        (body(512 * KIB, COOKIE="x"), 20, 48),
        (body(5 * MIB, COOKIE="x"), 2, 4),
    ],
)
def test_how_many_bodies_may_come_in_at_once(
    asked: AnnouncedBody, one: int, all_together: int
) -> None:
    """From one address, and from all; what is given back can be taken again."""
    shared = budgets()
    taken = [shared.allow(asked) for _ in range(one + 1)]
    assert [isinstance(t, BodyAllowance) for t in taken] == [True] * one + [False]
    others = (replace(asked, address=asked.address[:-1] + str(n)) for n in range(2, 200))
    while isinstance(given := shared.allow(next(others)), BodyAllowance):
        taken.append(given)
    held = [t for t in taken if isinstance(t, BodyAllowance)]
    assert len(held) == all_together
    assert isinstance(given, BudgetSpent)
    for _ in range(2):  # twice is no more than once
        held[0].give_back()
    assert isinstance(shared.allow(asked), BodyAllowance)
    assert not isinstance(shared.allow(asked), BodyAllowance)


@pytest.mark.parametrize(("proxy", "shares"), [("10.9.0.1", 2), ("10.9.0.2", 1), ("", 1)])
def test_whose_share_it_is_only_the_proxy_may_say(proxy: str, shares: int) -> None:
    """Else whoever invents an address for each request has the whole budget."""
    room = BodyBudgets(lambda headers: False, proxy=proxy)
    for told in ("10.2.0.1", "10.2.0.1, 10.3.0.1"):  # what it was told itself stands before
        for _ in range(2):
            room.allow(body(512 * KIB, X_FORWARDED_FOR=told))
    assert room.strangers.taken == shares * MIB


def test_a_body_in_chunks_may_be_small_when_the_budget_is_spent() -> None:
    shared = budgets()
    for _ in range(2):
        shared.allow(body(512 * KIB))
    chunked = shared.allow(body(0))
    assert isinstance(chunked, BodyAllowance)
    assert chunked.most == 32 * KIB


# on the wire -----------------------------------------------------------------------------------


def cookies_of_a_known_browser(world: World) -> str:
    with create_app(world.box).test_client() as client:
        reader = Reader(client)
        assert reader.sign_in().status_code == 303
        reader.post("/sign-out", form="/")
        known = client.get_cookie(security.KNOWN_COOKIE)
    assert known is not None
    return f"Cookie: {security.KNOWN_COOKIE}={known.value}"


def test_large_bodies_of_strangers_share_little_room_and_small_ones_always_pass(
    serve: Serve, world: World
) -> None:
    served, each = serve(), bounds.STRANGERS_EACH
    places = bounds.STRANGERS // each
    strangers = served.server.budgets.strangers
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(served.open(f"127.0.3.{n}")) for n in range(places)]
        for one in crowd:
            one.sendall(head(each) + b"x" * 1000)
        eventually(lambda: strangers.taken == bounds.STRANGERS)
        late = stack.enter_context(served.open())
        late.sendall(head(each))
        answer = whole(late)
        assert b" 503 " in answer
        assert b"Retry-After: 60" in answer
        chunked = stack.enter_context(served.open())
        chunked.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            + (b"2000\r\n" + b"x" * 0x2000 + b"\r\n") * 5
        )
        assert b" 413 " in chunked.recv(4096)
        small = stack.enter_context(served.open())
        small.sendall(head(bounds.SMALL) + b"x" * bounds.SMALL)
        assert b" 403 " in small.recv(4096)
        known = stack.enter_context(served.open())
        known.sendall(head(each, cookies_of_a_known_browser(world)))
        eventually(lambda: served.server.budgets.known.taken == each)
        crowd[0].close()
        eventually(lambda: strangers.taken == bounds.STRANGERS - each)
        crowd[1].sendall(b"x" * (each - 1000))
        assert b" 403 " in crowd[1].recv(4096)
        eventually(lambda: strangers.taken == bounds.STRANGERS - 2 * each)
    eventually(lambda: strangers.taken == 0)
    eventually(lambda: served.server.budgets.known.taken == 0)


def test_only_who_has_signed_in_before_may_upload(serve: Serve, world: World) -> None:
    served = serve()
    size = bounds.STRANGERS_EACH + 1
    for cookie in ("", "Cookie: pigeonbox_known=WyJhZG1pbiIsICJ4Il0.forged", "Cookie: pigeonbox=x"):
        with served.open() as stranger:
            stranger.sendall(head(size, *filter(None, [cookie]), path="/people/import"))
            answer = whole(stranger)
        assert b" 413 " in answer
        assert b"not signed in" in answer
    with served.open() as known:
        known.sendall(head(size, cookies_of_a_known_browser(world), path="/people/import"))
        known.sendall(b"x" * size)
        assert b" 303 " in known.recv(4096)  # to the sign-in page: its session has ended


def test_slow_bodies_of_one_address_leave_room_for_all_others(serve: Serve, world: World) -> None:
    """Eight of them, as large as strangers may send, held every program up for a minute."""
    served, each = serve(), bounds.STRANGERS_EACH
    strangers = served.server.budgets.strangers
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(served.open()) for _ in range(8)]
        for one in crowd:
            one.sendall(head(each, path=API) + b"x" * 1000)
        eventually(lambda: strangers.taken == bounds.OF_ONE_STRANGER)
        refused = whole(crowd[-1])
        assert b" 503 " in refused
        token = world.box.programs.add("till", ["send"])
        program = stack.enter_context(served.open("127.0.0.9"))
        program.sendall(head(each, f"Authorization: Bearer {token}", path=API) + b"x" * each)
        assert b" 503 " not in program.recv(4096)


def test_an_address_that_was_let_in_has_room_that_strangers_cannot_take(
    serve: Serve, world: World
) -> None:
    served, each = serve(), bounds.STRANGERS_EACH
    token = world.box.programs.add("till", ["send", "read"])
    assert served.get("/api/v1/inbox", Authorization=f"Bearer {token}").status == 200
    with contextlib.ExitStack() as stack:
        for n in range(8):
            one = stack.enter_context(served.open(f"127.0.2.{n}"))
            one.sendall(head(each, path=API))
        eventually(lambda: served.server.budgets.strangers.taken == bounds.STRANGERS)
        program = stack.enter_context(served.open())
        program.sendall(head(each, f"Authorization: Bearer {token}", path=API) + b"x" * each)
        assert b" 503 " not in program.recv(4096)


def test_behind_a_proxy_it_is_the_clients_share(serve: Serve) -> None:
    served = serve(trusted_proxy="127.0.0.1")
    each = bounds.STRANGERS_EACH
    with contextlib.ExitStack() as stack:
        for n in range(4):
            one = stack.enter_context(served.open())
            one.sendall(head(each, f"X-Forwarded-For: 10.9.9.9, 10.0.0.{n}", path=API))
        eventually(lambda: served.server.budgets.strangers.taken == 4 * each)
