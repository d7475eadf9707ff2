"""What the command line asks about credit and USSD; each in a thread of its own, with its wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.services.credit.credit import CreditChecks
from gateway.services.credit.credit_status import amount, part
from gateway.services.credit.ussd import DialogueState, UssdDialogues, UssdError
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.file import database

if TYPE_CHECKING:
    from gateway.process.box import Box

PATIENCE = 100.0  # seconds for the network and whatever the modem does before
OLD = "This service does not know that question; is it an older version?"


def ussd(box: Box, question: dict[str, Any]) -> dict[str, Any]:
    """{"connection", one of "code", "choice", "cancel"} -> {"text", "waits", "words"}."""
    with database.connected():
        try:
            return _ussd(box.ussd, question)
        except UssdError as e:
            return {"error": str(e)}


def _ussd(desk: UssdDialogues | None, question: dict[str, Any]) -> dict[str, Any]:
    if desk is None:
        return {"error": OLD}
    info = _connection_named(str(question.get("connection", "")))
    if "cancel" in question:
        desk.cancel(info.connection_id)
    elif "choice" in question:
        desk.choose(info.connection_id, str(question["choice"]))
    else:
        desk.request(info.connection_id, str(question.get("code", "")))
    shown = desk.wait(info.connection_id, PATIENCE)
    if shown is None or shown.state is DialogueState.ASKING:
        return {"error": "The modem was too busy."}
    last = shown.turns[-1]
    return {"text": last.answer, "waits": shown.state is DialogueState.CHOOSE, "words": last.words}


def credit(box: Box, question: dict[str, Any]) -> dict[str, Any]:
    """{"connection"?: asked now} -> {"connections": what is known of it, or of all}."""
    with database.connected():
        watcher, name = box.credit, question.get("connection")
        if watcher is None:
            return {"error": OLD}
        try:
            if name is None:
                known = connections.all_connections()
                return {"connections": [_status(watcher, info) for info in known]}
            info = _connection_named(str(name))
            watcher.check_now(info.connection_id)
            watcher.wait(info.connection_id, PATIENCE)
            return {"connections": [_status(watcher, info)]}
        except UssdError as e:
            return {"error": str(e)}


def _status(watcher: CreditChecks, info: ConnectionInfo) -> dict[str, Any]:
    status = watcher.status(info.connection_id)
    last, read = status.last, status.read
    return {
        "connection": info.name,
        "balance": str(read.balance) if read else None,
        "currency": read.currency if read else "",
        "shown": amount(read) if read else "",
        "part": part(read) if read else "",
        "at": read.at if read else None,
        "answer": last.raw if last else "",
        "answered_at": last.at if last else None,
        "trouble": last.trouble if last else "",
        "code": status.settings.code,
        "low": status.low,
        "held": status.held,
        "suggestion": status.suggestion,
    }


def _connection_named(name: str) -> ConnectionInfo:
    known = connections.all_connections()
    for info in known:
        if info.name == name:
            return info
    names = ", ".join(c.name for c in known) or "none yet"
    raise UssdError(f"There is no connection called {name}. Known: {names}.")
