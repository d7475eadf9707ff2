"""The list of what a driver of real modems has to survive names tests that exist."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ITEMS = tomllib.loads((ROOT / "tests/data/checklist.toml").read_text())["item"]


def test_the_list_is_complete_and_every_item_is_proved_or_says_what_is_missing():
    assert [item["number"] for item in ITEMS] == list(range(1, 78))
    assert [i["number"] for i in ITEMS if bool(i["tests"]) == bool(i.get("open"))] == []


def test_every_test_that_the_list_names_exists():
    named = {test for item in ITEMS for test in item["tests"]}
    files = sorted({test.partition("::")[0] for test in named})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
    )
    found = {line for line in done.stdout.splitlines() if "::" in line}
    assert len(found) > len(named), done.stdout[-2000:] + done.stderr
    # A name may leave out the end of its parameters.
    missing = [t for t in named if not any(f.startswith(t.removesuffix("]")) for f in found)]
    assert sorted(missing) == []
