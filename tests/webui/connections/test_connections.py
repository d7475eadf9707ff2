"""The page Connections: states, names, credit, USSD; without script throughout."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from jinja2 import FileSystemBytecodeCache

from gateway.modem.ledger import Identity, Telemetry
from gateway.services.connections.options import ConnectionOptions
from gateway.services.credit.credit import UNREADABLE, CreditChecks
from gateway.services.credit.ussd import UssdDialogues
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections
from gateway.store.credit import credit
from gateway.store.credit.credit import CreditCheckInfo, CreditSettings
from tests.services.played_modem import PlayedModem, text
from tests.webui.conftest import Reader, World, make_app, words
from webui.connections import chart
from webui.connections import connections as views


@pytest.fixture
def modem(world: World, monkeypatch: pytest.MonkeyPatch) -> PlayedModem:
    monkeypatch.setattr(views, "PATIENCE", 0.0)
    played = PlayedModem(world.line.connection_id)
    world.telemetry.append(
        Telemetry(
            "/dev/ttyUSB0",
            state="ready",
            identity=Identity("huawei", "E3531"),
            connection_id=world.line.connection_id,
            operator="Safaricom",
            signal_dbm=-79,
        )
    )
    world.box.ussd = UssdDialogues(played, world.clock, world.events)
    world.box.credit = CreditChecks(world.box.ussd, world.clock, world.events)
    if world.box.options is None:
        world.box.options = ConnectionOptions(world.clock, world.events, SendingHolds(world.clock))
    return played


@pytest.fixture
def page(modem: PlayedModem, world: World, templates: FileSystemBytecodeCache) -> Reader:
    reader = Reader(make_app(world, templates).test_client())
    reader.sign_in()
    return reader


def test_of_a_modem_that_is_silent_no_signal_is_told(page: Reader, world: World) -> None:
    assert "Signal good" in words(page.get("/connections"))
    world.telemetry[0] = replace(world.telemetry[0], state="recovering")
    shown = words(page.get("/connections"))
    assert "Not answering" in shown
    assert "Signal" not in shown
    assert "Operator" not in shown


@pytest.fixture
def here(world: World) -> str:
    return f"/connections/{world.line.connection_id}"


def keep(world: World, amount: str | None, raw: str = "", trouble: str = "") -> None:
    world.clock.ms += 60_000
    balance = None if amount is None else Decimal(amount)
    line = world.line.connection_id
    credit.add(CreditCheckInfo(line, world.clock.now(), "check", raw, balance, "EUR", trouble))


def settings(page: Reader, here: str, **typed: str):
    values = {"name": "Line", "number": "", "code": "", "pattern": "", "every_hours": ""}
    values |= {"after_sms": "", "warn_below": "", "hold_below": ""}
    return page.post(f"{here}/settings", form=f"{here}/settings", **(values | typed))


def test_every_connection_is_listed_with_what_it_does(page, world):
    shown = words(page.get("/connections"))
    assert world.line.name in shown
    assert world.spare.name in shown
    assert "Ready" in shown
    assert "Safaricom" in shown
    assert "good (-79 dBm)" in shown
    assert "huawei E3531" in shown
    assert "Its SIM is in no modem" in shown


def test_the_navigation_leads_to_it_from_everywhere(page):
    for path in ("/", "/send", "/connections"):
        assert 'href="/connections"' in page.get(path)


def test_a_box_without_a_credit_service_has_no_such_page(admin):
    assert 'href="/connections"' not in admin.get("/")
    assert admin.client.get("/connections").status_code == 404


def test_a_stranger_sees_nothing(page, here):
    page.client.delete_cookie("pigeonbox")
    for path in ("/connections", here, f"{here}/settings", f"{here}/ussd"):
        assert page.client.get(path).status_code == 303


@pytest.mark.parametrize("path", ["/check", "/settings", "/ussd", "/ussd/choose", "/ussd/cancel"])
def test_nothing_is_done_without_the_form_token(page, modem, here, path):
    assert page.client.post(here + path, data={"code": "*100#"}).status_code == 403
    assert modem.asked == []


@pytest.mark.parametrize("path", ["", "/settings", "/ussd"])
def test_an_unknown_connection_is_not_there(page, path):
    assert page.client.get(f"/connections/999{path}").status_code == 404


def test_name_number_and_credit_settings_are_kept_and_shown(page, world, here):
    answer = settings(
        page,
        here,
        name="  Clinic   line ",
        number="07700 900123",
        code="*100#",
        every_hours="12",
        warn_below="5,50",
        hold_below="1",
    )
    assert answer.status_code == 303
    info = connections.get(world.line.connection_id)
    assert (info.name, info.number) == ("Clinic line", "+447700900123")
    kept = credit.settings_of(world.line.connection_id)
    assert kept == CreditSettings("*100#", "", 12, 0, Decimal("5.50"), Decimal("1.00"))
    assert "Saved." in words(page.get(answer.location))
    form = page.get(f"{here}/settings")
    assert 'value="5.50"' in form
    assert 'value="Clinic line"' in form


def test_everything_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(page, here):
    answer = settings(page, here, name="", number="abc", code="hello", pattern="(", warn_below="x")
    assert answer.status_code == 422
    for name in ("name", "number", "code", "pattern", "warn_below"):
        assert f'id="{name}-error"' in answer.text
    assert 'value="hello"' in answer.text
    assert re.search(r"<details[^>]* open", answer.text)


def test_the_suggestion_of_the_network_is_offered(page, here):
    assert "This network is known for *#1345#" in words(page.get(here))
    assert '<option value="*#1345#">' in page.get(f"{here}/settings")
    settings(page, here, code="*100#")
    assert "known for" not in words(page.get(here))


def test_check_now_asks_and_shows_the_balance(page, world, modem, here):
    settings(page, here, code="*100#", hold_below="10")
    modem.said = [text("Your balance is 7.40 EUR")]
    answer = page.post(f"{here}/check", form=here)
    assert answer.status_code == 303
    world.box.credit.turn()
    shown = words(page.get(here))
    assert "7.40 EUR" in shown
    assert "Your balance is 7.40 EUR" in shown


def test_while_it_is_asked_the_page_loads_itself_again(page, modem, here):
    settings(page, here, code="*100#")
    modem.busy = True
    page.post(f"{here}/check", form=here)
    shown = page.get(here)
    assert 'http-equiv="refresh"' in shown
    assert "Asking for the credit" in shown
    again = page.post(f"{here}/check", form=f"{here}/settings")
    assert again.status_code == 409
    assert "already" in words(again.text)


def test_without_a_modem_it_says_why(page, modem, here):
    settings(page, here, code="*100#")
    modem.up = False
    answer = page.post(f"{here}/check", form=here)
    assert answer.status_code == 409
    assert "No modem carries this connection" in words(answer.text)


def test_an_answer_that_could_not_be_read_is_shown_and_is_not_zero(page, world, here):
    keep(world, None, "Try <b>later</b>", UNREADABLE)
    shown = page.get(here)
    assert "Credit not known" in words(shown)
    assert "Try &lt;b&gt;later" in shown
    assert UNREADABLE in words(shown)
    assert "0.00" not in words(shown)


def test_of_several_amounts_it_is_said_which_is_the_balance(page, world, modem, here):
    settings(page, here, code="*100#")
    modem.said = [text("Main Bal: 7.40 EUR. Bonus: 2.00 EUR")]
    page.post(f"{here}/check", form=here)
    world.box.credit.turn()
    assert "the one after “ Main Bal ”" in words(page.get(here))


def test_the_last_balance_stays_when_the_newest_answer_could_not_be_read(page, world, here):
    keep(world, "5.00", "Balance 5.00 EUR")
    keep(world, None, "Try later", UNREADABLE)
    shown = words(page.get("/connections"))
    assert "5.00 EUR" in shown
    assert "Try later" in shown


def test_low_credit_is_said_in_words(page, world, here):
    credit.put_settings(world.line.connection_id, CreditSettings("*100#", warn_below=Decimal(10)))
    keep(world, "5.00")
    assert "Credit is low." in words(page.get("/connections"))


def test_the_history_is_drawn_without_inline_styles(page, world, here):
    for amount in ("9.00", "7.50", "3.00"):
        keep(world, amount)
    for path in ("/connections", here):
        shown = page.get(path)
        assert '<polyline class="chart-line"' in shown
        assert "from 3.00 to 9.00 EUR, now 3.00 EUR" in shown
        assert "style=" not in shown
        assert "<style" not in shown


@pytest.mark.parametrize("values", [[5, 5], [0, 0], [-3, 4], [1000000, 1]])
def test_the_line_stays_inside_its_picture(values):
    drawn = chart.balances([(n, Decimal(v)) for n, v in enumerate(values)], "t")
    points = re.search(r'points="([^"]+)"', drawn)[1]
    for x, y in (map(float, p.split(",")) for p in points.split()):
        assert 0 <= x <= chart.WIDTH
        assert 0 <= y <= chart.HEIGHT


def test_one_balance_makes_no_line():
    assert chart.balances([(1, Decimal(5))], "t") == ""


def test_a_ussd_dialogue_goes_from_code_to_menu_to_answer(page, modem, here):
    modem.said = [text("1 Balance\n2 Offers", 1), text("5.00 EUR")]
    ussd = f"{here}/ussd"
    assert page.post(ussd, form=ussd, code="*123#").status_code == 303
    shown = page.get(ussd)
    assert "1 Balance\n2 Offers" in shown
    assert 'name="choice"' in shown
    assert page.post(f"{ussd}/choose", form=ussd, choice="1").status_code == 303
    shown = page.get(ussd)
    assert "5.00 EUR" in shown
    assert 'name="choice"' not in shown
    assert 'name="code"' in shown


def test_a_menu_can_be_cancelled(page, modem, here):
    modem.said = [text("1 Balance", 1)]
    ussd = f"{here}/ussd"
    page.post(ussd, form=ussd, code="*123#")
    modem.asked.clear()
    page.post(f"{ussd}/cancel", form=ussd)
    assert modem.asked == ["AT+CUSD=2"]
    assert "Cancelled." in words(page.get(ussd))


def test_a_code_that_is_none_is_refused_and_kept_in_its_field(page, modem, here):
    answer = page.post(f"{here}/ussd", form=f"{here}/ussd", code='hello"')
    assert answer.status_code == 409
    assert "digits" in words(answer.text)
    assert 'value="hello&#34;"' in answer.text
    assert modem.asked == []


def test_a_top_up_code_is_not_shown_again_and_its_answer_is_kept(page, world, modem, here):
    modem.said = [text("Topped up with 10.00 EUR")]
    ussd = f"{here}/ussd"
    page.post(ussd, form=ussd, code="*104*123456789012#", action="topup")
    world.box.credit.turn()
    shown = page.get(ussd)
    assert "123456789012" not in shown
    assert "Topped up" in shown
    assert "Top-up" in words(page.get(here))


def test_while_the_network_is_asked_there_is_only_cancel(page, modem, here):
    modem.busy = True
    ussd = f"{here}/ussd"
    page.post(ussd, form=ussd, code="*100#")
    shown = page.get(ussd)
    assert "Waiting for the network" in words(shown)
    assert 'http-equiv="refresh"' in shown
    assert 'name="code"' not in shown


def test_every_change_is_news_for_open_pages(page, world, modem, here):
    before = world.events.revision
    settings(page, here, name="Other")
    assert world.events.revision > before
    before = world.events.revision
    modem.said = [text("5.00 EUR")]
    page.post(f"{here}/ussd", form=f"{here}/ussd", code="*100#")
    assert world.events.revision > before


class Tags(HTMLParser):
    VOID = ("input", "meta", "link", "use", "path", "circle", "polyline", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if tag in self.VOID or not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("path", ["", "/settings", "/ussd"])
def test_the_pages_are_well_formed_and_ids_are_their_own(page, world, modem, here, path):
    keep(world, "5.00", "Balance")
    keep(world, None, "later", UNREADABLE)
    modem.said = [text("1 Balance", 1)]
    page.post(f"{here}/ussd", form=f"{here}/ussd", code="*123#")
    tags = Tags()
    tags.feed(page.get(here + path))
    assert not tags.wrong
    assert not tags.open
    assert len(set(tags.ids)) == len(tags.ids)
