"""How the page puts words together."""

from __future__ import annotations

import pytest

from webui.page.formats import coded, then


@pytest.mark.parametrize(
    ("words", "advice", "said"),
    [
        ("Ready", "", "Ready"),
        ("SIM locked", "Enter its PIN.", "SIM locked. Enter its PIN."),
        ("No network", "No network: look at its antenna.", "No network: look at its antenna."),
    ],
)
def test_a_state_and_what_to_do_are_said_once(words: str, advice: str, said: str) -> None:
    assert then(words, advice) == said


def test_commands_are_set_as_code_and_nothing_else_is_trusted() -> None:
    assert coded("Run `ls <here>` & wait.") == "Run <code>ls &lt;here&gt;</code> &amp; wait."
    assert coded("An operator called `x") == "An operator called <code>x</code>"
