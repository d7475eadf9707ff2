"""`pigeonbox people` and `pigeonbox groups`, without a service: what they do is in the store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import main


@pytest.fixture
def run(tmp_path: Path):
    config = tmp_path / "config.toml"
    config.write_text(f'data = "{tmp_path / "data"}"\ncountry = "KE"\n')

    def pigeonbox(*words: str) -> Result:
        return CliRunner().invoke(main, [*words[:2], "--config", str(config), *words[2:]])

    return pigeonbox


def ok(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result) -> str:
    assert result.exit_code == 1, result.output
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_contacts_are_added_listed_changed_and_deleted(run) -> None:
    ok(run("groups", "add", "Red"))
    ann = ok(run("people", "add", "Ann Otieno", "0712 000001", "--group", "red")).strip()
    ok(run("people", "change", ann, "--notes", "left-handed"))
    (found,) = json.loads(ok(run("people", "list", "--json")))
    assert (found["number"], found["notes"]) == ("+254712000001", "left-handed")
    assert found["groups"] == ["Red"]
    assert ok(run("people", "list", "--group", "Red")) == f"{ann}  Ann Otieno  +254712000001  Red\n"
    assert "already" in refused(run("people", "add", "Bob", "+254712000001"))
    assert "no contact 77" in refused(run("people", "delete", ann, "77"))
    assert ok(run("people", "delete", ann)) == "1 deleted.\n"
    assert ok(run("people", "list")) == "There is nobody.\n"


def test_groups_are_made_filled_renamed_and_deleted(run) -> None:
    ok(run("groups", "add", "Red"))
    ids = [ok(run("people", "add", name)).strip() for name in ("Ann", "Bob")]
    assert ok(run("groups", "join", "red", *ids)) == "2 joined red.\n"
    assert ok(run("groups", "leave", "Red", ids[0])) == "1 left Red.\n"
    ok(run("groups", "rename", "Red", "Blue"))
    assert ok(run("groups", "list")) == "Blue: 1\n"
    assert "no group called Red" in refused(run("groups", "delete", "Red"))
    ok(run("groups", "delete", "Blue"))
    assert ok(run("groups", "list")) == "There is no group.\n"


def test_columns_that_stay_out_are_told(run, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("Name,Phone,Town,Nothing\nAnn,0712000001,Kisumu,,x\n")
    done = run("people", "import", str(file))
    assert ok(done) == "1 added.\n"
    assert done.stderr == "left out: Town, column 5; --field takes a column in as an own field\n"


@pytest.mark.parametrize("name", ["windows-1251", "CP1251", "cp1251", "Windows_1251"])
def test_an_encoding_may_be_called_by_any_of_its_names(run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes("Name;Phone\nИван;0712000001\n".encode("cp1251"))
    ok(run("people", "import", str(file), "--encoding", name))
    assert json.loads(ok(run("people", "list", "--json")))[0]["name"] == "Иван"


def test_a_file_goes_in_and_comes_out(run, tmp_path: Path) -> None:
    file, bad = tmp_path / "in.csv", tmp_path / "bad.csv"
    file.write_text("Name,Phone,Town\nAnn,0712000001,Kisumu\n,far away,\n")
    assert ok(run("people", "import", str(file), "--bad", str(bad), "--group", "New")) == (
        "1 added, 1 did not go in.\n"
    )
    assert ",far away,,“far away” is not a phone number." in bad.read_text("utf-8-sig")
    assert (
        "no column is called x"
        in refused(run("people", "import", str(file), "--field", "x")).lower()
    )
    assert "cp1251" in refused(run("people", "import", str(file), "--encoding", "klingon"))
    again = run("people", "import", str(file), "--update", "--field", "Town")
    assert ok(again) == "0 added, 1 updated, 1 did not go in.\n"
    assert "left out" not in again.stderr
    assert "line 3: “far away” is not a phone number." in again.stderr
    assert "Ann,+254 712 000001,,New,Kisumu" in ok(run("people", "export"))
    assert "TEL;TYPE=CELL:+254712000001" in ok(run("people", "export", "--vcard"))
    file.write_text("\n\n")
    assert "There is nothing in the file" in refused(run("people", "import", str(file)))


def test_numbers_are_blocked_and_freed_however_they_are_typed(run) -> None:
    assert ok(run("people", "block", "0712 000 001")) == "+254712000001 is blocked.\n"
    assert ok(run("people", "blocked")).startswith("+254712000001  by ")
    ok(run("people", "unblock", "0712000001"))
    assert ok(run("people", "blocked")) == "No number is blocked.\n"
    assert "is not blocked" in refused(run("people", "unblock", "0712000001"))
    assert "is not a phone number" in refused(run("people", "block", "BANK"))
