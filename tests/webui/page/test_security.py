from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.accounts.accounts import SESSION_IDLE
from tests.webui.conftest import ANN, NAME, PASSWORD, Reader, World, words
from webui import create_app
from webui.page import security

OPEN_TO_ALL = {"auth.sign_in", "auth.sign_in_now", "auth.sign_out", "auth.first_run"}
OPEN_TO_ALL |= {"auth.first_run_now", "health.health", "static"}


def _app(reader: Reader) -> Flask:
    return reader.client.application


# who gets in -----------------------------------------------------------------------------------


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


# forged requests -------------------------------------------------------------------------------


def test_a_post_without_the_form_token_does_nothing(world: World, admin: Reader) -> None:
    response = admin.client.post("/send", data={"recipients": ANN, "text": "forged"})
    assert response.status_code == 403
    assert "press Send once more" in response.text
    assert "forged" not in admin.get("/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8081"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example/localhost"},
        {"Origin": "http://localhost@evil.example"},
        {"Origin": "ftp://localhost"},
        {"Origin": "http://[::1"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_from_another_site_does_nothing_even_with_the_token(
    admin: Reader, headers: dict[str, str]
) -> None:
    data = {"csrf_token": admin.token("/send"), "recipients": ANN, "text": "forged"}
    response = admin.client.post("/send", data=data, headers=headers)
    assert response.status_code == 403
    assert "forged" not in admin.get("/")


def test_a_post_of_our_own_page_is_carried_out(admin: Reader) -> None:
    data = {"csrf_token": admin.token("/send"), "recipients": ANN, "text": "fine"}
    headers = {"Origin": "http://localhost"}  # what Chromium sends on a LAN without TLS
    assert admin.client.post("/send", data=data, headers=headers).status_code == 303


def test_another_site_cannot_make_a_browser_use_the_api(admin: Reader, world: World) -> None:
    login = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
    response = admin.client.post(
        "/api/v1/messages",
        data='{"textMessage": {"text": "forged"}, "phoneNumbers": ["+447700900123"]}',
        headers={"Authorization": f"Basic {login}", "Origin": "http://evil.example"},
    )
    assert response.status_code == 403
    assert "forged" not in admin.get("/")


# hosts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8080",
        "192.168.1.20:8080",
        "[fe80::1]:8080",
        "localhost.",
        "pigeonbox.local",
        "PIGEONBOX.local.",
        "pigeonbox-2.local",
        "pigeonbox",
        "attic.home.arpa:8080",
        "attic",
        "attic.lan",
        "attic.internal",
        "attic.local",
        "box.example.org",
    ],
)
def test_the_boxs_own_names_and_addresses_are_answered(
    stranger: Reader, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "attic")
    assert stranger.client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        # anybody can have these, in the public DNS or by a router that takes names from guests
        "pigeonbox.fritz.box",
        "attic.fritz.box",
        "pigeonbox.box",
        "pigeonbox.home",
        "attic.speedport.ip",
        "attic.dyndns.example",
        "pigeonbox.local.example",
        "pigeonbox.lan.example",
        "pigeonbox.arpa",
        "0x7f.1",
        "box.example.org.evil.example",
        "evil.box.example.org",
        "1.2.3.4.nip.io",
        "evil.local",
        "evil",
        "pigeonbox.evil.example",
        "pigeonbox.com",
        "evil.pigeonbox.local",
        "localhost.evil.example",
        "-2.local",
        ".local",
        "[::1",
        "",
        "pigeonbox.local@evil.example",
        "evil.example#pigeonbox",
    ],
)
def test_other_names_are_not_answered(
    stranger: Reader, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "attic.dyndns.example")
    response = stranger.client.get("/sign-in", headers={"Host": host})
    assert response.status_code == 400
    assert "trusted_hosts" in response.text


# headers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/sign-in", "/send", "/nothing-here", "/api/v1/inbox"])
def test_every_answer_is_locked_down(admin: Reader, path: str) -> None:
    headers = admin.client.get(path).headers
    assert headers["Content-Security-Policy"] == security.CSP
    assert "unsafe" not in security.CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("wanted", [True, False])
def test_browsers_are_kept_to_tls_only_where_somebody_chose_so(
    stranger: Reader, world: World, wanted: bool
) -> None:
    http = replace(world.box.config.http, hsts=wanted)
    world.box.config = replace(world.box.config, http=http)
    name = "Strict-Transport-Security"
    assert name not in stranger.client.get("/sign-in").headers  # RFC 6797, 7.2: not over http
    given = stranger.client.get("/sign-in", base_url="https://localhost").headers
    assert given.get(name) == ("max-age=31536000" if wanted else None)


def test_pages_hold_no_inline_script_or_style(admin: Reader, world: World) -> None:
    message = world.receive("hello")
    for path in ("/", f"/?open={message}", "/send", "/sign-in"):
        page = admin.client.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/')


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


def test_script_in_a_text_is_shown_and_never_run(admin: Reader, world: World) -> None:
    message = world.receive(SCRIPT)
    for path in ("/", f"/?open={message}", "/received"):
        page = admin.get(path)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert SCRIPT in words(page.replace("&lt;", "‹").replace("&gt;", "›")).replace(
            "‹", "<"
        ).replace("›", ">")


def test_script_in_a_senders_name_or_a_refused_field_is_never_run(
    admin: Reader, world: World
) -> None:
    world.receive("hi", sender="<b>x</b>")
    assert "<b>x" not in admin.get("/")
    response = admin.post("/send", recipients=SCRIPT, text="</textarea>" + SCRIPT)
    assert response.status_code == 400
    assert "<script>alert" not in response.text
    assert "</textarea><script" not in response.text
    assert "<script>alert" not in admin.get(f"/?open={SCRIPT}&before={SCRIPT}&queued={SCRIPT}")


# size and rubbish ------------------------------------------------------------------------------


def test_a_huge_post_is_refused_in_plain_words(admin: Reader) -> None:
    response = admin.post("/send", recipients=ANN, text="x" * 600_000)
    assert response.status_code == 413
    assert "larger than the box accepts" in response.text


def test_unknown_pages_and_methods_are_told_plainly(admin: Reader) -> None:
    response = admin.client.get("/nothing-here")
    assert response.status_code == 404
    assert "Nothing here" in response.text
    response = admin.client.put("/send")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["../style.css", "..%2f__init__.py", "%2e%2e/__init__.py", "x"])
def test_static_gives_nothing_but_its_own_files(stranger: Reader, path: str) -> None:
    response = stranger.client.get(f"/static/0/{path}")
    assert response.status_code in (303, 404)


def test_a_file_is_kept_for_long_under_its_present_address_only(stranger: Reader) -> None:
    page = stranger.get("/sign-in")
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    old = address.replace(address.split("/")[2], "old")
    with stranger.client.get(address) as now, stranger.client.get(old) as then:
        assert "immutable" in now.headers["Cache-Control"]
        assert then.headers["Cache-Control"] == "no-cache"


def test_a_fault_is_a_plain_page_and_tells_nothing_private(
    admin: Reader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("webui.messages.message_rows.counts", broken)
    response = admin.client.get("/")
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert "Something went wrong in the box" in response.text
    assert "GET / failed" in caplog.text


def test_message_texts_and_passwords_stay_out_of_the_log(
    admin: Reader, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("INFO", "peewee")  # whose DEBUG is every statement with its values
    admin.post("/send", recipients=ANN, text="very private")
    admin.sign_in(password="wrong password")
    admin.client.post("/send", data={"text": "very private"})
    assert "private" not in caplog.text
    assert "wrong password" not in caplog.text


def test_the_signing_key_is_random_and_stays(world: World, admin: Reader) -> None:
    again = create_app(world.box)
    assert again.secret_key == _app(admin).secret_key
    assert len(str(again.secret_key)) == 64
