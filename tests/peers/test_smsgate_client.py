"""SMSGate's own Python client, unmodified, against the box over HTTP: what it calls works as it is.

What it knows more than the box does (lists of messages, devices, settings, logs) is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from android_sms_gateway import client, domain, enums
from android_sms_gateway.errors import APIError
from android_sms_gateway.http import HttpxHttpClient

from gateway.config import Http
from gateway.modem.ledger import Telemetry
from gateway.store.messages import details
from gateway.store.search import views
from tests.server.served import Served, served_page
from tests.webui.conftest import ANN, BOB, World

State = enums.ProcessState


@pytest.fixture
def world(store: Path, cheap_scrypt: None) -> World:
    world = World()
    world.accounts.set_password("admin", "correct horse")
    return world


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    served = served_page(world, Http())
    yield served
    served.stop()


@pytest.fixture(params=["token as password", "token", "password"])
def api(request: pytest.FixtureRequest, world: World, served: Served) -> Iterator[client.APIClient]:
    """The client, signed in each way that it knows."""
    token = world.box.programs.add("till", ["manage"])
    signed_in = {
        "token as password": ("till", token),
        "token": (None, token),
        "password": ("admin", "correct horse"),
    }[request.param]
    url = f"http://127.0.0.1:{served.port}/api/v1"
    with ExitStack() as stack:
        http = stack.enter_context(HttpxHttpClient())
        yield stack.enter_context(client.APIClient(*signed_in, base_url=url, http=http))


def message(*numbers: str, **more: Any) -> domain.Message:
    text = domain.TextMessage(text="Pump 3 has stopped")
    return domain.Message(phone_numbers=list(numbers or (ANN,)), text_message=text, **more)


def stored(id_: str | None) -> int:
    found = details.by_client_id(str(id_))
    assert found is not None
    return found.id


def test_it_sends_with_every_option_and_asks_what_became_of_it(
    api: client.APIClient, world: World
) -> None:
    until = datetime.now(UTC) + timedelta(hours=5)
    sent = api.send(
        message(
            id="order-7",
            sim_number=1,
            priority=enums.MessagePriority.BYPASS_THRESHOLD,
            with_delivery_report=True,
            valid_until=until,
        ),
        skip_phone_validation=True,
        device_active_within=12,
    )
    assert (sent.id, sent.state) == ("order-7", State.Pending)
    with pytest.raises(APIError, match="409"):
        api.send(message(id="order-7"))
    world.radio(stored("order-7"), "sent")
    told = api.get_state("order-7")
    assert told.state is State.Sent
    assert [(r.phone_number, r.state, r.error) for r in told.recipients] == [
        (ANN, State.Sent, None)
    ]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("sending", State.Processed),
        ("sent", State.Sent),
        ("failed", State.Failed),
        ("uncertain", State.Processed),
    ],
)
def test_it_understands_every_state(
    api: client.APIClient, world: World, outcome: str, state: enums.ProcessState
) -> None:
    id_ = api.send(message(ANN)).id
    world.radio(stored(id_), outcome)
    told = api.get_state(id_)
    assert told.state is state
    error = told.recipients[0].error
    assert bool(error) == (outcome in ("failed", "uncertain"))
    with pytest.raises(APIError, match="409"):
        api.cancel_message(id_)
    assert api.get_state(id_) == told
    assert views.counts().deleted == 0


def test_it_cancels_what_waits(api: client.APIClient) -> None:
    id_ = api.send(message(ANN, BOB)).id
    api.cancel_message(id_)
    told = api.get_state(id_)
    assert {told.state, *(r.state for r in told.recipients)} == {State.Cancelled}


def test_it_reads_the_inbox_by_its_filters(api: client.APIClient, world: World) -> None:
    for text in ("one", "two", "three"):
        world.receive(text)
    at = datetime.fromtimestamp(world.clock.ms / 1000, UTC)
    page = domain.QueryPagination(limit=1, offset=1)
    assert [m.content_preview for m in api.list_inbox_messages(pagination=page)] == ["two"]

    def listed(**wanted: Any) -> list[str]:
        chosen = domain.InboxQueryFilter(**wanted)
        return [m.content_preview for m in api.list_inbox_messages(inbox_filter=chosen)]

    assert listed(message_type="SMS", from_=at, include_attachments=True) == ["three"]
    assert listed(to=at - timedelta(seconds=1)) == ["two", "one"]
    assert listed(message_type="MMS") == listed(device_id="another") == []
    (first, *_) = api.list_inbox_messages()
    assert (first.sender, first.sim_number, first.message_type) == (ANN, 1, "SMS")


def test_it_registers_webhooks(api: client.APIClient) -> None:
    wanted = domain.Webhook(
        id="till-1", url="https://example.org/in", event=enums.WebhookEvent.SMS_RECEIVED
    )
    made = api.create_webhook(wanted)
    assert (made.id, made.url, made.event) == (wanted.id, wanted.url, wanted.event)
    assert [w.id for w in api.get_webhooks()] == ["till-1"]
    api.delete_webhook("till-1")
    assert api.get_webhooks() == []


def test_it_asks_whether_the_box_is_well(api: client.APIClient, world: World) -> None:
    assert api.liveness_check().status is enums.HealthStatus.PASS
    assert api.startup_check().status is enums.HealthStatus.PASS
    assert api.health_check().status is enums.HealthStatus.WARN  # there is no modem
    with pytest.raises(APIError, match="503"):
        api.readiness_check()
    world.telemetry.append(Telemetry("/dev/x", state="ready"))
    assert api.readiness_check().status is enums.HealthStatus.PASS
