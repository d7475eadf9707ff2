"""The README's tables are as the code is: every bound, its value, and a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import gateway.server
from gateway.server import bounds

README = Path(*gateway.server.__path__, "README.md").read_text()
ROWS = [
    [cell.strip(" *`") for cell in line.strip("|").split("|")]
    for line in README.splitlines()
    if "`test_" in line and line.startswith("|")
]
TESTS = {
    name
    for file in Path(__file__).parent.glob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
}


def test_the_table_holds_every_bound_with_its_value() -> None:
    told = {row[0]: row[1] for row in ROWS if len(row) == 4}
    assert told == {name: str(value) for name, value in vars(bounds).items() if name.isupper()}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_it_names_as_a_test_is_one(row: list[str]) -> None:
    assert row[-1] in TESTS
