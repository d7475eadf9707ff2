"""Settings: users, one's own account, sessions and programs."""

from __future__ import annotations

import re

import pytest

from gateway.services.accounts.accounts import SESSION_IDLE, SESSION_LIFE
from gateway.services.accounts.roles import OPERATOR, READER
from gateway.store.file import audit
from tests.webui.conftest import NAME, PASSWORD, Reader, World, words
from webui.accounts.agents import browser_words

NEW = "another horse"


def _other(reader: Reader, name: str = NAME, password: str = PASSWORD) -> Reader:
    made = Reader(reader.client.application.test_client())
    assert made.sign_in(name, password).status_code == 303
    return made


def _add(admin: Reader, name: str = "Bob", role: str = OPERATOR, **typed: str):
    fields = {"name": name, "role": role, "password": PASSWORD, "again": PASSWORD} | typed
    return admin.post("/settings/users/add", form="/settings/users/add", **fields)


def _path(world: World, name: str) -> str:
    return f"/settings/users/{next(u.id for u in world.box.users.all() if u.name == name)}"


# users -----------------------------------------------------------------------------------------


def test_a_user_is_added_and_can_do_what_the_role_says(world: World, admin: Reader) -> None:
    response = _add(admin)
    assert response.status_code == 303
    assert "Added." in admin.get(response.headers["Location"])
    bob = _other(admin, "bob")
    assert "Send SMS" in bob.get("/")
    assert bob.client.get("/settings/users").status_code == 403
    assert "Users" not in words(bob.get("/settings"))
    assert "Your account" in words(bob.get("/settings"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": NAME}, "There is somebody called admin already"),
        ({"name": ""}, "Choose a name"),
        ({"name": "<b>"}, None),
        ({"role": "root"}, "Choose a role from the list."),
        ({"role": ""}, "Choose a role from the list."),
        ({"password": "short", "again": "short"}, "at least 8 characters"),
        ({"again": "different"}, "The two passwords differ"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_done(
    world: World, admin: Reader, typed: dict[str, str], said: str | None
) -> None:
    response = _add(admin, **typed)
    if said is None:  # an odd name, and a fine one
        assert response.status_code == 303
        assert "<b>" not in admin.get("/settings/users")
        return
    assert response.status_code == 422
    assert said in response.text
    assert PASSWORD not in response.text
    assert [u.name for u in world.box.users.all()] == [NAME]


def test_a_role_is_changed_and_counts_at_once(world: World, admin: Reader) -> None:
    _add(admin)
    bob, path = _other(admin, "bob"), _path(world, "bob")
    assert admin.post(f"{path}/role", form=path, role=READER).status_code == 303
    assert bob.client.get("/send").status_code == 403


def test_a_new_password_ends_their_sessions(world: World, admin: Reader) -> None:
    _add(admin)
    bob, path = _other(admin, "bob"), _path(world, "bob")
    assert admin.post(f"{path}/password", form=path, password=NEW, again=NEW).status_code == 303
    assert bob.client.get("/").status_code == 303
    assert _other(admin, "bob", NEW)


def test_disabling_shuts_out_and_enabling_lets_in(world: World, admin: Reader) -> None:
    _add(admin)
    bob, path = _other(admin, "bob"), _path(world, "bob")
    assert admin.post(f"{path}/access", form=path, action="disable").status_code == 303
    assert "cannot sign in" in admin.get(path)
    assert bob.client.get("/").status_code == 303
    refused = Reader(admin.client.application.test_client()).sign_in("bob")
    assert refused.status_code == 403
    assert "disabled" in refused.text
    assert admin.post(f"{path}/password", form=path, password=NEW, again=NEW).status_code == 409
    admin.post(f"{path}/access", form=path, action="enable")
    assert _other(admin, "bob")


def test_deleting_asks_first(world: World, admin: Reader) -> None:
    _add(admin)
    path = _path(world, "bob")
    assert "Delete bob ?" in words(admin.post(f"{path}/delete", form=path).text)
    assert len(world.box.users.all()) == 2
    assert admin.post(f"{path}/delete", form=path, confirmed="yes").status_code == 303
    assert len(world.box.users.all()) == 1
    assert admin.client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("what", "typed"),
    [
        ("role", {"role": READER}),
        ("access", {"action": "disable"}),
        ("delete", {"confirmed": "yes"}),
    ],
)
def test_the_last_administrator_cannot_be_lost(
    world: World, admin: Reader, what: str, typed: dict[str, str]
) -> None:
    path = _path(world, NAME)
    response = admin.post(f"{path}/{what}", form=path, **typed)
    assert response.status_code == 409
    assert "needs an administrator" in response.text
    assert admin.client.get("/settings/users").status_code == 200


# one's own account and sessions ----------------------------------------------------------------


def test_everybody_changes_their_own_password_and_stays_signed_in(
    world: World, admin: Reader
) -> None:
    _add(admin, role=READER)
    bob, elsewhere = _other(admin, "bob"), _other(admin, "bob")
    typed = {"old": PASSWORD, "password": NEW, "again": NEW}
    response = bob.post("/settings/account/password", form="/settings/account", **typed)
    assert response.status_code == 303
    assert "new password is set" in bob.get(response.headers["Location"])
    assert elsewhere.client.get("/").status_code == 303
    assert _other(admin, "bob", NEW)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "guess"}, "not your present password"),
        ({"password": "short", "again": "short"}, "at least 8 characters"),
        ({"again": "x"}, "The two passwords differ"),
    ],
)
def test_without_the_old_password_it_stays(admin: Reader, typed: dict[str, str], said: str) -> None:
    fields = {"old": PASSWORD, "password": NEW, "again": NEW} | typed
    response = admin.post("/settings/account/password", form="/settings/account", **fields)
    assert response.status_code == 422
    assert said in response.text
    assert _other(admin)


def test_guessing_the_old_password_is_slowed_down(admin: Reader) -> None:
    typed = {"old": "guess", "password": NEW, "again": NEW}
    for _ in range(5):
        admin.post("/settings/account/password", form="/settings/account", **typed)
    typed["old"] = PASSWORD
    response = admin.post("/settings/account/password", form="/settings/account", **typed)
    assert response.status_code == 429


def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(
    world: World, admin: Reader
) -> None:
    _add(admin)
    bob, phone = _other(admin, "bob"), _other(admin, "bob")
    page = bob.get("/settings/account")
    assert page.count('name="session"') == 1
    assert "This browser" in page
    theirs = next(s.id for s in world.accounts.sessions() if s.name == NAME)
    bob.post("/settings/account/sessions", form="/settings/account", session=str(theirs))
    assert admin.client.get("/").status_code == 200
    (other,) = re.findall(r'name="session" value="(\d+)"', page)
    bob.post("/settings/account/sessions", form="/settings/account", session=other)
    assert phone.client.get("/").status_code == 303
    assert bob.client.get("/").status_code == 200


def test_an_administrator_ends_anybodys_session_and_all_others(world: World, admin: Reader) -> None:
    _add(admin)
    readers = [_other(admin, "bob"), _other(admin, "bob"), _other(admin)]
    page = admin.get("/settings/sessions")
    assert page.count('name="session"') == 3
    first = next(s.id for s in reversed(world.accounts.sessions()) if s.name == "bob")
    admin.post("/settings/sessions", form="/settings/sessions", session=str(first))
    assert [r.client.get("/").status_code for r in readers].count(303) == 1
    response = admin.post("/settings/sessions", form="/settings/sessions", others="yes")
    assert "2 sessions have ended" in admin.get(response.headers["Location"])
    assert [r.client.get("/").status_code for r in readers] == [303] * 3


def test_sessions_end_by_themselves(world: World, admin: Reader) -> None:
    kept = _other(admin)
    world.clock.ms += SESSION_IDLE - 1000
    assert kept.client.get("/").status_code == 200
    world.clock.ms += 2000
    assert kept.client.get("/").status_code == 200
    assert admin.client.get("/").status_code == 303
    started = world.clock.ms
    while kept.client.get("/").status_code == 200:
        world.clock.ms += SESSION_IDLE // 2
    assert world.clock.ms - started <= SESSION_LIFE


# programs --------------------------------------------------------------------------------------


def _token(page: str) -> str:
    (secret,) = re.findall(r"pb_[A-Za-z0-9_-]{43}", page)
    return str(secret)


def test_a_token_is_shown_once_and_works_until_revoked(world: World, admin: Reader) -> None:
    here = "/settings/programs"
    made = admin.post(here, form=here, name="alarms", scope=["send"])
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    bearer = {"Authorization": f"Bearer {_token(made.text)}"}
    page = admin.get(here)
    assert "pb_" not in page
    assert "may send" in words(page)
    assert "never used" in page
    client = admin.client.application.test_client()
    assert client.get("/api/v1/messages/none", headers=bearer).status_code == 404
    assert client.get("/api/v1/inbox", headers=bearer).status_code == 403
    assert "last used" in admin.get(here)
    assert admin.post(f"{here}/revoke", form=here, token="alarms").status_code == 303
    assert client.get("/api/v1/messages/none", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Name the token"),
        ({"scope": []}, "Choose what the program may do"),
        ({"scope": ["root"]}, "There is no scope called root"),
    ],
)
def test_a_token_that_cannot_be_made_is_said(
    world: World, admin: Reader, typed: dict[str, object], said: str
) -> None:
    fields: dict[str, object] = {"name": "alarms", "scope": ["send"]} | typed
    refused = admin.post("/settings/programs", form="/settings/programs", **fields)
    assert refused.status_code == 422
    assert said in refused.text
    assert world.box.programs.all() == []


# audit -----------------------------------------------------------------------------------------


def test_the_audit_list_tells_who_came_and_what_they_set(world: World, stranger: Reader) -> None:
    stranger.sign_in(password="wrong")
    stranger.sign_in(name="hunter2 typed as a name")
    stranger.sign_in()
    general = {"name": "Clinic", "country": "KE", "zone": ""}
    stranger.post("/settings/general", form="/settings/general", **general)
    stranger.post("/settings/general", form="/settings/general", **general | {"name": ""})
    stranger.post("/sign-out")
    told = [(a.who, a.action, a.detail) for a in reversed(audit.page(None, 20))]
    assert told[1:] == [
        ("", "sign-in refused", "wrong password for admin from 127.0.0.1"),
        ("", "sign-in refused", "an unknown name from 127.0.0.1"),
        (NAME, "signed in", "from 127.0.0.1"),
        (NAME, "settings changed", "/settings/general"),
        (NAME, "signed out", ""),
    ]


def test_a_flood_of_bad_sign_ins_does_not_fill_the_audit_list(
    world: World, stranger: Reader
) -> None:
    for number in range(300):
        world.accounts.note_refused("an unknown name", f"10.0.{number}.1")
    assert 20 < len(audit.page(None, 500)) < 60
    world.clock.seconds += 3700
    world.accounts.note_refused("an unknown name", "10.0.0.1")
    assert "more before" in audit.page(None, 1)[0].detail


# words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0"
            " Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML,"
            " like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
        ("<script>", "Unknown browser"),
    ],
)
def test_browsers_are_told_in_words(agent: str, said: str) -> None:
    assert browser_words(agent) == said


def test_a_signed_in_page_is_nobodys_after_its_user_is_gone(world: World, admin: Reader) -> None:
    _add(admin)
    bob, path = _other(admin, "bob"), _path(world, "bob")
    assert bob.client.get("/live").status_code == 200
    admin.post(f"{path}/delete", form=path, confirmed="yes")
    assert bob.client.get("/live").status_code == 303
