"""The machine's clock as it is here, and setting it."""

from __future__ import annotations

import os
import time

import pytest

from hw import hostclock


def test_it_tells_what_it_can_and_never_fails():
    seen = hostclock.look()
    assert seen.synchronised in (True, False, None)
    assert seen.rtc is None or seen.rtc > 0
    assert seen.boot


def test_where_nothing_tells_nothing_is_claimed(monkeypatch, tmp_path):
    for name in ("RTC", "BOARD", "BOOT", "TIMESYNCD"):
        monkeypatch.setattr(hostclock, name, tmp_path / "none")
    seen = hostclock.look()
    assert (seen.board, seen.rtc, seen.boot) == (False, None, "")


def test_timesyncds_mark_a_board_and_its_own_clock_are_seen(monkeypatch, tmp_path):
    for name, text in (("RTC", "1795000000\n"), ("BOARD", "Raspberry Pi Zero 2 W"), ("BOOT", "x")):
        path = tmp_path / name
        path.write_text(text)
        monkeypatch.setattr(hostclock, name, path)
    monkeypatch.setattr(hostclock, "TIMESYNCD", tmp_path / "BOOT")
    assert hostclock.look() == hostclock.HostClock(True, True, 1_795_000_000_000, "x")


def test_the_steady_clock_goes_on():
    first = hostclock.steady()
    assert hostclock.steady() >= first > 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may set the clock")
def test_without_the_right_it_refuses():
    with pytest.raises(PermissionError):
        hostclock.set_clock(int(time.time() * 1000))
