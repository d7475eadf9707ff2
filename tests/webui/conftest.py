"""The page over a real store and real services; only the modems are missing."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from gateway import sms
from gateway.config import Config, Http
from gateway.events import Events, OutboxChanged
from gateway.modem.ledger import Telemetry
from gateway.process.box import Box
from gateway.services.accounts.accounts import Accounts
from gateway.services.box.preferences import Preferences
from gateway.services.connections.status import StatusReader
from gateway.services.messages.accept import Messages, WrittenMessage
from gateway.store.connections import connections
from gateway.store.messages import details, inbox, outbox
from tests.server.served import Serve, Served, served_page
from webui import create_app

NAME, PASSWORD = "admin", "correct horse"
ANN, BOB = "+447700900123", "+447700900456"


class FakeClock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.ms = int(time.time() * 1000)
        self.seconds = 1000.0

    def now(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.seconds


class World:
    """A box without modems, and hands to make things happen in it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.events = Events()
        self.telemetry: list[Telemetry] = []
        self.accounts = Accounts(self.clock)
        self.box = Box(
            config=Config(country="GB", http=Http(trusted_hosts=("box.example.org",))),
            clock=self.clock,
            events=self.events,
            messaging=Messages(self.clock, self.events, Preferences(self.events, "GB").country),
            status=StatusReader(lambda: self.telemetry, lambda: self.events.revision),
            accounts=self.accounts,
        )
        self.line = connections.upsert_connection("8944001", "23415001", self.clock.now())
        self.spare = connections.upsert_connection("8944002", "23415002", self.clock.now())
        self._sent = 0

    def receive(self, text: str, sender: str = ANN) -> int:
        """An SMS comes in as a PDU; returns its message's id."""
        self._sent += 1
        parts, dcs = sms.segment(text, reference=self._sent)
        kept = []
        for user_data in parts:
            self.clock.ms += 1000
            deliver = sms.Deliver(
                sender=sms.Address.parse(sender),
                timestamp=sms.Timestamp.from_epoch_ms(self.clock.ms, 60),
                dcs=dcs,
                user_data=user_data,
            )
            pdu, length = sms.join_pdu(sms.encode(deliver))
            raw = inbox.RawPdu(pdu=pdu, memory="SM", slot=1, tpdu_length=length)
            kept = inbox.keep(self.line.connection_id, [raw], self.clock.now())
        self.events.publish(OutboxChanged())
        assert kept[0].message_id is not None
        return kept[0].message_id

    def write(self, text: str = "Hello", to: str | Sequence[str] = ANN) -> int:
        return self.box.messaging.send(
            WrittenMessage(recipients=to, text=text), author=NAME
        ).message_id

    def radio(self, message_id: int, *outcomes: str) -> None:
        """What becomes of each recipient: "sent", "failed", "uncertain" or "sending"."""
        message = details.get(message_id)
        assert message is not None
        for dispatch, outcome in zip(message.dispatches, outcomes, strict=True):
            claim = outbox.DispatchClaim(
                dispatch.id, self.line.connection_id, ("00",) * dispatch.sms, reference=1
            )
            (assignment,) = outbox.claim([claim], self.clock.now())
            for part in assignment.parts:
                self._part(part.part_id, outcome)
        self.events.publish(OutboxChanged())

    def _part(self, part_id: int, outcome: str) -> None:
        now = self.clock.now()
        if outcome == "sending":
            return
        outbox.submitted(part_id, self.line.connection_id, now)
        if outcome == "sent":
            outbox.accepted(part_id, 1, now)
        elif outcome == "failed":
            words = "The network refused the number."
            outbox.refused(part_id, now, reason=words, code="CMS 1", retry_at=None)
        else:
            outbox.unknown(part_id, now, "No answer came.", "")


class Reader:
    """Somebody at a browser: follows forms with their tokens, keeps cookies."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> str:
        """The page; fails unless it is one."""
        response = self.client.get(path, headers=headers)
        assert response.status_code == 200, (path, response.status_code, response.text)
        return response.text

    def post(self, path: str, *, form: str = "/", **fields: object) -> TestResponse:
        """Fill in the form that the page at `form` shows, and send it."""
        token = self.token(form)
        answer = self.client.post(path, data={"csrf_token": token} | fields)
        answer.request.environ["wsgi.input"].close()  # a file, when something large was sent
        return answer

    def token(self, page: str = "/sign-in") -> str:
        response = self.client.get(page, follow_redirects=True)
        return field(response.text, "csrf_token")

    def sign_in(self, name: str = NAME, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/sign-in", form="/sign-in", name=name, password=password, **fields)


def field(html: str, name: str) -> str:
    """The value of an input on a page."""
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', html)
    assert found, f"there is no field {name}"
    return unescape(found[1])


def words(html: str) -> str:
    """What a person reads: the text without tags, blanks made single."""
    html = re.sub(r"(?s)<(script|style|symbol).*?</\1>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.fixture(autouse=True)
def quick(cheap_scrypt: None) -> None:
    """Nobody waits for passwords here."""


@pytest.fixture
def new_world(store: Path) -> World:
    """A box that nobody has set up yet."""
    return World()


@pytest.fixture
def world(new_world: World) -> World:
    new_world.accounts.set_password(NAME, PASSWORD)
    return new_world


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Compiled once, not once a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


def make_app(world: World, templates: FileSystemBytecodeCache) -> Flask:
    app = create_app(world.box)
    app.jinja_env.bytecode_cache = templates
    app.testing = False  # errors must become pages, as they do for people
    return app


@pytest.fixture
def stranger(world: World, templates: FileSystemBytecodeCache) -> Reader:
    return Reader(make_app(world, templates).test_client())


@pytest.fixture
def first_visitor(new_world: World, templates: FileSystemBytecodeCache) -> Reader:
    return Reader(make_app(new_world, templates).test_client())


@pytest.fixture
def admin(stranger: Reader) -> Reader:
    assert stranger.sign_in().status_code == 303
    return stranger


@pytest.fixture
def serve(world: World) -> Iterator[Serve]:
    """serve(certificate=..., key=...): a Served each; all end with the test."""
    with contextlib.ExitStack() as stack:

        def start(**config: str) -> Served:
            served = served_page(world, Http(**config))
            stack.callback(served.stop)
            return served

        yield start


@pytest.fixture
def token(world: World) -> str:
    return world.box.programs.add("till")


@pytest.fixture
def api(stranger: Reader, token: str) -> Api:
    return Api(stranger.client, {"Authorization": f"Bearer {token}"})


class Api:
    """A program with a token."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, body: Any, path: str = "/messages") -> TestResponse:
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.post(f"/api/v1{path}", data=data, headers=self.headers)
