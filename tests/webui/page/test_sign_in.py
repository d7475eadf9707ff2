"""Who gets in, and how a session begins and ends."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.accounts.accounts import SESSION_IDLE
from tests.webui.conftest import ANN, NAME, PASSWORD, Reader, World
from webui.page import security

OPEN_TO_ALL = {"auth.sign_in", "auth.sign_in_now", "auth.sign_out", "auth.first_run"}
OPEN_TO_ALL |= {"auth.first_run_now", "health.health", "static"}


def _app(reader: Reader) -> Flask:
    return reader.client.application


def test_every_view_but_the_listed_ones_sends_strangers_to_sign_in(stranger: Reader) -> None:
    tried = 0
    for rule in _app(stranger).url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ALL or rule.endpoint.startswith("api."):
            continue
        path = re.sub(r"<any\(([^,)]*)[^>]*>|<[^>]*>", lambda m: m[1] or "1", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            response = stranger.client.open(path, method=method)
            if rule.endpoint == "compose.send":
                assert response.status_code == 403  # signing in keeps what was typed
                continue
            assert response.status_code == 303, (method, path)
            assert response.headers["Location"].startswith("/sign-in"), (method, path)
            tried += 1
    assert tried >= 6


def test_a_script_of_a_signed_out_page_hears_401(stranger: Reader) -> None:
    response = stranger.client.get("/live", headers={"X-Requested-By": "page"})
    assert response.status_code == 401


def test_signing_in_leads_to_where_one_was_going(stranger: Reader) -> None:
    where = stranger.client.get("/received?open=3").headers["Location"]
    assert where == "/sign-in?next=/received?open%3D3"
    response = stranger.sign_in(next="/received?open=3")
    assert response.headers["Location"] == "/received?open=3"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "javascript:x", ""],
)
def test_signing_in_never_leads_to_another_site(stranger: Reader, target: str) -> None:
    assert stranger.sign_in(next=target).headers["Location"] == "/"


@given(st.text())
def test_no_text_at_all_leads_to_another_site(target: str) -> None:
    where = security.safe_next(target)
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert "\n" not in where
    assert "\r" not in where


def test_a_wrong_password_is_refused_and_the_name_stays_in_its_field(stranger: Reader) -> None:
    response = stranger.sign_in(password="wrong")
    assert response.status_code == 403
    assert "Name or password is wrong." in response.text
    assert f'value="{NAME}"' in response.text


def test_too_many_bad_tries_are_told_when_to_come_back(stranger: Reader) -> None:
    for _ in range(5):
        stranger.sign_in(password="wrong")
    response = stranger.sign_in()
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) >= 1
    assert "Try again in" in response.text


def test_the_owners_browser_gets_in_while_others_guess(world: World, admin: Reader) -> None:
    admin.post("/sign-out")
    other = Reader(_app(admin).test_client())
    for _ in range(6):
        other.sign_in(password="wrong")
    assert other.sign_in().status_code == 429
    assert admin.sign_in().status_code == 303


def test_a_forged_proof_of_an_earlier_visit_is_worth_nothing(stranger: Reader) -> None:
    stranger.client.set_cookie(security.KNOWN_COOKIE, '["admin","x"].aaaa')
    for _ in range(5):
        stranger.sign_in(password="wrong")
    assert stranger.sign_in().status_code == 429


def test_signing_out_ends_the_session_in_the_box_too(admin: Reader) -> None:
    secret = admin.client.get_cookie(security.COOKIE)
    assert secret is not None
    admin.post("/sign-out")
    admin.client.set_cookie(security.COOKIE, secret.value)
    assert admin.client.get("/").status_code == 303


def test_signing_in_again_ends_the_session_before(admin: Reader) -> None:
    before = admin.client.get_cookie(security.COOKIE)
    assert before is not None
    admin.sign_in()
    admin.client.set_cookie(security.COOKIE, before.value)
    assert admin.client.get("/").status_code == 303


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: Reader) -> None:
    response = stranger.sign_in()
    cookies = response.headers.getlist("Set-Cookie")
    (cookie,) = (c for c in cookies if c.startswith(f"{security.COOKIE}="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert len(cookie.split(";")[0]) > 40


def test_over_https_the_cookies_are_secure(stranger: Reader) -> None:
    page = stranger.client.get("/sign-in", base_url="https://localhost")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    response = stranger.client.post(
        "/sign-in",
        data={"csrf_token": token, "name": NAME, "password": PASSWORD},
        base_url="https://localhost",
    )
    assert response.status_code == 303
    for cookie in response.headers.getlist("Set-Cookie"):
        if not cookie.startswith("pigeonbox_form"):
            assert "Secure" in cookie


def test_what_was_written_survives_a_session_that_ended(world: World, admin: Reader) -> None:
    token = admin.token("/send")
    world.clock.ms += SESSION_IDLE
    typed = {"recipients": ANN, "text": "\nA long <thought>", "connection": ""}
    response = admin.client.post("/send", data={"csrf_token": token} | typed)
    assert response.status_code == 403
    assert "the message you wrote is kept" in response.text
    response = admin.sign_in(**typed)
    assert response.status_code == 200
    assert "<h1>Send SMS</h1>" in response.text
    assert "A long &lt;thought&gt;" in response.text
    assert ANN in response.text
    assert admin.client.get("/").status_code == 200
