from __future__ import annotations

from tests.webui.conftest import new_world, quick, serve, world

__all__ = ["new_world", "quick", "serve", "world"]  # the page's own, which is what is served
