"""What programs and the owner find while strangers guess: over waitress, with real threads."""

from __future__ import annotations

import base64
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from gateway.services.accounts import passwords
from gateway.store.file import audit
from tests.server.served import Serve, Served
from tests.webui.conftest import NAME, PASSWORD, Reader, World, field
from webui.page.security import KNOWN_COOKIE


def ask(
    served: Served, path: str, *, source: str = "127.0.0.1", body: str | None = None, **headers: str
) -> http.client.HTTPResponse:
    """From an address of its own: all of 127.0.0.0/8 is this machine."""
    asked = http.client.HTTPConnection(
        "127.0.0.1", served.port, timeout=30, source_address=(source, 0)
    )
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    asked.request("GET" if body is None else "POST", path, body, sent)
    answer = asked.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    asked.close()
    return answer


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_guesses_at_basic_are_held_back_also_when_one_is_right(serve: Serve) -> None:
    served = serve()
    right = basic(NAME, PASSWORD)
    assert ask(served, "/api/v1/inbox", Authorization=right).status == 200
    for number in range(5):
        wrong = basic(NAME, f"guess {number}")
        assert ask(served, "/api/v1/inbox", Authorization=wrong).status == 401
    for guess in (basic(NAME, "guess"), right, right):
        answer = ask(served, "/api/v1/inbox", Authorization=guess)
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) >= 1
    assert ask(served, "/api/v1/inbox", source="127.0.0.9", Authorization=right).status == 200
    rows = [a.detail for a in audit.page(None, 100) if a.action == "sign-in refused"]
    assert sum("too many tries from 127.0.0.1" in row for row in rows) == 1


@pytest.fixture
def under_attack(
    serve: Serve, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Served]]:
    """Call it to begin: strangers guess from eight addresses all the time; a hash takes 20 ms."""
    over, threads = threading.Event(), []
    served = serve()
    refused: list[int] = []

    def slow(password: str, stored: str, real: Callable[..., bool] = passwords.matches) -> bool:
        over.wait(0.02)
        return real(password, stored)

    def guess(number: int) -> None:
        tries = 0
        while not over.is_set():
            tries += 1
            wrong = basic(NAME, f"guess {number} {tries}")
            # every few tries another address: no address is ever held back for itself
            source = f"127.{1 + number}.{tries // 4 % 250}.1"
            refused.append(ask(served, "/api/v1/inbox", source=source, Authorization=wrong).status)

    def begin() -> Served:
        monkeypatch.setattr(passwords, "matches", slow)
        monkeypatch.setattr(
            "gateway.services.accounts.accounts._over_all", _no_limit_of_all_addresses
        )
        for number in range(8):
            threads.append(threading.Thread(target=guess, args=(number,)))
            threads[-1].start()
        ends = time.monotonic() + 30
        while 429 not in refused:  # the queue of hashing is full
            assert time.monotonic() < ends
            over.wait(0.01)
        return served

    yield begin
    over.set()
    for thread in threads:
        thread.join()


def _no_limit_of_all_addresses(kind: str, name: str) -> object:
    """So that nothing but the queue holds anybody back."""
    from gateway.services.accounts.throttle import Limit

    return Limit((kind, name), 10**9)


def test_the_owners_browser_signs_in_at_once_under_attack(
    under_attack: Callable[[], Served], admin: Reader
) -> None:
    cookie = admin.client.get_cookie(KNOWN_COOKIE)
    assert cookie
    served = under_attack()
    for number in range(5):
        source = f"127.200.0.{number + 1}"  # a lease of its own each time
        known = f"{KNOWN_COOKIE}={cookie.value}"
        page = ask(served, "/sign-in", source=source, Cookie=known)
        assert page.status == 200
        form = {
            "csrf_token": field(page.text, "csrf_token"),  # type: ignore[attr-defined]
            "name": NAME,
            "password": PASSWORD,
        }
        cookies = "; ".join([known, str(page.headers["Set-Cookie"]).partition(";")[0]])
        answer = ask(
            served,
            "/sign-in",
            source=source,
            body=urlencode(form),
            Cookie=cookies,
            Content_Type="application/x-www-form-urlencoded",
        )
        assert answer.status == 303, answer.text  # type: ignore[attr-defined]


def test_a_program_whose_address_was_in_before_goes_on_under_attack(
    under_attack: Callable[[], Served], world: World
) -> None:
    world.accounts.check_basic(NAME, PASSWORD, "127.0.0.1")
    world.accounts._good.clear()  # it has to be hashed anew
    served = under_attack()
    for _ in range(5):
        world.accounts._good.clear()
        answer = ask(served, "/api/v1/inbox", Authorization=basic(NAME, PASSWORD))
        assert answer.status == 200
