"""Conversations with modems of the field, replayed whole and in pieces."""

from __future__ import annotations

import pytest

from tests.at.transcripts import FOLDER, Replay

FILES = sorted(FOLDER.glob("*.txt"))


def whole(data):
    yield data


def byte_by_byte(data):
    for n in range(len(data)):
        yield data[n : n + 1]


def in_threes(data):
    for n in range(0, len(data), 3):
        yield data[n : n + 3]


@pytest.mark.parametrize("split", [whole, byte_by_byte, in_threes])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_engine_understands_the_conversation(path, split):
    Replay(split).run(path.read_text(encoding="utf-8").splitlines())


def test_every_transcript_says_where_its_facts_come_from():
    assert FILES
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in FILES)
