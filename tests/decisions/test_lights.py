from dataclasses import replace

import pytest

from gateway.decisions.lights import LIGHTS, Scene, light

WELL = Scene(states=("ready", "ready"))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "well"),
        ({"unread": True}, "unread"),
        ({"working": True, "unread": True}, "working"),
        ({"hindered": True, "working": True}, "hindered"),
        ({"states": ("searching", "probing"), "hindered": True}, "starting"),
        ({"set_up": False, "states": ("searching",)}, "set-up"),
        ({"health": True, "set_up": False}, "health"),
        ({"low_credit": True, "health": True}, "credit"),
        ({"states": ("denied", "ready"), "low_credit": True}, "denied"),
        ({"states": ("sim_locked", "denied")}, "sim"),
        ({"states": ("sim_missing", "ready")}, "sim"),
        ({"states": ()}, "no-modem"),
        ({"states": ("absent", "absent")}, "no-modem"),
        ({"states": ("absent", "ready")}, "well"),
        ({"states": ("failed", "ready"), "unread": True}, "attention"),
        ({"attention": True, "states": ("probing",)}, "attention"),
    ],
)
def test_the_worst_that_fits_is_shown(change, name):
    assert light(replace(WELL, **change)).name == name


def test_every_line_can_be_reached_and_has_its_own_words():
    assert len({line.words for line in LIGHTS}) == len({line.shape for line in LIGHTS}) == 12
