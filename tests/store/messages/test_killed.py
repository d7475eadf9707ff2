"""kill -9 at any moment: what was told is on disk, and what was under way is known."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.decisions.assignment import PartToSend
from gateway.store import opening
from gateway.store.file import database
from gateway.store.messages import outbox

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("lines", [1, 2, 3, 4, 5, 6, 7, 40, 161])
def test_killed_at_any_moment_nothing_told_is_lost(tmp_path: Path, lines: int) -> None:
    told = run_and_kill(tmp_path, lines)
    opening.open_store(tmp_path)
    try:
        with database.connected():
            check(told)
    finally:
        opening.close_store()


def run_and_kill(folder: Path, lines: int) -> list[tuple[str, int]]:
    """Everything the process told before it died."""
    command = [sys.executable, "-m", "tests.store.messages.worker", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = list(itertools.islice(process.stdout, lines))
        process.kill()
        told += process.stdout.readlines()
    whole = [line.split() for line in told if line.endswith("\n")]
    assert len(whole) >= lines
    return [(what, int(number)) for what, number in whole]


def check(told: list[tuple[str, int]]) -> None:
    def of(what: str) -> set[int]:
        return {number for w, number in told if w == what}

    def column(sql: str) -> set[int]:
        return {row[0] for row in database.execute(sql)}

    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert of("added") <= column("SELECT id FROM message WHERE direction = 'out'")
    assert of("kept") <= column("SELECT id FROM incoming WHERE message_id IS NOT NULL")
    assert of("claimed") <= column("SELECT id FROM dispatch WHERE state <> 'pending'")
    assert of("accepted") <= column("SELECT id FROM part WHERE state = 'accepted'")
    assert of("submitted") <= column("SELECT id FROM part WHERE state IN ('submitted', 'accepted')")
    out = column("SELECT id FROM part WHERE state = 'submitted'")
    found = outbox.recover(0)
    assert found.released + found.uncertain <= 1  # one was under way at most
    assert found.uncertain == len(out)
    assert column("SELECT id FROM part WHERE state = 'unknown'") == out
    assert column("SELECT id FROM dispatch WHERE state = 'sending'") == set()
    again = [p.part_id for d in outbox.due(10**15, {1: 99}, 99) for p in claim(d.dispatch_id)]
    assert not set(again) & (of("accepted") | out)


def claim(dispatch_id: int) -> tuple[PartToSend, ...]:
    (won,) = outbox.claim([outbox.DispatchClaim(dispatch_id, 1, ("0001", "0002"), 1)], 0)
    return won.parts
