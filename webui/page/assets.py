"""Our own style sheet, scripts and picture, under an address that changes when any of them does.

The version is a folder in the path, so that a script's `import "./other.js"` stays inside it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, send_from_directory

FOLDER = Path(__file__).parents[1] / "static"
A_YEAR = 365 * 86400


def init_app(app: Flask) -> None:
    version = _version()

    def static(version: str, filename: str) -> Response:
        response = send_from_directory(FOLDER, filename)
        if version == current:
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response

    def asset(filename: str) -> str:
        return f"/static/{version}/{filename}"  # also where the request's host is no host at all

    current = version
    app.add_url_rule("/static/<version>/<path:filename>", "static", static)
    app.add_template_global(asset)


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
