"""`pigeonbox ussd` and `pigeonbox credit` against a really running box."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store import opening
from gateway.store.connections import connections
from gateway.store.credit import credit
from gateway.store.credit.credit import CreditSettings
from gateway.store.file import database
from gateway.store.messages import details
from tests.support.box import RunningBox, eventually


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBox]:
    folder: Path = tmp_path_factory.mktemp("box")
    with RunningBox(folder, arguments=["--simulate", "1", "--air-time", "0"]) as running:
        running.start().wait_for_modems(1)
        yield running


def configure(box: RunningBox, settings: CreditSettings) -> None:
    """As somebody would on the page; the service hears of it with the next check."""
    opening.open_store(box.data)
    with database.connected():
        credit.put_settings(connections.all_connections()[0].connection_id, settings)
    opening.close_store()


def waits_for(box: RunningBox, client_id: str) -> str:
    opening.open_store(box.data)
    with database.connected():
        found = details.by_client_id(client_id)
        assert found is not None
        reason = found.dispatches[0].reason
    opening.close_store()
    return reason


def test_a_code_is_asked_and_a_menu_is_closed_when_nobody_can_choose(box):
    done = box.command("ussd", "SIM 1", "*135#")
    assert done.returncode == 0
    assert done.stdout.startswith("+49171")
    menu = json.loads(box.command("ussd", "--json", "SIM 1", "*123#").stdout)
    assert menu["waits"]
    assert menu["text"].startswith("1 Balance")
    assert box.command("ussd", "SIM 1", "*100#").returncode == 0


def test_what_is_wrong_is_one_line(box):
    for words, said in (
        (("ussd", "SIM 9", "*100#"), "no connection called SIM 9"),
        (("ussd", "SIM 1", "hello"), "digits"),
    ):
        done = box.command(*words)
        assert done.returncode == 1
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


def test_credit_is_asked_shown_and_holds_the_queue(box):
    assert "no credit code is set" in box.command("credit").stdout
    configure(box, CreditSettings("*100#", hold_below=credit.Decimal(50)))
    done = box.command("credit", "SIM 1")
    assert "20.00 EUR, low" in done.stdout
    assert "Your balance is 20.00 EUR." in done.stdout
    shown = json.loads(box.command("credit", "--json").stdout)
    assert shown[0]["balance"] == "20.00"
    waiting = box.send("will wait", "+254722000104")
    reason = eventually(lambda: waits_for(box, waiting))
    assert "SIM 1: its credit of 20.00 EUR is below 50" in reason
    configure(box, CreditSettings("*100#", hold_below=credit.Decimal(5)))
    box.command("credit", "SIM 1")
    box.wait_for(waiting, "Sent", "Delivered")
