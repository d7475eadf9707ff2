"""The first run after the password, step by step, without script."""

from __future__ import annotations

import re

import pytest
from jinja2 import FileSystemBytecodeCache

from gateway.config import Config, Http
from gateway.modem.ledger import Identity, Telemetry
from gateway.services.accounts.accounts import Accounts
from gateway.services.box.setup import STEPS
from gateway.services.connections.options import ConnectionOptions
from gateway.services.credit.credit import CreditChecks
from gateway.services.credit.ussd import UssdDialogues
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections
from gateway.store.credit import credit
from tests.services.played_modem import PlayedModem
from tests.webui.conftest import ANN, Reader, World, make_app, words
from webui.page import security

GOOD = "a b c d e f"


@pytest.fixture
def lines(new_world: World) -> World:
    """A box with one SIM in service, one that asks for its PIN, and a modem without any."""
    world = new_world
    world.telemetry += [
        Telemetry(
            "/dev/ttyUSB0",
            state="ready",
            identity=Identity("huawei", "E3531"),
            connection_id=world.line.connection_id,
            operator="O2",
        ),
        Telemetry("/dev/ttyUSB4", state="sim_locked", connection_id=world.spare.connection_id),
        Telemetry("/dev/ttyUSB8", state="sim_missing", why="No SIM is found."),
    ]
    world.box.options = ConnectionOptions(world.clock, world.events, SendingHolds(world.clock))
    world.box.ussd = UssdDialogues(PlayedModem(world.line.connection_id), world.clock, world.events)
    world.box.credit = CreditChecks(world.box.ussd, world.clock, world.events)
    return world


@pytest.fixture
def owner(lines: World, templates: FileSystemBytecodeCache) -> Reader:
    """Somebody who has just entered the code and chosen a password."""
    reader = Reader(make_app(lines, templates).test_client())
    code = lines.accounts.first_run_code()
    typed = {"code": code, "name": "boss", "password": GOOD, "again": GOOD}
    response = reader.post("/first-run", form=f"/first-run?code={code}", **typed)
    assert response.headers["Location"] == "/setup"
    return reader


def step(reader: Reader) -> str:
    """Where the first run goes on."""
    return reader.client.get("/setup").headers["Location"]


def test_the_whole_way(lines: World, owner: Reader) -> None:
    assert step(owner) == "/setup/box"
    about = {"name": "Clinic", "country": "DE", "zone": "Europe/Berlin"}
    assert owner.post("/setup/box", form="/setup/box", **about).headers["Location"] == "/setup/sims"
    assert lines.box.preferences.country() == "DE"
    line = lines.line.connection_id
    page = owner.get("/setup/sims")
    assert "huawei E3531" in page
    given = {f"number-{line}": "0151 23456789", f"code-{line}": "*101#"}
    response = owner.post("/setup/sims", form="/setup/sims", **given)
    assert response.headers["Location"] == "/setup/test"
    info = connections.get(line)
    assert info is not None
    assert info.number == "+4915123456789"
    assert credit.settings_of(line).code == "*101#"
    sent = owner.post("/setup/test", form="/setup/test", number=ANN)
    assert "Pending" in words(owner.get(sent.headers["Location"]))
    assert 'http-equiv="refresh"' in owner.get(sent.headers["Location"])
    lines.radio(1, "sent")
    assert "It works" in owner.get(sent.headers["Location"])
    assert "test from Clinic" in owner.get("/sent")
    assert owner.post("/setup/test/done", form="/setup/test").headers["Location"] == "/setup/phone"
    assert owner.post("/setup/finish", form="/setup/phone").headers["Location"] == "/"
    assert "Setting up is not finished" not in owner.get("/")


def test_every_step_can_be_skipped_left_and_gone_on_with(lines: World, owner: Reader) -> None:
    for name in STEPS[:-1]:
        where = step(owner)
        assert where == f"/setup/{name}"
        assert "Setting up is not finished" in owner.get("/")
        assert "Setting up is not finished" not in owner.get(where)
        owner = Reader(owner.client.application.test_client())  # another browser, another day
        owner.sign_in("boss", GOOD)
        assert "Skip this step" in owner.get(where)
        assert owner.post(f"/setup/{name}/skip", form=where).status_code == 303
    assert step(owner) == "/setup/phone"
    assert lines.box.preferences.country() == "GB"
    owner.post("/setup/finish", form="/setup/phone")
    assert "Set up" in owner.get("/settings")


def test_the_reminder_can_be_put_away(owner: Reader) -> None:
    assert owner.post("/setup/finish", form="/").status_code == 303
    assert "Setting up is not finished" not in owner.get("/")
    assert step(owner) == "/setup/box"  # and it can be begun again


def test_others_are_not_reminded(lines: World, owner: Reader) -> None:
    lines.box.users.add("bob", "operator", GOOD, who="boss")
    bob = Reader(owner.client.application.test_client())
    bob.sign_in("bob", GOOD)
    assert "Setting up is not finished" not in bob.get("/")
    assert bob.client.get("/setup").status_code == 403


def test_the_credit_code_is_suggested_from_the_operator(lines: World, owner: Reader) -> None:
    suggested = connections.upsert_connection("8944003", "234100000000001", lines.clock.now())
    lines.telemetry.append(
        Telemetry("/dev/ttyUSB12", state="ready", connection_id=suggested.connection_id)
    )
    page = owner.get("/setup/sims")
    assert f'name="code-{suggested.connection_id}" type="text" value="*#10#"' in page
    assert credit.settings_of(suggested.connection_id).code == ""  # nothing is asked before saving


def test_a_pin_is_tried_and_the_page_waits_for_it(lines: World, owner: Reader) -> None:
    spare = lines.spare.connection_id
    page = owner.get("/setup/sims")
    assert re.search(rf'name="pin-{spare}" type="password"', page)
    response = owner.post("/setup/sims", form="/setup/sims", **{f"pin-{spare}": "4711"})
    assert response.headers["Location"] == "/setup/sims?unlocking=1"
    page = owner.get(response.headers["Location"])
    assert "PIN is being tried" in page
    assert "4711" not in page
    assert 'http-equiv="refresh"' in page
    assert connections.take_pin("8944002", "", "", lines.clock.now(), tries_left=3) == "4711"


def test_where_few_tries_are_left_a_pin_has_to_be_confirmed(lines: World, owner: Reader) -> None:
    spare = lines.spare.connection_id
    connections.take_pin("8944002", "", "", lines.clock.now(), tries_left=1)
    refused = owner.post("/setup/sims", form="/setup/sims", **{f"pin-{spare}": "4711"})
    assert refused.status_code == 422
    assert "Confirm that you know the PIN" in refused.text
    sure = {f"pin-{spare}": "4711", f"sure-{spare}": "yes"}
    assert owner.post("/setup/sims", form="/setup/sims", **sure).status_code == 303


@pytest.mark.parametrize("pin", ["12", "abcd", "123456789", "12 34"])
def test_what_is_no_pin_is_refused(lines: World, owner: Reader, pin: str) -> None:
    spare = lines.spare.connection_id
    refused = owner.post("/setup/sims", form="/setup/sims", **{f"pin-{spare}": pin})
    assert refused.status_code == 422
    assert "A PIN has 4 to 8 digits" in refused.text
    assert step(owner) == "/setup/box"


def test_a_wrong_number_is_said_beside_its_field_and_kept(lines: World, owner: Reader) -> None:
    line = lines.line.connection_id
    typed = {f"number-{line}": "12x", f"code-{line}": "hello"}
    refused = owner.post("/setup/sims", form="/setup/sims", **typed)
    assert refused.status_code == 422
    assert f'id="number-{line}-error"' in refused.text
    assert f'id="code-{line}-error"' in refused.text
    assert 'value="12x"' in refused.text
    assert 'value="hello"' in refused.text


def test_without_any_modem_it_says_what_to_do(new_world: World, templates) -> None:
    new_world.accounts.set_password("admin", GOOD)
    reader = Reader(make_app(new_world, templates).test_client())
    reader.sign_in(password=GOOD)
    page = reader.get("/setup/sims")
    assert "No modem has been found yet" in page
    assert 'http-equiv="refresh"' in page
    assert "A test sent now goes out when that is mended" in reader.get("/setup/test")


@pytest.mark.parametrize("number", ["", "12x", "nobody", f"{ANN}, +447700900456"])
def test_a_test_goes_to_one_number(owner: Reader, number: str) -> None:
    refused = owner.post("/setup/test", form="/setup/test", number=number)
    assert refused.status_code == 422
    assert 'id="number-error"' in refused.text
    if number:
        assert f'value="{number}"' in refused.text


def test_a_forgotten_password_leads_home_and_not_to_the_first_run(
    lines: World, owner: Reader
) -> None:
    owner.post("/setup/finish", form="/setup/phone")
    code = lines.accounts.new_code()
    other = Reader(owner.client.application.test_client())
    typed = {"code": code, "name": "boss", "password": "new " + GOOD, "again": "new " + GOOD}
    response = other.post("/first-run", form=f"/first-run?code={code}", **typed)
    assert response.headers["Location"] == "/"
    assert "Setting up is not finished" not in other.get("/")


def test_a_code_of_digits_works_for_a_quarter_of_an_hour(new_world: World) -> None:
    accounts: Accounts = new_world.accounts
    code = accounts.new_code(digits=True, how="button on the box")
    assert re.fullmatch(r"\d{6}", code)
    accounts.claim_first_run(code, "boss", GOOD)
    late = accounts.new_code(digits=True, how="button on the box")
    new_world.clock.ms += 16 * 60_000
    with pytest.raises(Exception, match="not valid"):
        accounts.claim_first_run(late, "boss", "new " + GOOD)


# the QR code -----------------------------------------------------------------------------------


def test_the_phones_page_shows_the_address_that_worked(owner: Reader) -> None:
    owner.client.set_cookie(
        security.COOKIE, owner.client.get_cookie(security.COOKIE).value, domain="192.168.1.20"
    )
    page = owner.client.get("/settings/phone", base_url="http://192.168.1.20:8080").text
    assert "http://192.168.1.20:8080/" in page
    assert "<svg" in page.split('class="qr-card"')[1]
    assert " style=" not in page


def test_a_box_for_itself_alone_says_that_no_phone_reaches_it(lines: World, owner: Reader) -> None:
    lines.box.config = Config(http=Http(host="127.0.0.1"))
    assert "no phone can open it" in owner.get("/settings/phone")
