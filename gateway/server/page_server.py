"""The web server of the page: what stands behind it, and whom it knows."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.server.body_budget import BodyBudgets
from gateway.server.certificate import Certificate
from gateway.server.web_server import TlsWebServer, WebServer

if TYPE_CHECKING:
    from gateway.process.box import Box


def make_server(box: Box, listener: socket.socket) -> WebServer:
    """The server in front of the page; `run` it in the main thread. Raises CertificateError."""
    from webui import create_app
    from webui.page import security

    http = box.config.http
    certificate = Certificate(Path(http.certificate), Path(http.key)) if http.certificate else None
    app = create_app(box)
    budgets = BodyBudgets(
        security.known_browser(app), security.known_address(app), http.trusted_proxy
    )
    if certificate is None:
        return WebServer(app, listener, budgets, http.trusted_proxy)
    return TlsWebServer(certificate, app, listener, budgets, http.trusted_proxy)
