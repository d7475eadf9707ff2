"""Connections (SIMs in service) and modems (hardware), as they are known over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.store.db import errors, execute, insert, transaction

UNIDENTIFIED = "unidentified"  # sim_key of a card that tells neither ICCID nor IMSI


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    connection_id: int
    name: str
    number: str  # own number as E.164, "" when not known
    iccid: str
    imsi: str
    send_enabled: bool
    receive_enabled: bool
    has_pin: bool
    pin_was_tried: bool  # the stored PIN was entered once and did not help: a person must act
    created_at: int
    last_up_at: int | None


@dataclass(frozen=True, slots=True)
class ModemInfo:
    modem_id: int
    imei: str
    usb_path: str
    manufacturer: str
    model: str
    firmware: str
    port: str
    created_at: int
    last_seen_at: int


# connections -----------------------------------------------------------------------------------

_COLUMNS = (
    "SELECT id, name, number, iccid, imsi, send_enabled, receive_enabled, pin <> '',"
    " pin_tried <> '', created_at, last_up_at FROM connection"
)


def upsert_connection(iccid: str, imsi: str, now: int) -> ConnectionInfo:
    """A SIM is in service: remember it, by ICCID or else IMSI. Durable when it returns.

    Being in service also proves its PIN right: it may be entered again after a restart.
    """
    with transaction():
        connection_id = _identify(iccid, imsi, now)
        execute(
            "UPDATE connection SET last_up_at = ?, pin_tried = '' WHERE id = ?",
            (now, connection_id),
        )
        execute("UPDATE connection SET pin_tried = '' WHERE sim_key = ?", (UNIDENTIFIED,))
        return _info(execute(f"{_COLUMNS} WHERE id = ?", (connection_id,)).fetchone())


def _identify(iccid: str, imsi: str, now: int) -> int:
    """The row of this SIM, made or completed; inside a transaction."""
    by_imsi = f"imsi:{imsi}" if imsi else UNIDENTIFIED
    key = iccid or by_imsi
    row = execute(
        "SELECT id, iccid, imsi FROM connection WHERE sim_key IN (?, ?)"
        " OR (? <> '' AND ? = '' AND imsi = ?) ORDER BY sim_key = ? DESC LIMIT 1",
        (key, by_imsi if imsi else key, imsi, iccid, imsi, key),
    ).fetchone()
    if row is None:
        return _add(key, iccid, imsi, now)
    execute(
        "UPDATE connection SET iccid = ?, imsi = ?, sim_key = CASE WHEN ? <> '' THEN ?"
        " ELSE sim_key END WHERE id = ?",
        (iccid or row[1], imsi or row[2], iccid, iccid, row[0]),
    )
    return int(row[0])


def _add(key: str, iccid: str, imsi: str, now: int) -> int:
    position = execute("SELECT coalesce(max(position), 0) + 1 FROM connection")
    number = position.fetchone()[0]
    return insert(
        "INSERT INTO connection (sim_key, iccid, imsi, name, position, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (key, iccid, imsi, f"SIM {number}", number, now),
    )


def _info(row: tuple[Any, ...]) -> ConnectionInfo:
    connection_id, name, number, iccid, imsi, sends, receives, has_pin, tried, made, up = row
    return ConnectionInfo(
        connection_id,
        name,
        number,
        iccid,
        imsi,
        bool(sends),
        bool(receives),
        bool(has_pin),
        bool(tried),
        made,
        up,
    )


def all_connections() -> list[ConnectionInfo]:
    with errors():
        return [_info(row) for row in execute(f"{_COLUMNS} ORDER BY position, id")]


def get(connection_id: int) -> ConnectionInfo | None:
    with errors():
        row = execute(f"{_COLUMNS} WHERE id = ?", (connection_id,)).fetchone()
    return _info(row) if row else None


def exists(connection_id: int) -> bool:
    return get(connection_id) is not None


def rename(connection_id: int, *, name: str | None = None, number: str | None = None) -> None:
    """Set what a person calls it and its own number (E.164, "" for not known)."""
    with errors():
        execute(
            "UPDATE connection SET name = coalesce(?, name), number = coalesce(?, number)"
            " WHERE id = ?",
            (name, number, connection_id),
        )


# PIN -------------------------------------------------------------------------------------------


def set_pin(connection_id: int, pin: str) -> None:
    """A person says what the PIN is (again): it may be tried once more."""
    with errors():
        execute("UPDATE connection SET pin = ?, pin_tried = '' WHERE id = ?", (pin, connection_id))


def take_pin(iccid: str, imsi: str, fallback: str, now: int) -> str | None:
    """The PIN to enter now, on disk as tried before this returns; None: there is none to try.

    `fallback` comes from the config file and is used when the person stored none. Three wrong ones
    lock a SIM for good, so each value is tried once until the SIM has come into service with it.
    """
    with transaction():
        connection_id = _identify(iccid, imsi, now)
        stored, tried = execute(
            "SELECT pin, pin_tried FROM connection WHERE id = ?", (connection_id,)
        ).fetchone()
        pin: str = stored or fallback
        if not pin or pin == tried:
            return None
        execute("UPDATE connection SET pin_tried = ? WHERE id = ?", (pin, connection_id))
        return pin


# modems ----------------------------------------------------------------------------------------


def upsert_modem(
    *,
    imei: str,
    usb_path: str,
    manufacturer: str,
    model: str,
    firmware: str,
    port: str,
    now: int,
) -> int:
    """A modem answered: remember it by IMEI and USB path (IMEIs repeat). Returns its id."""
    with errors():
        row = execute(
            "INSERT INTO modem (imei, usb_path, manufacturer, model, firmware, port, created_at,"
            " last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (imei, usb_path) DO UPDATE SET manufacturer = excluded.manufacturer,"
            " model = excluded.model, firmware = excluded.firmware, port = excluded.port,"
            " last_seen_at = excluded.last_seen_at RETURNING id",
            (imei, usb_path, manufacturer, model, firmware, port, now, now),
        ).fetchone()
    return int(row[0])


def all_modems() -> list[ModemInfo]:
    with errors():
        rows = execute(
            "SELECT id, imei, usb_path, manufacturer, model, firmware, port, created_at,"
            " last_seen_at FROM modem ORDER BY id"
        ).fetchall()
    return [ModemInfo(*row) for row in rows]
