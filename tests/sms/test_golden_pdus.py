"""PDUs laid out by hand from the standards, octet by octet, and what each of them says.

They live in tests/data/pdus, with the clause each comes from. `canonical` ones are also what we
would write ourselves.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway import sms
from gateway.sms.tpdu import Tpdu

FOLDER = Path(__file__).parents[1] / "data" / "pdus"
ALL = [
    pytest.param(one, id=f"{path.stem}: {one['name']}")
    for path in sorted(FOLDER.glob("*.json"))
    for one in json.loads(path.read_text(encoding="utf-8"))
]
CANONICAL = [one for one in ALL if one.values[0]["canonical"]]


def read(golden: dict[str, Any]) -> Tpdu:
    pdu = sms.split_pdu(golden["pdu"], golden["tpdu_octets"])
    return sms.decode_any(pdu.tpdu)


@pytest.mark.parametrize("golden", ALL)
def test_a_golden_pdu_says_what_the_standard_says(golden: dict[str, Any]) -> None:
    message = read(golden)
    said = {key: LOOK[key](message) for key in golden["want"]}
    assert said == golden["want"]


@pytest.mark.parametrize("golden", CANONICAL)
def test_a_canonical_pdu_is_written_octet_for_octet(golden: dict[str, Any]) -> None:
    pdu = sms.split_pdu(golden["pdu"], golden["tpdu_octets"])
    written, length = sms.join_pdu(sms.encode(sms.decode_any(pdu.tpdu)), pdu.smsc)
    assert length == golden["tpdu_octets"]
    assert written == (golden["pdu"] if golden["pdu"][:2] in ("00", "07") else f"00{golden['pdu']}")


@pytest.mark.parametrize("golden", ALL)
def test_the_service_centre_is_found_without_the_length_too(golden: dict[str, Any]) -> None:
    with_length = sms.split_pdu(golden["pdu"], golden["tpdu_octets"])
    assert sms.split_pdu(golden["pdu"]) == with_length
    centre = "+491710760000" if golden["pdu"].startswith("07") else ""
    assert str(with_length.smsc or "") == centre


def _number(message: Any) -> str:
    for name in ("destination", "sender", "recipient"):
        if hasattr(message, name):
            return str(getattr(message, name))
    raise AssertionError


def _address(message: Any) -> sms.Address:
    return next(getattr(message, n) for n in ("sender", "destination") if hasattr(message, n))


def _time(stamp: sms.Timestamp | None, want_zone: bool = True) -> str | None:
    """ISO 8601, from the fields; the instant is checked against the standard library's reading."""
    if stamp is None:
        return None
    sign = "-" if stamp.offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(stamp.offset_minutes), 60)
    text = (
        f"{stamp.year:04}-{stamp.month:02}-{stamp.day:02}T"
        f"{stamp.hour:02}:{stamp.minute:02}:{stamp.second:02}{sign}{hours:02}:{minutes:02}"
    )
    assert datetime.fromisoformat(text).timestamp() * 1000 == stamp.epoch_ms
    return text


def _validity(message: Any) -> list[Any] | None:
    match message.validity:
        case sms.Relative() as relative:
            return ["relative", relative.minutes]
        case sms.Absolute(until):
            return ["absolute", _time(until)]
        case sms.Enhanced() as enhanced:
            return ["enhanced", enhanced.seconds, enhanced.single_shot]
    return None


def _concat(message: Any) -> list[int] | None:
    concat = message.user_data.concat
    return concat and [concat.bits, concat.ref, concat.total, concat.seq]


def _text(message: Any) -> str:
    if isinstance(message, sms.StatusReport):
        assert message.user_data is not None
        assert message.dcs is not None
        return message.user_data.text(message.dcs)
    return message.text


def _waiting(message: Any) -> list[Any]:
    waiting = message.dcs.waiting
    return [waiting.kind, waiting.active, waiting.store]


LOOK: dict[str, Any] = {
    "number": _number,
    "text": _text,
    "ton": lambda m: _address(m).ton,
    "answerable": lambda m: _address(m).answerable,
    "pid": lambda m: m.pid,
    "dcs": lambda m: m.dcs.value,
    "message_class": lambda m: m.dcs.message_class,
    "compressed": lambda m: m.dcs.compressed,
    "waiting": _waiting,
    "validity": _validity,
    "report": lambda m: m.request_report,
    "reject_duplicates": lambda m: m.reject_duplicates,
    "reply_path": lambda m: m.reply_path,
    "reference": lambda m: m.message_reference,
    "concat": _concat,
    "ports": lambda m: list(m.user_data.ports),
    "payload": lambda m: m.user_data.payload.hex().upper(),
    "header": lambda m: [[one.iei, one.data.hex().upper()] for one in m.user_data.header],
    "time": lambda m: _time(m.timestamp),
    "more_messages": lambda m: m.more_messages,
    "silent": lambda m: m.silent,
    "status": lambda m: m.status,
    "kind": lambda m: sms.describe_status(m.status).kind,
    "sent": lambda m: _time(m.service_centre_time),
    "done": lambda m: _time(m.discharge_time),
}
