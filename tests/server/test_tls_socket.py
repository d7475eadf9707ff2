"""The page over TLS; with real sockets."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.server import bounds
from gateway.server.certificate import Certificate
from tests.server.served import Serve, Served, closed, over_tls, trusting, whole
from tests.support.box import eventually


def test_bodies_and_answers_of_any_size_pass_whole(secure: Served, pair: tuple[Path, Path]) -> None:
    client = over_tls(secure, pair)
    for size in (1, 16383, 16384, 16385, 100_000, bounds.STRANGERS_EACH):
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
    monkeypatch.setattr(bounds, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(bounds, "IDLE", 1)
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
    certificate = Certificate(*pair)
    assert certificate.context.minimum_version == ssl.TLSVersion.TLSv1_2
