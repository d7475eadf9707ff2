"""The page through its web server: secure cookies, and a proxy before it."""

from __future__ import annotations

import http.client
from pathlib import Path

from gateway.config import Config
from tests.server.served import Serve, Served, over_tls
from tests.webui.conftest import NAME, PASSWORD, World, field


def test_the_page_is_served_by_its_own_certificate_and_cookies_are_secure(
    secure: Served, pair: tuple[Path, Path]
) -> None:
    client = over_tls(secure, pair)
    client.request("GET", "/sign-in")
    answer = client.getresponse()
    page = answer.read().decode()
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    assert "Strict-Transport-Security" not in answer.headers
    body = f"csrf_token={field(page, 'csrf_token')}&name={NAME}&password=correct+horse"
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    headers["Origin"] = f"https://localhost:{secure.port}"
    client.request("POST", "/sign-in", body, headers)  # the same connection again
    answer = client.getresponse()
    answer.read()
    assert answer.status == 303
    assert all("Secure" in c for c in answer.headers.get_all("Set-Cookie") if "form" not in c)
    assert PASSWORD == "correct horse"
    client.close()


def test_the_proxys_word_counts_and_nobody_elses(serve: Serve, world: World) -> None:
    served = serve(trusted_proxy="127.0.0.1")
    for number in range(7):
        asked = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        login = {"Authorization": "Basic YWRtaW46d3Jvbmc=", "X-Forwarded-For": f"10.1.1.{number}"}
        asked.request("GET", "/api/v1/inbox", headers=login)
        assert asked.getresponse().status == 401, number  # each is somebody else
        asked.close()


def test_without_a_proxy_nobody_chooses_the_address_they_come_from(serve: Serve) -> None:
    served = serve()
    statuses = []
    for number in range(7):
        login = {"Authorization": "Basic YWRtaW46d3Jvbmc=", "X_Forwarded_For": f"10.1.1.{number}"}
        statuses.append(served.get("/api/v1/inbox", **login).status)
    assert statuses == [401] * 5 + [429] * 2


def test_https_at_the_proxy_makes_cookies_secure(serve: Serve) -> None:
    served = serve(trusted_proxy="127.0.0.1")
    answer = served.get("/sign-in", X_Forwarded_Proto="https")
    assert answer.status == 200
    assert Config().http.scheme == "http"
