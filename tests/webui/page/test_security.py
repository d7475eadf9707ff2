from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from tests.webui.conftest import ANN, NAME, PASSWORD, Reader, World, words
from webui import create_app
from webui.page import security

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
    assert again.secret_key == admin.client.application.secret_key
    assert len(str(again.secret_key)) == 64
