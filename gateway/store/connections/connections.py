"""Connections (SIMs in service) and modems (hardware), as they are known over time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gateway.store.connections import identities
from gateway.store.file.database import errors, execute, insert, transaction

SAFE_TRIES = 3  # a PIN is entered by itself only while the SIM would forgive two more


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
    send_roaming: bool = True
    reports: bool = True  # delivery reports are asked for where the writer wants them
    hang_up: bool = False
    per_minute: int | None = None  # SMS at most; 0 = no limit, None = the box's default
    per_hour: int | None = None
    per_day: int | None = None
    pin_tries: int | None = None  # left before the SIM asks for its PUK, None = not known
    position: int = 0  # the number that programs know it by (simNumber); stays for ever


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
    " pin_tried <> '', created_at, last_up_at, send_roaming, reports, hang_up, per_minute,"
    " per_hour, per_day, pin_tries, position FROM connection"
)


def upsert_connection(
    iccid: str,
    imsi: str,
    now: int,
    port: str = "",
    modem: str = "",
    others: Collection[str] = (),
) -> ConnectionInfo:
    """A SIM is in service: remember it, by ICCID or else IMSI. Durable when it returns.

    Being in service also proves its PIN right: it may be entered again after a restart. So may one
    that was entered through this port while the SIM did not yet say who it is. One that was
    forgotten is known again, with its settings. `modem`: what carries it, to know it by when it
    tells nothing of itself; `others`: the other modems that are there.
    """
    with transaction():
        if iccid or imsi:
            _now_known(iccid, imsi, now, port)
        connection_id = _identify(iccid, imsi, now, port, modem, others)
        execute(
            "UPDATE connection SET last_up_at = ?, pin_tried = '', pin_tries = NULL,"
            " pin_confirmed = 0, forgotten_at = NULL, carried_by = ? WHERE id = ?",
            (now, modem, connection_id),
        )
        return _info(execute(f"{_COLUMNS} WHERE id = ?", (connection_id,)).fetchone())


def _now_known(iccid: str, imsi: str, now: int, port: str) -> None:
    """The SIM behind this port says who it is: what was kept for the unknown one becomes its own.

    Inside a transaction. Where the SIM has a row already, that one stays, gets the PIN and what
    waits for the other, which was never a SIM of its own.
    """
    row = execute(
        "SELECT id, pin FROM connection WHERE sim_key = ?", (identities.unidentified(port),)
    ).fetchone()
    if row is None:
        return
    known = identities.of(iccid, imsi)
    if known is None:
        execute(
            "UPDATE connection SET sim_key = ?, iccid = ?, imsi = ? WHERE id = ?",
            (iccid or f"imsi:{imsi}", iccid, imsi, row[0]),
        )
        return
    execute("UPDATE dispatch SET wanted = ? WHERE wanted = ?", (known, row[0]))
    execute(
        "UPDATE connection SET pin = ? WHERE id = ? AND pin = '' AND ? <> ''",
        (row[1], known, row[1]),
    )
    execute(
        "UPDATE connection SET forgotten_at = ?, pin = '', pin_tried = '' WHERE id = ?",
        (now, row[0]),
    )


def _identify(
    iccid: str, imsi: str, now: int, port: str, modem: str, others: Collection[str]
) -> int:
    """The row of this SIM, made or completed; inside a transaction."""
    found = identities.of(iccid, imsi) or identities.assumed(iccid, imsi, modem, port, others)
    if found is None:
        key = iccid or (f"imsi:{imsi}" if imsi else identities.unidentified(port))
        return _add(key, iccid, imsi, now)
    execute(
        "UPDATE connection SET sim_key = CASE WHEN iccid = '' AND ? <> '' THEN ? ELSE sim_key END,"
        " iccid = CASE WHEN iccid = '' THEN ? ELSE iccid END,"
        " imsi = CASE WHEN ? <> '' THEN ? ELSE imsi END WHERE id = ?",
        (iccid, iccid, iccid, imsi, imsi, found),
    )
    return found


def _add(key: str, iccid: str, imsi: str, now: int) -> int:
    position = execute("SELECT coalesce(max(position), 0) + 1 FROM connection")
    number = position.fetchone()[0]
    return insert(
        "INSERT INTO connection (sim_key, iccid, imsi, name, position, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (key, iccid, imsi, f"SIM {number}", number, now),
    )


def _info(row: tuple[Any, ...]) -> ConnectionInfo:
    connection_id, name, number, iccid, imsi, sends, receives, has_pin, tried, made, up = row[:11]
    roams, reports, hangs_up, *more = row[11:]
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
        bool(roams),
        bool(reports),
        bool(hangs_up),
        *more,
    )


def all_connections() -> list[ConnectionInfo]:
    """Without those that were forgotten."""
    with errors():
        rows = execute(f"{_COLUMNS} WHERE forgotten_at IS NULL ORDER BY position, id")
        return [_info(row) for row in rows]


def names() -> dict[int, str]:
    """What every connection is called, for the history: forgotten ones too."""
    with errors():
        return dict(execute("SELECT id, name FROM connection").fetchall())


def all_by_id() -> dict[int, ConnectionInfo]:
    """By their ids, for what is told of the past: forgotten ones too, under their old numbers."""
    with errors():
        rows = execute(f"{_COLUMNS} ORDER BY position, id").fetchall()
    return {row[0]: _info(row) for row in rows}


def get(connection_id: int) -> ConnectionInfo | None:
    """None when there is no such one, or it was forgotten."""
    with errors():
        row = execute(
            f"{_COLUMNS} WHERE id = ? AND forgotten_at IS NULL", (connection_id,)
        ).fetchone()
    return _info(row) if row else None


def behind(iccid: str, port: str, modem: str = "", others: Collection[str] = ()) -> int | None:
    """The connection of a SIM that is not open yet: by its ICCID, else the one that this modem
    carried last, else what is kept for the unknown one at this port.
    """
    with errors():
        return identities.of(iccid, "") or identities.assumed(iccid, "", modem, port, others)


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


def forget(connection_id: int, now: int) -> None:
    """Gone for good: from now on it is shown in the history only. Its PIN is not kept."""
    with errors():
        execute(
            "UPDATE connection SET forgotten_at = ?, pin = '', pin_tried = '' WHERE id = ?",
            (now, connection_id),
        )


_OPTIONS = (
    "send_enabled",
    "receive_enabled",
    "send_roaming",
    "reports",
    "hang_up",
    "per_minute",
    "per_hour",
    "per_day",
)


def set_options(connection_id: int, **changes: bool | int | None) -> bool:
    """What a person decided for a connection; False when there is no such one.

    Switches: send_enabled, receive_enabled, send_roaming, reports, hang_up. Limits in SMS:
    per_minute, per_hour, per_day (0 = none, None = the box's default).
    """
    if unknown := set(changes) - set(_OPTIONS):
        raise ValueError(f"a connection has no option {', '.join(sorted(unknown))}")
    sets = ", ".join(f"{name} = ?" for name in changes)
    with errors():
        found = execute(
            f"UPDATE connection SET {sets} WHERE id = ?",  # noqa: S608
            (*changes.values(), connection_id),
        )
    return found.rowcount == 1


# PIN -------------------------------------------------------------------------------------------


def set_pin(connection_id: int, pin: str, *, despite_few_tries: bool = False) -> None:
    """A person says what the PIN is (again): it may be tried once more.

    `despite_few_tries`: the person knows that the SIM may ask for its PUK after this.
    """
    with transaction():
        row = execute("SELECT pin_tried FROM connection WHERE id = ?", (connection_id,)).fetchone()
        tried = " ".join(one for one in (row[0] if row else "").split() if one != pin)
        execute(
            "UPDATE connection SET pin = ?, pin_tried = ?, pin_confirmed = ? WHERE id = ?",
            (pin, tried, despite_few_tries, connection_id),
        )


def take_pin(
    iccid: str,
    imsi: str,
    fallback: str,
    now: int,
    *,
    port: str = "",
    modem: str = "",
    others: Collection[str] = (),
    tries_left: int | None = None,
) -> str | None:
    """The PIN to enter now, on disk as tried before this returns; None: there is none to try.

    `fallback` comes from the config file and is used when the person stored none. Three wrong ones
    lock a SIM for good, so each value is tried once until the SIM has come into service with it,
    and none while fewer than SAFE_TRIES are left, unless a person confirmed it. Where nobody
    tells how many are left, only the first try is free, and what a person entered since.
    """
    with transaction():
        connection_id = _identify(iccid, imsi, now, port, modem, others)
        stored, tried, confirmed = execute(
            "SELECT pin, pin_tried, pin_confirmed FROM connection WHERE id = ?", (connection_id,)
        ).fetchone()
        execute(  # one that was forgotten is known again: else nobody could enter its PIN
            "UPDATE connection SET pin_tries = ?, forgotten_at = NULL WHERE id = ?",
            (tries_left, connection_id),
        )
        pin: str = stored or fallback
        if not pin or pin in tried.split():
            return None
        fresh = bool(pin == stored or not tried)  # where nobody tells, a person's word counts
        left = tries_left if tries_left is not None else SAFE_TRIES if fresh else 0
        if left < SAFE_TRIES and not confirmed:
            return None
        execute(
            "UPDATE connection SET pin_tried = ?, pin_confirmed = 0 WHERE id = ?",
            (f"{tried} {pin}".strip(), connection_id),
        )
        return pin


def pin_was_of(taken_for: int, connection_id: int) -> None:
    """The PIN that was entered as that of `taken_for` has opened another SIM: it is that one's."""
    with transaction():
        (pin,) = execute("SELECT pin FROM connection WHERE id = ?", (taken_for,)).fetchone()
        execute("UPDATE connection SET pin = '', pin_tried = '' WHERE id = ?", (taken_for,))
        execute("UPDATE connection SET pin = ? WHERE id = ? AND pin = ''", (pin, connection_id))


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
