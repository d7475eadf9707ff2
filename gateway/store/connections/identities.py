"""Which connection a SIM is, by as much as it tells: an unknown identity is not another one.

A locked SIM may tell its ICCID, or nothing at all, and modems write one ICCID in several ways.
"""

from __future__ import annotations

from collections.abc import Collection

from gateway.store.file.database import execute

UNIDENTIFIED = "unidentified"  # sim_key of a card that tells neither ICCID nor IMSI
SURE = 18  # digits of an ICCID that every way of writing it has


def of(iccid: str, imsi: str) -> int | None:
    """The one that has told this identity before; of a forgotten one too."""
    if iccid:
        row = execute(
            "SELECT id, iccid, imsi FROM connection WHERE substr(iccid, 1, ?) = ?"
            " ORDER BY iccid = ? DESC",
            (SURE, iccid[:SURE], iccid),
        )
        for connection_id, known, _ in row.fetchall():
            if same_iccid(known, iccid):
                return int(connection_id)
    if imsi:
        row = execute(
            "SELECT id, iccid, imsi FROM connection WHERE imsi = ? OR sim_key = ?",
            (imsi, f"imsi:{imsi}"),
        )
        for connection_id, known, _ in row.fetchall():
            if not (iccid and known):
                return int(connection_id)
    return None


def assumed(
    iccid: str, imsi: str, modem: str, port: str = "", others: Collection[str] = ()
) -> int | None:
    """The one that this modem carried last, unless what the SIM tells speaks against it; else the
    row that is kept for the unknown SIM at this port; else, where nobody has written down what
    carried it, the only connection that there is.

    `others`: keys of the other modems that are there; what those carried is theirs.
    """
    if iccid and imsi:
        return None
    found = _carried_by(modem, others)
    if found is None and not (iccid or imsi):
        row = execute("SELECT id FROM connection WHERE sim_key = ?", (unidentified(port),))
        if kept := row.fetchone():
            return int(kept[0])
    found = found or (None if others else _only_one())
    if found is None:
        return None
    connection_id, known_iccid, known_imsi = found
    other = (iccid and known_iccid and not same_iccid(iccid, known_iccid)) or (
        imsi and known_imsi and imsi != known_imsi
    )
    return None if other else connection_id


def same_iccid(one: str, other: str) -> bool:
    """Some modems leave out the check digit, some add one (18 to 20 digits, ITU-T E.118)."""
    length = min(len(one), len(other))
    return one == other or (length >= SURE and one[:length] == other[:length])


def unidentified(port: str) -> str:
    """The key of a SIM that tells nothing, by its port."""
    return f"{UNIDENTIFIED}:{port}" if port else UNIDENTIFIED


def modem_key(imei: str, usb_path: str, port: str) -> str:
    """What a modem is known by: IMEIs repeat, so with its place."""
    return f"{imei}@{usb_path or port}"


def _carried_by(modem: str, others: Collection[str]) -> tuple[int, str, str] | None:
    """By IMEI and place; by the IMEI alone where only one SIM was ever in a modem that has it, and
    that modem is not there as another one: whole pools of sticks share one (gammu#334).
    """
    if not modem:
        return None
    rows = execute(
        "SELECT id, iccid, imsi, carried_by FROM connection WHERE carried_by = ?"
        " AND forgotten_at IS NULL ORDER BY last_up_at DESC LIMIT 1",
        (modem,),
    ).fetchall()
    imei = modem.partition("@")[0]
    if not rows and imei:
        rows = execute(
            "SELECT id, iccid, imsi, carried_by FROM connection"
            " WHERE substr(carried_by, 1, ?) = ? AND forgotten_at IS NULL",
            (len(imei) + 1, f"{imei}@"),
        ).fetchall()
    return rows[0][:3] if len(rows) == 1 and rows[0][3] not in others else None


def _only_one() -> tuple[int, str, str] | None:
    rows = execute(
        "SELECT id, iccid, imsi, carried_by FROM connection WHERE forgotten_at IS NULL"
        " AND sim_key NOT LIKE ? LIMIT 2",
        (f"{UNIDENTIFIED}%",),
    ).fetchall()
    return rows[0][:3] if len(rows) == 1 and not rows[0][3] else None
