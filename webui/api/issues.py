"""GET /api/v1/issues: everything that is wrong with the box, as its Health page tells it."""

from __future__ import annotations

from flask import Response, jsonify

from webui.page.current import box
from webui.page.formats import iso


def issues() -> Response:
    """The worst first. "light" is what its lamp says, in words."""
    watch, lighting = box().health, box().lighting
    found = watch.issues if watch else ()
    return jsonify(
        {
            "light": lighting.light().words if lighting else None,
            "issues": [
                {
                    "key": i.key,
                    "severity": i.severity,
                    "about": i.about,
                    "words": i.words,
                    "mend": i.mend,
                    "since": None if i.since is None else iso(i.since),
                }
                for i in found
            ],
        }
    )
