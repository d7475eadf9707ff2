from __future__ import annotations

import re

import pytest

from gateway.services.people.people import TypedContact
from tests.webui.conftest import ANN, World


@pytest.fixture
def ann(world: World) -> int:
    return world.box.people.add(TypedContact("Ann Otieno", ANN))


def checked(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)" checked', html)
