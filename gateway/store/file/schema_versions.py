"""The versions of the database: the migrations, one file each, in their order."""

from __future__ import annotations

from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"


def known_versions() -> set[str]:
    """Names of those that this program can apply."""
    return {file.stem for file in MIGRATIONS.glob("[0-9]*.py")}
