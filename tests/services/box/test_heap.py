"""All threads share one heap, and a command does not load the service."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAPS = """
import ctypes, sys, threading
from gateway.services.box import heap
if sys.argv[2] == "shared":
    heap.share()
together = threading.Barrier(6)
def work():
    kept = bytes(100_000)
    together.wait()
    return kept
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
"""
LOADED = """
import sys
from gateway.cli.main import main
sys.argv[0] = "pigeonbox"
try:
    main()
finally:
    print([name for name in ("gateway.process.app", "flask", "waitress") if name in sys.modules])
"""


def run(code: str, *words: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's own")
@pytest.mark.parametrize("way", ["shared", "one each"])
def test_threads_share_one_heap(tmp_path: Path, way: str) -> None:
    run(HEAPS, str(tmp_path / "heaps.xml"), way)
    heaps = (tmp_path / "heaps.xml").read_text().count("<heap ")
    assert (heaps == 1) is (way == "shared"), heaps


def test_a_command_does_not_load_the_service(tmp_path: Path) -> None:
    said = run(LOADED, "token", "list", "--data", str(tmp_path))
    assert said.splitlines() == ["There are no tokens.", "[]"]
