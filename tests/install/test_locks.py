"""Every library is locked to one version with checksums, and comes from PyPI alone."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as canonical

SOURCES = Path(__file__).parents[2]
PROJECT = tomllib.loads((SOURCES / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = ("run", *EXTRAS)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def locked(name: str) -> dict[str, str]:
    """Library -> its version; every line of the file is understood."""
    found: dict[str, str] = {}
    sums = 0
    text = (SOURCES / f"hw/host/locks/{name}.txt").read_text()
    for line in text.splitlines():
        line = line.removesuffix(" \\")
        if line.startswith("#"):
            continue
        if HASH.fullmatch(line):
            sums += 1
            continue
        assert not found or sums, f"{list(found)[-1]} has no checksum"
        requirement = Requirement(line)
        (only,) = requirement.specifier
        assert only.operator == "==", line
        found[canonical(requirement.name)] = only.version
        sums = 0
    assert sums, "the last one has no checksum"
    return found


def wanted(name: str) -> list[str]:
    extra = [] if name == "run" else EXTRAS[name]
    return [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], *extra]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_pyproject_wants_and_nothing_in_another_version(name):
    lock = locked(name)
    for line in wanted(name):
        requirement = Requirement(line)
        have = lock.get(canonical(requirement.name))
        assert have, f"{line} is not locked: ./install.sh lock"
        assert requirement.specifier.contains(have), f"{line}: locked is {have}"
    assert locked("run").items() <= lock.items()


def test_there_is_no_lock_that_pyproject_does_not_know():
    assert {f.stem for f in (SOURCES / "hw/host/locks").iterdir()} == set(LOCKS)


def test_what_runs_here_is_what_is_locked_with_all_that_it_needs():
    lock = locked("test")
    todo = [Requirement(line) for line in wanted("test")]
    seen: set[str] = set()
    while todo:
        requirement = todo.pop()
        name = canonical(requirement.name)
        key = f"{name}{sorted(requirement.extras)}"
        if key in seen:
            continue
        seen.add(key)
        assert version(name) == lock[name]
        for line in requires(name) or ():
            needed = Requirement(line)
            extras = ({"extra": e} for e in requirement.extras or {""})
            if not needed.marker or any(map(needed.marker.evaluate, extras)):
                todo.append(needed)
    assert len(seen) > len(wanted("test"))


def sourced(script: str, **environment: str) -> str:
    return subprocess.run(
        ["bash", "-euc", f". hw/host/fetch.sh; {script}"],
        cwd=SOURCES,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout


@pytest.fixture
def python(tmp_path: Path) -> str:
    """In place of a Python: tells its words and what pip would hear."""
    told = tmp_path / "python"
    told.write_text('#!/bin/sh\necho "$@"\nenv | grep -i ^pip_ | sort\n')
    told.chmod(0o755)
    return str(told)


def test_only_the_lock_decides_what_is_fetched(python):
    told = sourced(
        f"fetch_locked {python} hw/host/locks/run.txt",
        PIP_INDEX_URL="http://elsewhere.example/simple",
        PIP_EXTRA_INDEX_URL="http://elsewhere.example/simple",
        PIP_FIND_LINKS="/tmp/wheels",
        PIP_TRUSTED_HOST="elsewhere.example",
        PIP_CONSTRAINT="/tmp/constraints",
        PIP_TARGET="/tmp/target",
        PIP_CONFIG_FILE="/tmp/pip.conf",
        PIP_CERT="/etc/ssl/company.pem",
        PIP_NO_DEPS="1",
    ).splitlines()
    assert told[0] == (
        "-I -m pip install --require-hashes --only-binary :all: -r hw/host/locks/run.txt"
    )
    heard = dict(line.split("=", 1) for line in told[1:])
    assert heard["PIP_CONFIG_FILE"] == "/dev/null"
    assert heard["PIP_CERT"] == "/etc/ssl/company.pem"
    assert not set(heard) - {
        *("PIP_CONFIG_FILE", "PIP_CERT", "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_INPUT"),
        *("PIP_PROXY", "PIP_CACHE_DIR", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES"),
    }


def test_the_project_itself_fetches_nothing(python):
    told = sourced(f"build_with {python} /src").splitlines()[0]
    assert told == "-I -m pip install --no-index --no-deps --no-build-isolation /src"


def test_nothing_else_calls_pip():
    scripts = [SOURCES / "install.sh", *(SOURCES / "hw/host").glob("*.sh")]
    calls = [
        f"{script.name}: {line.strip()}"
        for script in scripts
        for line in script.read_text().splitlines()
        if re.search(r"\bpip\b.*\binstall\b|\bpip3\b|-m pip", line)
        and not re.match(r" *(#|act )", line)
    ]
    assert [call.split(":")[0] for call in calls] == ["install.sh", "fetch.sh"]
    assert "pip --version" in calls[0]
