"""What somebody with bad intentions on the same network tries."""

from __future__ import annotations

import csv
import io
import re
import statistics
import threading
import time
from html.parser import HTMLParser

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from gateway.modem.ledger import Identity, Telemetry
from gateway.services.accounts import passwords
from gateway.services.accounts.account_errors import SignInBusy, WrongCredentials
from gateway.services.credit.credit import CreditChecks
from gateway.services.credit.ussd import UssdDialogues
from gateway.services.people.people import TypedContact
from gateway.store.connections import connections
from gateway.store.credit import credit
from gateway.store.file import audit, database
from tests.services.played_modem import PlayedModem
from tests.support.settings import somebody
from tests.webui.conftest import ANN, BOB, NAME, PASSWORD, Reader, World, make_app
from webui.page import security

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1")


def another(reader: Reader) -> Reader:
    return Reader(reader.client.application.test_client())


# guessing --------------------------------------------------------------------------------------


def test_a_thousand_bad_sign_ins_let_nobody_in_and_shut_nobody_out(
    world: World, admin: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    real = passwords._scrypt
    monkeypatch.setattr(passwords, "_scrypt", lambda *a: hashed.append(1) or real(*a))
    admin.post("/sign-out")
    guesser = another(admin)
    token = guesser.token()
    statuses = []
    for number in range(1000):
        typed = {"csrf_token": token, "name": NAME, "password": f"guess {number}"}
        statuses.append(guesser.client.post("/sign-in", data=typed).status_code)
        world.clock.seconds += 0.5
    assert set(statuses) == {403, 429}
    assert len(hashed) < 40  # the others cost the box next to nothing
    assert len(audit.page(None, 1000)) < 60
    assert admin.sign_in().status_code == 303  # the owner's browser, at once
    neighbour = another(admin)  # and somebody new on the LAN
    neighbour.client.environ_base["REMOTE_ADDR"] = "192.168.1.77"
    assert neighbour.sign_in().status_code == 303
    world.clock.seconds += 31
    assert another(admin).sign_in().status_code == 303  # the guesser's own address, later


def test_a_thousand_bad_sign_ins_from_twenty_addresses_do_not_shut_the_owner_out(
    world: World, admin: Reader
) -> None:
    admin.post("/sign-out")
    guesser = another(admin)
    token = guesser.token()
    for number in range(1000):
        guesser.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number % 20}"
        typed = {"csrf_token": token, "name": NAME, "password": f"guess {number}"}
        assert guesser.client.post("/sign-in", data=typed).status_code in (403, 429)
        world.clock.seconds += 0.1
    assert admin.sign_in().status_code == 303  # the owner's browser, at once
    neighbour = another(admin)  # and somebody new on the LAN
    neighbour.client.environ_base["REMOTE_ADDR"] = "192.168.1.77"
    assert neighbour.sign_in().status_code == 303
    world.clock.seconds += 2.1  # what all addresses together can make anybody wait
    far = another(admin)
    far.client.environ_base["REMOTE_ADDR"] = "198.51.100.9"
    assert far.sign_in().status_code == 303


def test_many_who_guess_at_once_leave_threads_for_the_others(world: World) -> None:
    """Four passwords may wait to be hashed; the fifth is told so instead of holding a thread."""
    accounts, inside, go = world.accounts, threading.Semaphore(0), threading.Event()
    outcomes: list[type] = []
    real = passwords.matches

    def slow(password: str, stored: str) -> bool:
        inside.release()
        go.wait(10)
        return real(password, stored)

    def guess(number: int) -> None:
        with database.connected():
            try:
                accounts.sign_in(f"n{number}", "wrong", f"10.1.0.{number}")
            except (SignInBusy, WrongCredentials) as e:
                outcomes.append(type(e))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "matches", slow)
        threads = [threading.Thread(target=guess, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        assert inside.acquire(timeout=10)
        deadline = time.monotonic() + 10
        while outcomes.count(SignInBusy) < 8 and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        assert outcomes == [SignInBusy] * 8
        go.set()
        for thread in threads:
            thread.join()
    assert outcomes.count(WrongCredentials) == 4


def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = (2**10, 8, 1)
    monkeypatch.setattr(passwords, "COST", cost)
    nobody = "scrypt:{}:{}:{}${}${}".format(*cost, "0" * 32, "0" * 128)
    monkeypatch.setattr(passwords, "NOBODY", nobody)
    world.accounts.set_password(NAME, PASSWORD)
    took: dict[str, list[float]] = {NAME: [], "nobody": []}
    for number in range(40):
        for name, times in took.items():
            began = time.thread_time()
            with pytest.raises(WrongCredentials):
                world.accounts.sign_in(name, "wrong", f"10.2.{number}.1")
            times.append(time.thread_time() - began)
        world.clock.seconds += 3
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.6 < known / unknown < 1.7


@pytest.mark.parametrize(
    "cookie", ["", "x", "0" * 43, "../../etc/passwd", "' OR 1=1 --", "null", "é" * 40]
)
def test_guessed_sessions_open_nothing(stranger: Reader, cookie: str) -> None:
    stranger.client.set_cookie(security.COOKIE, cookie)
    assert stranger.client.get("/").status_code == 303


def test_a_session_chosen_by_somebody_else_is_not_taken_up(stranger: Reader) -> None:
    """Session fixation: signing in always makes a new secret."""
    planted = "planted" * 6
    stranger.client.set_cookie(security.COOKIE, planted)
    assert stranger.sign_in().status_code == 303
    held = stranger.client.get_cookie(security.COOKIE)
    assert held is not None
    assert held.value != planted
    thief = another(stranger)
    thief.client.set_cookie(security.COOKIE, planted)
    assert thief.client.get("/").status_code == 303


def test_secrets_are_long_and_differ(world: World) -> None:
    made = {world.accounts.sign_in(NAME, PASSWORD, "10.0.0.1") for _ in range(20)}
    made |= {world.box.programs.add(f"p{n}") for n in range(20)}
    assert len(made) == 40
    assert min(map(len, made)) >= 43


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer ",
        "Bearer pb_",
        "Bearer " + "x" * 5000,
        "Bearer \x00",
        "Basic",
        "Basic !!!",
        "Basic Og==",
        "Digest username=admin",
        "Bearer null",
    ],
)
def test_rubbish_instead_of_a_token_is_refused(stranger: Reader, authorization: str) -> None:
    response = stranger.client.get("/api/v1/inbox", headers={"Authorization": authorization})
    assert response.status_code == 401


# more than one's role --------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["operator", "reader"])
def test_nobody_raises_their_own_role(world: World, admin: Reader, role: str) -> None:
    world.box.users.add("eve", role, PASSWORD, who=NAME)
    eve = another(admin)
    eve.sign_in("eve")
    mine = next(u.id for u in world.box.users.all() if u.name == "eve")
    token = eve.token("/settings/account")
    for path, typed in (
        (f"/settings/users/{mine}/role", {"role": "administrator"}),
        ("/settings/users/add", {"name": "eve2", "role": "administrator", "password": PASSWORD}),
        ("/settings/users/1/password", {"password": "another horse", "again": "another horse"}),
        ("/settings/programs", {"name": "mine", "scope": "manage"}),
        ("/setup/sims", {}),
        ("/settings/general", {"name": "Mine"}),
    ):
        refused = eve.client.post(path, data={"csrf_token": token, "again": PASSWORD} | typed)
        assert refused.status_code == 403, path
    changed = {"old": PASSWORD, "password": "another horse", "again": "another horse"}
    changed |= {"role": "administrator", "name": NAME, "user_id": "1"}
    eve.post("/settings/account/password", form="/settings/account", **changed)
    assert {u.name: u.role for u in world.box.users.all()} == {NAME: "administrator", "eve": role}
    assert world.box.programs.all() == []
    assert another(admin).sign_in().status_code == 303


def test_a_method_that_views_do_not_expect_goes_round_nothing(world: World, admin: Reader) -> None:
    world.box.users.add("eve", "reader", PASSWORD, who=NAME)
    eve = another(admin)
    eve.sign_in("eve")
    for header in ({}, {"X-HTTP-Method-Override": "POST"}, {"X-Original-URL": "/settings/users"}):
        assert eve.client.get("/settings/users", headers=header).status_code == 403
        assert eve.client.head("/settings/users", headers=header).status_code == 403
    for path in ("//settings/users", "/settings//users", "/settings/users/", "/SETTINGS/users"):
        assert "Add a user" not in eve.client.get(path, follow_redirects=True).text


# what goes into headers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["x\r\nSet-Cookie: a=b", "x\nLocation: http://evil.example", "/\r\n\r\n<script>", "\0"]
)
def test_nothing_that_is_typed_makes_a_header(admin: Reader, text: str) -> None:
    for response in (
        admin.sign_in(next=text),
        admin.sign_in(name=text),
        admin.client.get("/settings", query_string={"next": text}),
        admin.client.get("/people", query_string={"done": text, "find": text}),
        admin.post("/settings/programs", form="/settings/programs", name=text, scope=["send"]),
    ):
        assert "evil.example" not in str(response.headers.get("Location", ""))
        assert "a=b" not in "".join(response.headers.getlist("Set-Cookie"))
        for _, value in response.headers:
            assert "\n" not in value
            assert "\r" not in value


# script and formulas ---------------------------------------------------------------------------


@pytest.fixture
def poisoned(world: World, templates: FileSystemBytecodeCache) -> Reader:
    """Every name and text that anybody outside or inside can choose is an attack."""
    line = world.line.connection_id
    connections.rename(line, name=SCRIPT, number="")
    world.telemetry.append(
        Telemetry(
            "/dev/ttyUSB0",
            state="searching",
            why=SCRIPT,
            identity=Identity(SCRIPT, SCRIPT),
            connection_id=line,
            operator=SCRIPT,
            warnings=(SCRIPT,),
        )
    )
    world.box.ussd = UssdDialogues(PlayedModem(line), world.clock, world.events)
    world.box.credit = CreditChecks(world.box.ussd, world.clock, world.events)
    credit.add(credit.CreditCheckInfo(line, world.clock.now(), "check", SCRIPT, None, "", SCRIPT))
    world.receive(SCRIPT)
    world.receive(SCRIPT, sender=BOB)
    world.write(SCRIPT)
    group = world.box.people.make_group('G" onfocus="alert(1)')
    contact = world.box.people.add(TypedContact(SCRIPT, ANN, SCRIPT), [group])
    world.box.people.block(BOB, SCRIPT)
    world.box.people.add_field("F ' onfocus=alert(1)")
    world.box.users.add(SCRIPT.replace(":", ""), "reader", PASSWORD, who=SCRIPT)
    world.box.programs.add(SCRIPT, who=SCRIPT)
    world.accounts.sign_in(SCRIPT, PASSWORD, SCRIPT, agent=SCRIPT)
    world.box.preferences.change(name="<b>Box</b>", country="GB", zone="", by=somebody())
    reader = Reader(make_app(world, templates).test_client())
    reader.sign_in()
    assert contact
    return reader


class Suspicious(HTMLParser):
    """Fails on any tag or attribute that could run something and is not ours."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        where = (self.path, tag, attrs)
        assert tag not in ("img", "b", "iframe", "object", "embed", "base", "style"), where
        for name, value in attrs:
            assert not name.startswith("on"), where
            assert name not in ("style", "srcdoc"), where
            if name in ("href", "src", "action", "formaction"):
                assert (value or "").startswith(("/", "#", "http://")), where
        if tag == "script":
            assert dict(attrs).get("type") == "module", where
            assert (dict(attrs).get("src") or "").startswith("/static/"), where


def _pages(app: Flask) -> list[str]:
    shown = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(("api.", "static"))
    ]
    return [re.sub(r"<any\(([^,)]*)[^>]*>|<[^>]*>", lambda m: m[1] or "1", r) for r in shown]


def test_no_page_at_all_runs_what_others_wrote(poisoned: Reader) -> None:
    shown = 0
    for path in [*_pages(poisoned.client.application), "/?open=1", "/?open=2", "/?open=3"]:
        with poisoned.client.get(path) as response:
            if "html" not in response.headers.get("Content-Type", ""):
                continue
            page = response.text
        Suspicious(path).feed(page)
        shown += "&lt;script&gt;alert" in page
    assert shown >= 8


def test_no_cell_of_an_export_is_a_formula(world: World, admin: Reader) -> None:
    for number, formula in enumerate(FORMULAS):
        world.box.people.add(TypedContact(f"{formula} x", f"+4477009001{number:02}", formula))
        world.receive(formula)
    for path in ("/people/export.csv", "/api/v1/export"):
        login = {"auth": (NAME, PASSWORD)} if path.startswith("/api") else {}
        with admin.client.get(path, **login) as response:  # type: ignore[arg-type]
            assert response.status_code == 200
            rows = list(csv.reader(io.StringIO(response.text.lstrip("\ufeff"))))
        assert len(rows) > len(FORMULAS), path
        for row in rows:
            for cell in row:
                number = re.fullmatch(r"[+-]?[0-9., ]+", cell)
                assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (path, cell)
