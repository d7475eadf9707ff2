"""Pages are sent compressed where the reader can take it."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.webui.conftest import Reader, World

GZIP = {"Accept-Encoding": "br, gzip"}


def test_a_page_is_the_same_compressed_and_a_fraction_of_the_size(
    admin: Reader, world: World
) -> None:
    for n in range(60):
        world.write(f"message {n}")
    plain = admin.client.get("/received")
    small = admin.client.get("/received", headers=GZIP)
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(gzip.decompress(small.data)) == pytest.approx(len(plain.data), abs=200)
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)


def test_whoever_cannot_take_it_gets_it_plain(admin: Reader) -> None:
    response = admin.client.get("/", headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in response.headers


def test_scripts_and_styles_too_and_they_are_kept_by_the_browser(admin: Reader) -> None:
    found = re.search(r'href="(/static/[^"]+style\.css)"', admin.get("/"))
    assert found
    response = admin.client.get(found[1], headers=GZIP)
    assert response.headers["Content-Encoding"] == "gzip"
    assert "immutable" in response.headers["Cache-Control"]
    again = admin.client.get(found[1], headers=GZIP | {"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    again.close()


def test_what_compression_could_give_away_is_out_of_reach(admin: Reader, world: World) -> None:
    cookies = admin.client.get_cookie("pigeonbox")
    assert cookies
    assert cookies.same_site == "Lax"


def test_an_open_page_hears_that_nothing_changed(admin: Reader, world: World) -> None:
    for n in range(40):
        world.receive(f"message {n}")
    ids = ",".join(re.findall(r'data-id="(\d+)"', admin.get("/")))
    path = f"/live?view=all&ids={ids}&newer="
    first = admin.client.get(path, headers=GZIP | {"X-Requested-By": "page"})
    assert first.headers["Content-Encoding"] == "gzip"
    headers = GZIP | {"X-Requested-By": "page", "If-None-Match": first.headers["ETag"]}
    assert admin.client.get(path, headers=headers).status_code == 304
