"""Settings, Backups: copies to take away and to put back."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.services.keeping.keeping import Keeping
from gateway.store import opening
from gateway.store.file import database
from gateway.store.keeping import backups, restore
from gateway.store.search import views
from tests.webui.conftest import Reader, World, words

PAGE = "/settings/backups"


@pytest.fixture
def restarts() -> list[bool]:
    return []


@pytest.fixture
def world(new_world: World, restarts: list[bool]) -> Iterator[World]:
    new_world.accounts.set_password("admin", "correct horse")
    folder = Path(database.database.database).parent
    new_world.box.keeping = Keeping(new_world.clock, folder, lambda: restarts.append(True))
    return new_world


@pytest.fixture
def made(world: World, admin: Reader) -> str:
    world.write("before")
    assert admin.post(f"{PAGE}/make", form=PAGE).status_code == 303
    found = re.search(rf'href="{PAGE}/(pigeonbox-[^"/]+)"', admin.get(PAGE))
    assert found
    return found[1]


def test_it_says_who_would_come_in_again_and_lets_them_only_where_ticked(
    world: World, admin: Reader
) -> None:
    world.box.programs.add("till", ["send"], who="admin")
    world.accounts.set_password("bob", "correct horse", role="operator")
    made = world.box.keeping.back_up().name
    ask = f"{PAGE}/{made}/restore"
    assert "Ended since" not in words(admin.get(ask))
    world.box.programs.revoke("till", who="admin")
    (bob,) = (user for user in world.box.users.all() if user.name == "bob")
    world.box.users.delete(bob.id, who="admin")
    page = words(admin.get(ask))
    assert "the token till , which was revoked" in page
    assert "the user bob , who was deleted or disabled" in page
    staged = Path(database.database.database).parent / restore.STAGED
    for ticked, names in ({}, ["admin"]), ({"bring_back": "1"}, ["admin", "bob"]):
        assert admin.post(ask, form=ask, **ticked).status_code == 200
        with closing(sqlite3.connect(staged)) as found:
            assert [n for (n,) in found.execute("SELECT name FROM user ORDER BY name")] == names
            assert found.execute("SELECT count(*) FROM token").fetchone() == (len(names) - 1,)


def test_a_backup_is_made_listed_and_taken_away(admin: Reader, made: str, tmp_path: Path) -> None:
    with admin.client.get(f"{PAGE}/{made}") as response:
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert "secret" in response.headers["Content-Disposition"]
        copy = tmp_path / "copy.db"
        copy.write_bytes(response.data)
    assert backups.inspect(copy).messages == 1
    assert "Made by hand" in words(admin.get(PAGE))


def test_a_backup_is_taken_away_from_a_folder_that_was_named_relatively(
    world: World, admin: Reader, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(database.database.database).parent
    monkeypatch.chdir(folder)
    world.box.keeping = Keeping(world.clock, Path(), lambda: None)
    assert taken(admin, made) == next(folder.glob(f"backups/{made}")).read_bytes()


def taken(admin: Reader, name: str) -> bytes:
    with admin.client.get(f"{PAGE}/{name}") as response:
        return response.data


def test_putting_back_says_what_is_in_it_and_restarts(
    world: World, admin: Reader, made: str, restarts: list[bool]
) -> None:
    world.write("after")
    page = words(admin.get(f"{PAGE}/{made}/restore"))
    assert "1 message, the newest of" in page
    assert not restore.is_staged(Path(database.database.database).parent)
    done = admin.post(f"{PAGE}/{made}/restore", form=f"{PAGE}/{made}/restore")
    assert "starts again" in done.text
    done.close()
    assert restarts == [True]
    database.database.close()
    opening.open_store(Path(database.database.database).parent)
    database.database.connect(reuse_if_open=True)
    assert views.counts().all == 1


def test_a_file_of_ones_own_is_looked_into_first(
    admin: Reader, made: str, restarts: list[bool]
) -> None:
    content = taken(admin, made)
    sent = admin.post(f"{PAGE}/upload", form=PAGE, file=(io.BytesIO(content), "mine.db"))
    assert sent.status_code == 303
    assert "Put back this backup?" in admin.get(sent.headers["Location"])
    assert restarts == []


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_what_is_no_backup_is_said_beside_the_field(
    admin: Reader, made: str, content: bytes
) -> None:
    sent = admin.post(f"{PAGE}/upload", form=PAGE, file=(io.BytesIO(content), "mine.db"))
    assert sent.status_code == 422
    assert 'id="file-error"' in sent.text
    assert len(queries_backups(admin)) == 1


def queries_backups(admin: Reader) -> set[str]:
    return set(re.findall(rf'href="{PAGE}/(pigeonbox-[^"/]+)"', admin.get(PAGE)))


def test_a_large_file_comes_in_pieces_and_a_missing_one_is_noticed(
    admin: Reader, made: str
) -> None:
    content = taken(admin, made)
    headers = {"X-CSRFToken": admin.token(PAGE)}
    half = len(content) // 2

    def put(offset: int, data: bytes) -> int:
        return admin.client.put(
            f"{PAGE}/piece?offset={offset}", data=data, headers=headers
        ).status_code

    assert put(0, content[:half]) == 204
    assert put(half + 1, content[half:]) == 409
    assert put(half, content[half:]) == 204
    sent = admin.post(f"{PAGE}/upload", form=PAGE, collected="1")
    assert sent.status_code == 303
    assert admin.client.put(f"{PAGE}/piece?offset=0", data=b"x").status_code == 403, "no token"


@pytest.mark.parametrize("name", ["../pigeonbox.db", "pigeonbox.db", "..%2fpigeonbox.db", "x"])
def test_only_backups_can_be_taken_away(admin: Reader, made: str, name: str) -> None:
    assert admin.client.get(f"{PAGE}/{name}").status_code in (404, 308)


def test_wrong_numbers_are_said_and_kept(admin: Reader) -> None:
    typed = {"keep_days": "many", "delete_after_days": "", "delete_above_mb": "3", "folder": "usb"}
    sent = admin.post(PAGE, form=PAGE, **typed)
    assert sent.status_code == 422
    assert 'value="many"' in sent.text
    typed["keep_days"] = "9"
    sent = admin.post(PAGE, form=PAGE, **typed)
    assert "from the root" in sent.text
    assert "Enter 10 to" in sent.text
    typed |= {"delete_above_mb": "", "folder": ""}
    assert admin.post(PAGE, form=PAGE, **typed).status_code == 303
    assert 'value="9"' in admin.get(PAGE)
