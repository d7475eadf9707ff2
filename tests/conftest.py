"""Shared by all tests: hypothesis profiles, a fresh store, and guards against what leaks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gateway.services.accounts import passwords
from gateway.store import opening
from gateway.store.file import data_folder, database

# Derandomised where it gates a change: a red run must be red again. Nightly ones may roam.
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "roam", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The command line sets it for its whole process, which here is the next tests' as well."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords in no time; what they cost in earnest has a test of its own."""
    monkeypatch.setattr(passwords, "COST", (16, 8, 1))
    monkeypatch.setattr(passwords, "NOBODY", f"scrypt:16:8:1${'0' * 32}${'0' * 128}")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store as it is after all migrations; copying it is quicker than making it."""
    folder = tmp_path_factory.mktemp("empty")
    opening.open_store(folder)
    opening.close_store()
    return folder / data_folder.FILE_NAME


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Iterator[Path]:
    """The data folder of a fresh store, and this thread's connection to it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copyfile(empty_store, folder / data_folder.FILE_NAME)
    opening.open_store(folder)
    with database.connected():
        yield folder
    opening.close_store()
