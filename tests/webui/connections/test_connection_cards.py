"""The pages about one connection: settings, PIN, test SMS, a SIM that is gone; modems; sending."""

# ruff: noqa: F811 - the fixtures of a neighbour

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.at import About
from gateway.modem.ledger import Identity, Telemetry
from gateway.services.connections.options import ConnectionOptions
from gateway.services.connections.status import StatusReader
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections
from gateway.store.messages import details, outbox
from gateway.store.search import views
from hw.ports import PortFinding
from tests.webui.conftest import ANN, World, field, words
from tests.webui.connections.test_connections import (  # noqa: F401 - fixtures
    Tags,
    here,
    modem,
    page,
)
from tests.webui.connections.test_connections import settings as keep


@pytest.fixture(autouse=True)
def holds(world: World) -> SendingHolds:
    holds = SendingHolds(world.clock)
    world.box.options = ConnectionOptions(world.clock, world.events, holds)
    world.box.status = StatusReader(
        lambda: world.telemetry, lambda: world.events.revision, lambda: tuple(world.findings), holds
    )
    world.findings = []
    return holds


def locked(world: World, wants: str = "PIN", **more) -> None:
    why = "The SIM asks for its PIN; enter it under Connections (3 tries left)."
    world.telemetry[0] = Telemetry(
        "/dev/ttyUSB0",
        state="sim_locked",
        why=why,
        wants=wants,
        connection_id=world.line.connection_id,
        **more,
    )


# work and state -----------------------------------------------------------------------------------


def test_a_connection_tells_what_it_has_done_today_and_what_waits(page, world, here):
    world.radio(world.write(), "sent")
    world.radio(world.write(), "failed")
    outbox.add(
        outbox.OutgoingMessage(
            "hi",
            (ANN,),
            1,
            world.clock.now(),
            world.clock.now(),
            None,
            connection_id=world.line.connection_id,
        )
    )
    for path in (here, "/connections"):
        shown = words(page.get(path))
        assert "1 sent, 1 failed" in shown
        assert "Waiting 1 SMS" in shown
    assert "Limits 30 a minute, 200 an hour, 2,000 a day" in words(page.get(here))


def test_a_sim_that_the_network_refused_can_be_let_go(page, world, here, holds):
    line = world.line.connection_id
    for n in range(3):
        holds.refused(line, f"+4477009001{n:02d}", About.EITHER, "Out of order (CMS 38).")
    shown = page.get(here)
    assert "The network refused 3 messages in a row" in words(shown)
    assert "Let it send again" in words(shown)
    assert page.post(f"{here}/let-go", form=here).status_code == 303
    shown = words(page.get(here))
    assert "refused" not in shown
    assert "Let it send again" not in shown


def test_a_modem_whose_sim_is_not_known_is_shown_too(page, world):
    world.telemetry.append(
        Telemetry(
            "/dev/ttyUSB7",
            state="sim_missing",
            why="No SIM is found; is it inserted the right way round?",
            identity=Identity("quectel", "EC25", "R07", "861234567890123"),
        )
    )
    for path in ("/connections", "/connections/modems"):
        shown = words(page.get(path))
        assert "quectel EC25" in shown
        assert "861234567890123" in shown
        assert "the right way round" in shown


def test_modems_tell_their_health(page, world):
    world.telemetry[0] = replace(
        world.telemetry[0],
        restarts=4,
        recoveries=2,
        last_step="radio off and on",
        low_supply=3,
        warnings=("Its supply voltage is too low.",),
    )
    world.findings.append(
        PortFinding("hilink", "1-1", "This stick is in HiLink mode.", serious=True)
    )
    shown = words(page.get("/connections/modems"))
    assert "Restarts 4" in shown
    assert "2 steps, the last: radio off and on" in shown
    assert "3 complaints" in shown
    assert "Its supply voltage is too low." in shown
    assert "HiLink mode" in shown
    assert "HiLink mode" in words(page.get("/connections"))


def test_an_own_number_is_kept_as_others_dial_it_and_short_ones_are_refused(page, world, here):
    keep(page, here, number="07700 900999")
    assert connections.get(world.line.connection_id).number == "+447700900999"
    answer = keep(page, here, number="12345")
    assert answer.status_code == 422
    assert 'id="number-error"' in answer.text
    assert connections.get(world.line.connection_id).number == "+447700900999"


# settings -----------------------------------------------------------------------------------------


def test_switches_and_limits_are_kept(page, world, here):
    form = page.get(f"{here}/settings")
    assert form.count(" checked") == 3  # send, reports, receive
    typed = {"switches": "1", "no_roaming": "1", "hang_up": "1", "per_hour": "50", "per_day": "0"}
    assert keep(page, here, **typed, centre="+44 7785 016005").status_code == 303
    info = connections.get(world.line.connection_id)
    assert (info.send_enabled, info.receive_enabled, info.reports) == (False, False, False)
    assert (info.send_roaming, info.hang_up) == (False, True)
    assert (info.per_minute, info.per_hour, info.per_day) == (None, 50, 0)
    shown = words(page.get(here))
    assert "Receiving is switched off" in shown
    assert "sending is switched off" in shown.lower()
    assert 'value="+447785016005"' in page.get(f"{here}/settings")


def test_one_mistake_and_nothing_of_the_form_is_kept(page, world, here):
    answer = keep(page, here, name="Other", switches="1", per_minute="many", code="*100#")
    assert answer.status_code == 422
    assert 'id="per_minute-error"' in answer.text
    assert 'value="many"' in answer.text
    info = connections.get(world.line.connection_id)
    assert (info.name, info.send_enabled) == ("SIM 1", True)


def test_the_limits_of_the_box_and_how_long_messages_wait(page, world, here):
    path = "/settings/sending"
    assert "Sending" in words(page.get("/settings"))
    answer = page.post(path, form=path, minute="x", hour="5", day="", valid_hours="0")
    assert answer.status_code == 422
    assert 'id="minute-error"' in answer.text
    assert 'id="valid_hours-error"' in answer.text
    assert 'value="x"' in answer.text
    answer = page.post(path, form=path, minute="20", hour="100", day="0", valid_hours="48")
    assert answer.status_code == 303
    assert "Limits 20 a minute, 100 an hour" in words(page.get(here))
    valid_until = details.get(world.write()).dispatches[0].valid_until
    assert valid_until == world.clock.now() + 48 * 3600 * 1000


# PIN ----------------------------------------------------------------------------------------------


def test_a_locked_sim_leads_to_its_pin_which_is_kept_for_one_try(page, world, here):
    locked(world)
    shown = page.get("/connections")
    assert f'href="{here}/pin"' in shown
    assert "enter it under Connections" in words(shown)
    looked = []
    world.box.options = replace(world.box.options, look_at_sims=lambda: looked.append(1))
    assert page.post(f"{here}/pin", form=f"{here}/pin", pin="1234").status_code == 303
    assert looked == [1]
    info = connections.get(world.line.connection_id)
    assert info.has_pin
    assert "1234" not in page.get(f"{here}/pin")


@pytest.mark.parametrize("pin", ["", "12", "123456789", "12a4", "\u0661\u0662\u0663\u0664"])
def test_what_is_no_pin_is_refused(page, world, here, pin):
    answer = page.post(f"{here}/pin", form=f"{here}/pin", pin=pin)
    assert answer.status_code == 422
    assert 'id="pin-error"' in answer.text
    assert not connections.get(world.line.connection_id).has_pin


def test_with_few_tries_left_it_warns_and_wants_a_confirmation(page, world, here):
    connections.take_pin("8944001", "", "", world.clock.now(), tries_left=1)
    locked(world)
    form = f"{here}/pin"
    assert "1 try left" in words(page.get(form))
    answer = page.post(form, form=form, pin="1234")
    assert answer.status_code == 422
    assert 'id="sure-error"' in answer.text
    assert not connections.get(world.line.connection_id).has_pin
    assert page.post(form, form=form, pin="1234", sure="1").status_code == 303
    taken = connections.take_pin("8944001", "", "", world.clock.now(), tries_left=1)
    assert taken == "1234"


def test_a_puk_is_never_asked_for(page, world, here):
    locked(world, "PUK")
    shown = page.get(f"{here}/pin")
    assert "never enters a PUK" in words(shown)
    assert 'name="pin"' not in shown


# test SMS -----------------------------------------------------------------------------------------


def test_a_test_sms_goes_through_this_connection_and_its_result_is_seen(page, world, here):
    connections.rename(world.line.connection_id, number="+447700900999")
    form = f"{here}/test"
    shown = page.get(form)
    assert field(shown, "to") == "+447700900999"
    token = field(shown, "token")
    fields = {"to": "07700 900123", "text": "Test", "token": token}
    answers = [page.post(form, form=form, **fields) for _ in range(2)]  # a double click
    assert {answer.status_code for answer in answers} == {303}
    assert views.counts().all == 1
    shown = page.get(answers[0].location)
    assert "Pending to" in words(shown)
    assert 'http-equiv="refresh"' in shown
    message = details.get(views.newest(views.View.ALL))
    assert message.connection_id == world.line.connection_id
    world.radio(message.id, "failed")
    shown = page.get(answers[0].location)
    assert "Failed to" in words(shown)
    assert "The network refused the number." in words(shown)
    assert "(CMS 1)" in words(shown)
    assert 'http-equiv="refresh"' not in shown


@pytest.mark.parametrize("to", ["", "hello", "07700900123, 07700900456"])
def test_a_test_to_nobody_or_to_several_is_refused_and_kept(page, world, here, to):
    form = f"{here}/test"
    answer = page.post(form, form=form, to=to, text="Test")
    assert answer.status_code == 422
    assert 'id="to-error"' in answer.text
    assert field(answer.text, "to") == to
    assert views.counts().all == 0


# a SIM that is gone -------------------------------------------------------------------------------


def test_what_waits_for_a_sim_that_is_gone_can_be_moved_and_the_sim_removed(page, world):
    spare, line = world.spare.connection_id, world.line.connection_id
    gone = f"/connections/{spare}"
    now = world.clock.now()
    message = outbox.add(
        outbox.OutgoingMessage("hi", (ANN,), 1, now, now, None, connection_id=spare)
    )
    shown = page.get(gone)
    assert "1 SMS waits for this SIM" in words(shown)
    assert f'href="{gone}/leave"' in shown
    leave = f"{gone}/leave"
    for path in (leave, f"{gone}/move"):
        answer = page.post(path, form=leave, to="")
        assert answer.status_code == 422
        assert 'id="to-error"' in answer.text
    answer = page.post(f"{gone}/move", form=leave, to=str(line))
    assert "1 SMS moved." in words(page.get(answer.location))
    assert page.post(leave, form=leave).status_code == 303
    assert page.client.get(gone).status_code == 404
    assert connections.names()[spare] == "SIM 2"
    assert details.get(message).connection_id == line


def test_a_connection_in_service_is_not_removed(page, world, here):
    assert "Take its SIM out" in words(page.get(f"{here}/leave"))
    answer = page.post(f"{here}/leave", form=f"{here}/leave")
    assert answer.status_code == 422
    assert connections.get(world.line.connection_id) is not None


def test_a_test_that_was_changed_is_another_one(page, world, here):
    form = f"{here}/test"
    fields = {"to": "07700 900123", "text": "Test", "token": field(page.get(form), "token")}
    for text in ("Test", "Test 2", "Test 2"):
        answer = page.post(form, form=form, **(fields | {"text": text}))
    assert views.counts().all == 2
    assert details.get(views.newest(views.View.ALL)).text == "Test 2"
    assert "Pending to" in words(page.get(answer.location))


# Send SMS -----------------------------------------------------------------------------------------


def test_flash_and_another_validity_can_be_chosen(page, world):
    form = page.get("/send")
    fields = {"recipients": ANN, "text": "Fire", "token": field(form, "token")}
    answer = page.post("/send", form="/send", **fields, flash="1", valid="3", action="send")
    assert answer.status_code == 303
    message = details.get(views.newest(views.View.ALL))
    (due,) = outbox.due(world.clock.now(), {world.line.connection_id: 1}, 1)
    assert due.flash
    assert message.dispatches[0].valid_until == message.created_at + 3 * 3600 * 1000


def test_a_validity_that_is_none_is_refused_beside_its_field(page, world):
    answer = page.post("/send", form="/send", recipients=ANN, text="x", flash="1", valid="soon")
    assert answer.status_code == 400
    assert 'id="ttl-error"' in answer.text
    assert 'name="flash" value="1" checked' in answer.text
    assert views.counts().all == 0


@pytest.mark.parametrize("path", ["/pin", "/test", "/leave", "/settings", ""])
def test_the_pages_are_well_formed(page, world, here, path):
    connections.take_pin("8944001", "", "", world.clock.now(), tries_left=1)
    locked(world)
    now = world.clock.now()
    outbox.add(
        outbox.OutgoingMessage(
            "hi", (ANN,), 1, now, now, None, connection_id=world.line.connection_id
        )
    )
    tags = Tags()
    tags.feed(page.get(here + path))
    assert not tags.wrong
    assert not tags.open
    assert len(set(tags.ids)) == len(tags.ids)


@pytest.mark.parametrize("path", ["/pin", "/test", "/leave", "/move", "/let-go"])
def test_nothing_is_done_without_the_form_token(page, here, path):
    fields = {"pin": "1234", "to": ANN, "text": "x"}
    assert page.client.post(here + path, data=fields).status_code == 403
    assert views.counts().all == 0
