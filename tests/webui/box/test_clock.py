"""Settings, The clock."""

from __future__ import annotations

import pytest

from gateway.decisions.clock_trust import BUILT
from gateway.services.clock.box_clock import BoxClock
from gateway.services.clock.timekeeper import Timekeeper
from hw.hostclock import HostClock
from tests.webui.conftest import Reader, World

PAGE = "/settings/clock"


@pytest.fixture
def keeper(world: World) -> Timekeeper:
    host = HostClock(False, True, None, "boot")
    clock = BoxClock(lambda: BUILT + 5000, lambda: 100)
    found = Timekeeper(clock, world.events, tuple, lambda: host)
    found.begin()
    world.box.timekeeping, world.box.hold = found, found.hold
    return found


def test_how_late_is_kept_and_refused_beside_its_field(admin: Reader, world: World):
    assert 'value="60"' in admin.get(PAGE)
    assert admin.post(PAGE, form=PAGE, grace="90").status_code == 303
    assert world.box.scheduling.grace() == 90
    refused = admin.post(PAGE, form=PAGE, grace="<b>soon")
    assert refused.status_code == 422
    assert 'id="grace-error"' in refused.text
    assert "&lt;b&gt;soon" in refused.text
    assert world.box.scheduling.grace() == 90


def test_a_doubtful_clock_is_said_with_what_to_do_until_somebody_says_it_is_right(
    admin: Reader, world: World, keeper: Timekeeper
):
    assert "no clock that goes on without power" in admin.get(PAGE)
    assert "Nothing is sent by the clock" in admin.get("/scheduled")
    admin.post(f"{PAGE}/right", form=PAGE)
    assert "Somebody said on this page that it is right" in admin.get(PAGE)
    assert "Nothing is sent by the clock" not in admin.get("/scheduled")


def test_setting_it_by_the_network_is_a_choice(admin: Reader, keeper: Timekeeper):
    admin.post(PAGE, form=PAGE, grace="60", from_network="1")
    assert keeper.from_network()
    admin.post(PAGE, form=PAGE, grace="60")
    assert not keeper.from_network()
