"""GET /health: whether the box works, for monitors. Nothing private: anybody may read it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from gateway import __version__
from gateway.health import Severity
from gateway.services.status import Level
from gateway.store import views
from gateway.store.db import StoreError
from webui.current import box
from webui.security import public

blueprint = Blueprint("health", __name__)
LEVELS = {Level.GOOD: "pass", Level.BUSY: "warn", Level.BAD: "warn"}


@blueprint.get("/health")
@public
def health() -> tuple[Response, int]:
    checks = {"store:ready": _check("pass", "The store can be read", 1, "boolean")}
    try:
        counts = views.counts()
        status = box().status.snapshot()
    except StoreError as e:
        checks["store:ready"] = _check("fail", str(e), 0, "boolean")
    else:
        ready = sum(m.level is Level.GOOD for m in status.modems)
        checks["modems:ready"] = _check(
            LEVELS[status.level], "Modems that can send and receive", ready, "modems"
        )
        watch = box().health
        if watch is not None:
            serious = [i for i in watch.issues if i.severity is not Severity.NOTE]
            checks["box:issues"] = _check(
                "warn" if serious else "pass",
                "What a person should look after",
                len(serious),
                "issues",
            )
        checks["messages:pending"] = _check(
            "pass", "Messages that wait to be sent", counts.pending, "messages"
        )
    worst = max((c["status"] for c in checks.values()), key=("pass", "warn", "fail").index)
    body = {"status": worst, "version": __version__, "releaseId": 1, "checks": checks}
    return jsonify(body), 503 if worst == "fail" else 200


def _check(status: str, description: str, value: int, unit: str) -> dict[str, str | int]:
    return {
        "status": status,
        "description": description,
        "observedValue": value,
        "observedUnit": unit,
    }
