from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from jinja2 import FileSystemBytecodeCache

from gateway.simnet import Network
from hw.simulator import SimulatedModem
from tests.webui.conftest import ANN, Reader, World, make_app, words


@pytest.fixture
def network() -> Iterator[Network]:
    network = Network()
    network.add_modem("+447700900001")
    network.add_modem("+447700900002")
    yield network
    network.stop()


@pytest.fixture
def player(world: World, network: Network, templates: FileSystemBytecodeCache) -> Reader:
    """Somebody signed in at a simulated box."""
    world.box.phone = network
    reader = Reader(make_app(world, templates).test_client())
    reader.sign_in()
    return reader


def test_a_real_box_has_no_pretend_phone(admin: Reader) -> None:
    assert admin.client.get("/phone").status_code == 404
    assert "Pretend phone" not in admin.get("/")


def test_strangers_cannot_use_it(player: Reader) -> None:
    player.post("/sign-out")
    for path in ("/phone", "/phone/talk"):
        assert player.client.get(path).status_code == 303


def test_every_page_leads_to_it_in_simulation(player: Reader) -> None:
    assert 'href="/phone"' in player.get("/")
    page = player.get("/phone")
    assert "Nothing said yet" in page
    assert re.findall(r'<option value="([^"]+)"', page) == ["+447700900001", "+447700900002"]


def test_what_is_written_goes_to_the_box_and_stands_in_the_conversation(
    player: Reader, network: Network
) -> None:
    response = player.post(
        "/phone", form="/phone", number="07700 900123", to="+447700900002", text="Hi 😀\r\nbox"
    )
    assert response.status_code == 303
    page = player.get(response.headers["Location"])
    assert "Hi 😀\nbox" in page
    assert [(m.peer, m.text) for m in network.conversation(ANN)] == [
        ("+447700900002", "Hi 😀\nbox")
    ]
    assert "To +44 7700 900002" in words(page)


def test_what_the_box_answers_appears_without_reloading(player: Reader, network: Network) -> None:
    path = "/phone/talk?number=%2B447700900123"
    first = player.client.get(path)
    again = player.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    network.phone_send("+447700900999", ANN, "From another phone")
    news = player.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert news.status_code == 200
    assert "From another phone" in news.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": " "}, "Write a message."),
        ({"to": "+447700900123"}, "Choose one of the box"),
        ({"number": "+447700900123, +447700900124"}, "Enter one phone number"),
        ({"text": "x" * 50_000}, "too long"),
    ],
)
def test_mistakes_are_told_and_what_was_typed_is_kept(
    player: Reader, network: Network, typed: dict[str, str], said: str
) -> None:
    fields = {"number": ANN, "to": "+447700900001", "text": "My words"} | typed
    response = player.post("/phone", form="/phone", **fields)
    assert response.status_code == 400
    assert said in response.text
    assert fields["text"][:100].strip() in response.text
    assert network.conversation(ANN) == []


def test_the_pretend_phone_writes_from_a_name(player: Reader, network: Network) -> None:
    response = player.post(
        "/phone", form="/phone", number="BANK", to="+447700900002", text="Your code"
    )
    assert response.status_code == 303
    assert "Your code" in player.get(response.headers["Location"])
    assert [m.text for m in network.conversation("BANK")] == ["Your code"]


@pytest.mark.parametrize("number", ["", "B A/N_K_much_too_long", "12,13", "~"])
def test_what_is_neither_number_nor_name_is_refused(player: Reader, number: str) -> None:
    response = player.post("/phone", form="/phone", number=number, to="+447700900002", text="x")
    assert response.status_code == 400
    assert "or a name such as BANK" in response.text


def test_the_pretend_phone_calls(
    player: Reader, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(SimulatedModem, "ring", lambda modem, caller: calls.append(caller))
    form = {"number": "07700 900123", "to": "+447700900002", "text": "", "action": "call"}
    response = player.post("/phone", form="/phone", **form)
    assert "It rings at the box" in player.get(response.headers["Location"])
    assert calls == [ANN]
    refused = player.post("/phone", form="/phone", **(form | {"number": "BANK"}))
    assert "Only a phone number can call." in refused.text
