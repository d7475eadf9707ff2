from __future__ import annotations

import re

from gateway.services.box import qr
from gateway.services.box.addresses import for_phone, is_reachable

URL = "http://192.168.1.20:8080/first-run?code=K7QF-2MXA"


def test_the_picture_needs_neither_style_nor_script() -> None:
    picture = qr.svg(URL)
    assert picture.startswith("<svg")
    assert "viewBox" in picture
    assert " style=" not in picture
    assert "<script" not in picture
    assert URL not in picture


def test_in_a_terminal_it_is_a_square_of_half_blocks() -> None:
    rows = [row for row in re.sub(r"\x1b\[[0-9;]*m", "", qr.terminal(URL)).split("\n") if row]
    assert len(rows) > 12
    assert len({len(row) for row in rows}) == 1
    assert abs(len(rows) * 2 - len(rows[0])) <= 1


def test_a_phone_is_given_a_number_rather_than_a_name() -> None:
    known = ["http://localhost:8080/", "http://box.local:8080/", "http://192.168.1.20:8080/"]
    assert for_phone(known) == "http://192.168.1.20:8080/"
    assert for_phone(known[:2]) == "http://box.local:8080/"
    assert for_phone(known[:1]) is None
    assert for_phone(["http://127.0.0.1:8080/", "http://[::1]:8080/"]) is None
    assert is_reachable("fe80::1")
    assert not is_reachable("")
