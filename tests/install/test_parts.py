"""The list of what a release is made of, and what is found when something of it was changed."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from hw.host import parts

AT = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
SUM = hashlib.sha256(b"wheel").hexdigest()


def fetched(name: str, version: str, *, old_pip: bool = False) -> dict[str, Any]:
    """An entry of pip's report; old versions of pip give the sum in one word only."""
    sums = {"hash": f"sha256={SUM}"} if old_pip else {"hashes": {"sha256": SUM}}
    return {
        "download_info": {"url": f"https://files.example/{name}.whl", "archive_info": sums},
        "metadata": {"name": name, "version": version},
    }


def report(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"version": "1", "pip_version": "26.2", "install": list(entries)}


def install(folder: Path, name: str, version: str) -> Path:
    """One library as an installer lays it there; its only module."""
    module = folder / f"{name}.py"
    module.write_text(f"VERSION = {version!r}\n")
    known = base64.urlsafe_b64encode(hashlib.sha256(module.read_bytes()).digest())
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text(
        f"{name}.py,sha256={known.rstrip(b'=').decode()},{module.stat().st_size}\n"
        f"__pycache__/{name}.pyc,,\n{info.name}/RECORD,,\n"
    )
    return module


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    for name, version in (("flask", "3.1.3"), ("MarkupSafe", "3.0.4"), ("pigeonbox", "0.1.0")):
        install(tmp_path, name, version)
    return tmp_path


@pytest.fixture
def listed() -> dict[str, Any]:
    entries = fetched("flask", "3.1.3"), fetched("MarkupSafe", "3.0.4", old_pip=True)
    return parts.listing("0.1.0-abc", [report(entries[0]), report(entries[1])], AT)


def test_the_list_is_valid_cyclonedx_and_names_each_file_by_its_sum(listed):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(listed)) is None
    assert listed["metadata"]["component"]["version"] == "0.1.0-abc"
    safe, flask, python = listed["components"]
    assert (flask["name"], flask["purl"]) == ("flask", "pkg:pypi/flask@3.1.3")
    assert safe["purl"] == "pkg:pypi/markupsafe@3.0.4"
    assert [h["content"] for part in (flask, safe) for h in part["hashes"]] == [SUM, SUM]
    assert python["type"] == "platform"


def test_what_is_as_it_was_installed_has_no_differences(listed, libraries):
    assert list(parts.differences(listed, str(libraries))) == []


def test_a_changed_file_a_missing_library_and_one_too_many_are_named(listed, libraries):
    (libraries / "flask.py").write_text("VERSION = 'another'\n")
    (libraries / "pigeonbox.py").unlink()
    for file in (libraries / "MarkupSafe-3.0.4.dist-info").iterdir():
        file.unlink()
    (libraries / "MarkupSafe-3.0.4.dist-info").rmdir()
    install(libraries, "stranger", "1.0")
    assert list(parts.differences(listed, str(libraries))) == [
        "flask: flask.py has been changed",
        "markupsafe is not installed",
        "pigeonbox: pigeonbox.py has been changed",
        "stranger 1.0 is installed and in no list",
    ]


def test_another_version_is_named(libraries):
    listed = parts.listing(
        "x", [report(fetched("flask", "3.1.4"), fetched("markupsafe", "3.0.4"))], AT
    )
    assert list(parts.differences(listed, str(libraries))) == ["flask is 3.1.3, not 3.1.4"]


def test_misuse_tells_the_words(capsys):
    assert parts.main(["nonsense"]) == 2
    assert "list RELEASE REPORT" in capsys.readouterr().err
