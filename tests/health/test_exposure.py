from __future__ import annotations

import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.config import Config, Http, ModemPort, load
from gateway.health.exposed import check
from gateway.health.exposure import certificate_ends, exposed
from gateway.server import self_signed
from gateway.store import opening


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "config.toml"
    file.write_text(f'data = "{tmp_path}/data"\n[[modem]]\nport = "/dev/ttyS0"\npin = "4711"\n')
    file.chmod(0o600)
    opening.open_store(tmp_path / "data")
    opening.close_store()
    return load(file)


def test_a_new_box_shows_nothing_to_others(config: Config) -> None:
    assert exposed(config) == ()
    assert config.data.stat().st_mode & 0o077 == 0
    for file in config.data.rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_a_config_with_a_pin_that_others_may_read_is_told(config: Config) -> None:
    assert config.path is not None
    config.path.chmod(0o644)
    assert exposed(config) == ((str(config.path), "a PIN"),)


def test_a_config_without_secrets_may_be_read(config: Config) -> None:
    assert config.path is not None
    config.path.chmod(0o644)
    assert exposed(Config(path=config.path, data=config.data, modems=(ModemPort("/dev/x"),))) == ()


def test_files_in_an_open_data_folder_are_told(config: Config, tmp_path: Path) -> None:
    (config.data / "pigeonbox.db").chmod(0o644)
    assert exposed(config) == ()  # the closed folder protects them
    config.data.chmod(0o755)
    assert [path for path, _ in exposed(config)] == [str(config.data)]
    (issue,) = check(SimpleNamespace(exposed=exposed(config)))
    assert f"{config.data} holds messages" in issue.words
    command = issue.mend.removeprefix("Run `sudo ").removesuffix("`.")
    subprocess.run(command.split(), check=True)  # what it says is what mends it
    assert exposed(config) == ()
    assert (config.data / "pigeonbox.db").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_open_and_holds_nothing_readable_is_no_matter(config: Config) -> None:
    config.data.chmod(0o755)
    assert exposed(config) == ()


def test_a_pin_is_not_in_what_the_config_looks_like(config: Config) -> None:
    assert "4711" not in repr(config)


def test_when_a_certificate_ends_is_read(tmp_path: Path) -> None:
    made, key = self_signed.make(tmp_path / "tls", ["localhost"], days=10)
    ends = certificate_ends(str(made))
    assert ends is not None
    assert abs(ends / 1000 - time.time() - 10 * 86400) < 120
    assert certificate_ends("") is None
    assert certificate_ends(str(key)) is None
    assert certificate_ends("/nowhere.pem") is None
    assert Http().scheme == "http"
