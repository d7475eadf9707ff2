"""The web server with real sockets: slow and greedy clients, TLS, a proxy before it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.config import Config
from gateway.server import tls, web_bounds, web_server
from tests.server.served import Serve, Served, closed, whole
from tests.support.box import eventually
from tests.webui.conftest import NAME, PASSWORD, World, field


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("box") / "tls"
    return tls.make(folder, ["localhost", "127.0.0.1", "box.local"])


# slow and greedy -------------------------------------------------------------------------------


def test_a_request_that_drips_in_for_ever_is_ended(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_bounds, "HEADERS_WITHIN", 0.6)
    monkeypatch.setattr(web_server, "LOOK_EVERY", 0.1)
    served = serve()
    with served.open() as slow:
        began = time.monotonic()
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")

        def drip() -> bool:
            with contextlib.suppress(OSError):
                slow.send(b"X")
            return closed(slow)

        eventually(drip, patience=8)
        assert time.monotonic() - began > 0.5
    assert served.get().status == 200


def test_a_body_that_drips_in_is_ended_and_an_honest_slow_one_is_not(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_bounds, "BODY_WITHIN", 0.5)
    monkeypatch.setattr(web_server, "LOOK_EVERY", 0.1)
    served = serve()
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    with served.open() as drips, served.open() as honest:
        drips.sendall(head % 10)
        honest.sendall(head % (4096 * 60))  # a minute's worth
        eventually(lambda: closed(drips), patience=8)
        assert not closed(honest)


def test_many_slow_requests_from_one_address_leave_places_for_others(serve: Serve) -> None:
    served = serve()
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(served.open()) for _ in range(web_server.CONNECTIONS_EACH)]
        for one in crowd:
            one.sendall(b"GET / HTTP/1.1\r\n")
        eventually(lambda: len(served.server.active_channels) == web_server.CONNECTIONS_EACH)
        late = stack.enter_context(served.open())
        eventually(lambda: closed(late), patience=8)
        other = stack.enter_context(
            socket.create_connection(
                ("127.0.0.1", served.port), 10, source_address=("127.0.0.2", 0)
            )
        )
        other.sendall(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in other.recv(4096)


def test_headers_without_end_are_refused(serve: Serve) -> None:
    served = serve()
    with served.open() as rude:
        with contextlib.suppress(OSError):
            rude.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: aaaaaaaaaa\r\n" * 5000)
        with contextlib.suppress(ConnectionResetError):
            assert b" 431 " in rude.recv(4096)
    assert served.get().status == 200


def test_a_body_larger_than_anything_here_is_refused_before_it_is_sent(serve: Serve) -> None:
    served = serve()
    with served.open() as rude:
        rude.sendall(
            b"POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999999\r\n\r\n"
        )
        assert b" 413 " in rude.recv(4096)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x00" * 100 + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: x\r\n\r\n",
        b"POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /send HTTP/1.1\r\n\r\n",
        *(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + lie + b"\r\n\r\n"
            b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for lie in (
                b"Transfer-Encoding: chunked\r\nContent-Length: 5",
                b"Content-Length: 5\r\nContent-Length: 0",
                b"Content-Length: +5",
                b"Content-Length: 0x5",
                b"Transfer-Encoding: xchunked",
                b"Transfer-Encoding: chunked, identity",
                b"Transfer-Encoding : chunked",
                b" Transfer-Encoding: chunked",
                b"X: y\nTransfer-Encoding: chunked",
                b"Transfer-Encoding:\x0bchunked",
            )
        ),
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /static/x/..%2f..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /static/x/nothing.css HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /static/x/style.css HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_rubbish_is_refused_and_the_box_goes_on(serve: Serve, rubbish: bytes) -> None:
    served = serve()
    with served.open() as rude:
        rude.sendall(rubbish)
        answer = rude.recv(4096)
        assert b" 200 " not in answer
        assert b" 500 " not in answer
        assert b"root:" not in answer
    assert served.get().status == 200


# TLS -------------------------------------------------------------------------------------------


def trusting(pair: tuple[Path, Path]) -> ssl.SSLContext:
    """A client that believes this certificate and checks names."""
    return ssl.create_default_context(cafile=str(pair[0]))


def over_tls(served: Served, pair: tuple[Path, Path]) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("localhost", served.port, timeout=10, context=trusting(pair))


@pytest.fixture
def secure(serve: Serve, pair: tuple[Path, Path]) -> Served:
    return serve(certificate=str(pair[0]), key=str(pair[1]))


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


def test_bodies_and_answers_of_any_size_pass_whole(secure: Served, pair: tuple[Path, Path]) -> None:
    client = over_tls(secure, pair)
    for size in (1, 16383, 16384, 16385, 100_000, web_bounds.STRANGERS_EACH):
        client.request("POST", "/sign-in", b"x" * size)
        answer = client.getresponse()
        assert answer.status == 403
        assert b"</html>" in answer.read()
    client.close()


def test_many_browsers_at_once_are_served(secure: Served, pair: tuple[Path, Path]) -> None:
    def visit(_: int) -> int:
        client = over_tls(secure, pair)
        statuses = []
        for path in ("/sign-in", "/health", "/nothing"):
            client.request("GET", path)
            answer = client.getresponse()
            answer.read()
            statuses.append(answer.status)
        client.close()
        assert statuses == [200, 200, 404]
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(visit, range(40))) == 40


def test_who_types_http_is_told_to_type_https(secure: Served) -> None:
    with secure.open() as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"write https:// instead" in whole(plain)


def test_who_never_finishes_the_handshake_is_sent_away_and_holds_nobody_up(
    serve: Serve, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(web_server, "IDLE", 1)
    served = serve(certificate=str(pair[0]), key=str(pair[1]))
    with served.open() as silent, served.open() as half:
        half.sendall(b"\x16\x03\x01\x02\x00\x01")
        client = over_tls(served, pair)
        client.request("GET", "/health")
        assert client.getresponse().status == 200
        client.close()
        eventually(lambda: closed(silent), patience=8)
        eventually(lambda: closed(half), patience=8)


def test_old_tls_is_not_spoken(secure: Served, pair: tuple[Path, Path]) -> None:
    context = trusting(pair)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context.maximum_version = version
        with context.wrap_socket(secure.open(), server_hostname="localhost") as spoken:
            assert spoken.version() in ("TLSv1.2", "TLSv1.3")
    certificate = tls.Certificate(*pair)
    assert certificate.context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_renewed_certificate_is_used_without_a_restart(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "LOOK_EVERY", 0.1)
    files = tls.make(tmp_path / "renewed", ["localhost"])
    served = serve(certificate=str(files[0]), key=str(files[1]))
    old = ssl.get_server_certificate(("127.0.0.1", served.port))
    files[1].write_text("half written")
    with served.open():  # wakes the loop; the broken pair is passed over
        pass
    tls.make(tmp_path / "renewed", ["localhost"])
    eventually(lambda: ssl.get_server_certificate(("127.0.0.1", served.port)) != old)


def test_a_certificate_that_cannot_be_used_is_said_in_plain_words(
    tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    other = tls.make(tmp_path / "tls", ["localhost"])
    with pytest.raises(tls.TlsError, match="does not belong to"):
        tls.Certificate(pair[0], other[1])
    with pytest.raises(tls.TlsError, match="cannot be read"):
        tls.Certificate(tmp_path / "none.pem", pair[1])
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("hello")
    with pytest.raises(tls.TlsError, match="PEM"):
        tls.Certificate(rubbish, rubbish)


def test_the_key_made_here_is_the_services_alone(tmp_path: Path) -> None:
    made, key = tls.make(tmp_path / "tls", ["box.local", "192.168.1.20", "::1"])
    assert key.stat().st_mode & 0o777 == 0o600
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(p.name for p in made.parent.iterdir()) == ["certificate.pem", "key.pem"]
    assert len(tls.fingerprint(made)) == 95
    assert [tls.is_name(n) for n in ("box.local", "10.0.0.1", "::1")] == [True] * 3
    for odd in ("", "a b", "x\ny=1", "-a", "a..b", "a,IP:1.2.3.4"):
        assert not tls.is_name(odd)


# behind a proxy --------------------------------------------------------------------------------


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
