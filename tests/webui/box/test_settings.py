"""Settings of the box: its name, country and time zone."""

from __future__ import annotations

import phonenumbers

from gateway.services.messages.accept import WrittenMessage
from gateway.store.messages import details
from tests.support.settings import somebody
from tests.webui.conftest import Reader, World
from webui.people.countries import NAMES, countries


def test_country_and_name_count_at_once(world: World, admin: Reader) -> None:
    page = admin.get("/settings/general")
    assert '<option value="GB" selected>' in page
    values = {"name": " Clinic  North ", "country": "KE", "zone": "Africa/Nairobi"}
    saved = admin.post("/settings/general", form="/settings/general", **values)
    assert saved.status_code == 303
    page = admin.get("/settings/general")
    assert '<option value="KE" selected>' in page
    assert "<option selected>Africa/Nairobi</option>" in page
    assert "Clinic North" in page
    sent = world.box.messaging.send(
        WrittenMessage(recipients="0712 345678", text="Hi"), author="admin"
    )
    message = details.get(sent.message_id)
    assert message is not None
    assert message.dispatches[0].number == "+254712345678"


def test_what_is_wrong_is_said_and_kept_and_nothing_is_saved(world: World, admin: Reader) -> None:
    values = {"name": "", "country": "XX", "zone": "Mars/Olympus"}
    refused = admin.post("/settings/general", form="/settings/general", **values)
    assert refused.status_code == 422
    for words in ("Enter a name", "Choose a country", "Choose a time zone"):
        assert words in refused.text
    assert world.box.preferences.country() == "GB"


def test_countries_are_called_by_their_names(admin: Reader) -> None:
    assert set(NAMES) == set(phonenumbers.SUPPORTED_REGIONS)
    assert ("KE", "Kenya (+254)") in countries()
    assert "Kenya (+254)" in admin.get("/settings/general")


def test_times_are_shown_in_the_zone_of_the_box(world: World, admin: Reader) -> None:
    world.clock.ms = 1_795_000_000_000  # 2026-11-18 09:06:40 UTC
    world.receive("Hello")
    world.box.preferences.change(name="Box", country="GB", zone="Asia/Kathmandu", by=somebody())
    assert "+05:45" in admin.get("/")
