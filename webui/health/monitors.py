"""Whether the box works, for monitors: anybody may ask, by any name; nothing private is told.

GET /health: the store can be read; what upgrades ask. /health/live: the service answers.
/health/startup: it has begun its work. /health/ready: something can be sent. 503 when not.
The same under /api/v1, where SMSGate's clients ask.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from gateway import __version__
from gateway.health import Severity
from gateway.services.connections.status import Level
from gateway.services.health.readiness import UNREADABLE, readiness
from gateway.store.file.database import StoreError
from gateway.store.search import views
from webui.page import db_connection
from webui.page.current import box
from webui.page.security import public

blueprint = Blueprint("health", __name__)
LEVELS = {Level.GOOD: "pass", Level.BUSY: "warn", Level.BAD: "warn"}
Checks = dict[str, dict[str, str | int]]


@blueprint.get("/health")
@blueprint.get("/api/v1/health")
@blueprint.get("/health/<any(live, startup, ready):what>")
@blueprint.get("/api/v1/health/<any(live, startup, ready):what>")
@public
def health(what: str = "") -> tuple[Response, int]:
    return _answer(ASKED[what]())


def _live() -> Checks:
    """Whatever is wrong with store and modems: a restart would not mend it."""
    return {}


def _startup() -> Checks:
    return {"store:ready": _checks()["store:ready"]}


def _ready() -> Checks:
    checks = _checks()
    able, words = 0, UNREADABLE
    if checks["store:ready"]["status"] == "pass":
        try:
            found = readiness(box().status.snapshot())
            able, words = found.able, found.words
        except StoreError:
            pass
    said = f"Nothing can be sent: {words}" if words else "Modems that can send"
    checks["sending:possible"] = _check("fail" if words else "pass", said, able, "modems")
    return checks


def _checks() -> Checks:
    try:
        db_connection.need()
        counts = views.counts()
        status = box().status.snapshot()
    except StoreError as e:
        return {"store:ready": _check("fail", str(e), 0, "boolean")}
    checks = {"store:ready": _check("pass", "The store can be read", 1, "boolean")}
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
    return checks


def _answer(checks: Checks) -> tuple[Response, int]:
    order = ("pass", "warn", "fail")
    worst = max((str(c["status"]) for c in checks.values()), key=order.index, default="pass")
    body = {"status": worst, "version": __version__, "releaseId": 1, "checks": checks}
    return jsonify(body), 503 if worst == "fail" else 200


def _check(status: str, description: str, value: int, unit: str) -> dict[str, str | int]:
    return {
        "status": status,
        "description": description,
        "observedValue": value,
        "observedUnit": unit,
    }


ASKED = {"": _checks, "live": _live, "startup": _startup, "ready": _ready}
