"""The Health page, the same list for programs, and who is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.modem.ledger import Telemetry
from gateway.services.health.health_watch import HealthSources, HealthWatch
from gateway.services.keeping.keeping import Keeping
from gateway.services.light.display import LightDisplay
from gateway.store.file import database
from gateway.store.keeping import repair
from hw.patterns import Pattern
from tests.webui.conftest import Reader, World, words


class Lamp:
    def show(self, pattern: Pattern) -> None:
        pass


@pytest.fixture
def watch(new_world: World) -> HealthWatch:
    world, folder = new_world, Path(database.database.database).parent
    keeping = Keeping(world.clock, folder, lambda: None)
    world.box.config = type(world.box.config)(data=folder)
    sources = HealthSources(world.box.config, world.box.status, keeping, tuple)
    made = HealthWatch(world.clock, world.events, sources)
    world.box.keeping = keeping
    world.box.health = made
    world.box.lighting = LightDisplay(
        world.clock,
        world.box.status,
        world.accounts,
        world.events,
        Lamp(),
        lambda: made.issues,
    )
    return made


@pytest.fixture
def world(new_world: World, watch: HealthWatch) -> Iterator[World]:
    new_world.accounts.set_password("admin", "correct horse")
    return new_world


def test_the_page_says_what_is_wrong_since_when_and_what_to_do(
    world: World, watch: HealthWatch, admin: Reader
) -> None:
    world.telemetry.append(Telemetry("/dev/ttyUSB2", state="sim_missing"))
    watch.look()
    page = words(admin.get("/box"))
    assert "A SIM is missing, or asks for its PIN or PUK." in page
    assert "Red, 2 blinks, pause (number 3 on the card)" in page
    (issue,) = [i for i in watch.issues if i.key == "sim.missing"]
    assert issue.words in page
    assert issue.mend in page
    assert "Since" in page
    assert issue.since == world.clock.ms


def test_an_issue_keeps_its_beginning_and_clears_by_itself(
    world: World, watch: HealthWatch
) -> None:
    began = world.clock.ms
    world.telemetry.append(Telemetry("/dev/ttyUSB2", state="denied", why="Refused."))
    for _ in range(3):
        watch.look()
        world.clock.ms += 60_000
    (issue,) = [i for i in watch.issues if i.key == "network.denied"]
    assert issue.since == began
    world.telemetry[0] = Telemetry("/dev/ttyUSB2", state="ready")
    watch.look()
    assert not [i for i in watch.issues if i.key == "network.denied"]


def test_a_mended_database_is_told_until_somebody_has_read_it(
    world: World, watch: HealthWatch, admin: Reader
) -> None:
    folder = Path(database.database.database).parent
    (folder / repair.RECORD).write_text('{"at": 1, "words": "It was written anew."}')
    watch.look()
    assert "It was written anew." in admin.get("/box")
    admin.post("/settings/backups/read", form="/settings/backups")
    watch.look()
    assert "It was written anew." not in admin.get("/box")


def test_programs_get_the_same_list(world: World, watch: HealthWatch, stranger: Reader) -> None:
    world.telemetry.append(Telemetry("/dev/ttyUSB2", state="sim_missing"))
    watch.look()
    token = world.box.programs.add("monitor", ("read",))
    found = stranger.client.get("/api/v1/issues", headers={"Authorization": f"Bearer {token}"})
    assert found.status_code == 200
    assert "sim.missing" in [i["key"] for i in found.json["issues"]]
    health = stranger.client.get("/health").json
    assert health["checks"]["box:issues"]["observedValue"] >= 1
    assert "words" not in str(health), "nothing private for strangers"


def test_a_lamp_that_blinks_is_drawn_without_style_or_script(
    world: World, watch: HealthWatch, admin: Reader
) -> None:
    world.telemetry.append(Telemetry("/dev/ttyUSB2", state="sim_missing"))
    watch.look()
    page = admin.get("/box")
    assert 'keyTimes="0.0000;0.1042;0.2292;0.3333"' in page
    assert 'values="1;0;1;0"' in page
    assert "style=" not in page


def test_notices_are_set_on_the_page_and_mistakes_are_kept(world: World, admin: Reader) -> None:
    page = "/settings/notices"
    wrong = admin.post(page, form=page, to="nobody", kinds=["sim"], per_day="many")
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    assert 'value="many"' in wrong.text
    good = admin.post(page, form=page, to="+447700900123", kinds=["sim"], per_day="2")
    assert good.status_code == 303
    assert 'value="sim" checked' in admin.get(page)
    assert 'value="credit" checked' not in admin.get(page)
