from __future__ import annotations

from pathlib import Path

import pytest

from gateway.server import self_signed
from tests.server.served import Serve, Served
from tests.webui.conftest import new_world, quick, serve, world

__all__ = ["new_world", "quick", "serve", "world"]  # the page's own, which is what is served


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    folder = tmp_path_factory.mktemp("box") / "tls"
    return self_signed.make(folder, ["localhost", "127.0.0.1", "box.local"])


@pytest.fixture
def secure(serve: Serve, pair: tuple[Path, Path]) -> Served:
    return serve(certificate=str(pair[0]), key=str(pair[1]))
