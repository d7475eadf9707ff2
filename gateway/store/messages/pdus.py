"""A PDU as a modem gave it -> what the inbox needs to know of it. Never fails."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from enum import StrEnum

from gateway import sms

log = logging.getLogger(__name__)

LIKE_A_NUMBER = re.compile(r"\+?[0-9*#]+")
LONGEST_SHOWN = 1000  # characters of raw data that a person gets to see


class PduKind(StrEnum):
    DELIVER = "deliver"
    REPORT = "report"
    SILENT = "silent"  # kept, not shown: type 0 (23.040 9.2.3.9), or the SIM's copy of a sent one
    DUPLICATE = "duplicate"  # a part that came again under another time stamp
    RAW = "raw"  # could not be decoded: kept as it is, and shown


@dataclass(frozen=True, slots=True)
class RawPdu:
    """What was read off a modem."""

    pdu: str
    memory: str = ""  # "SM", "ME", "SR"; "" = it came directly
    slot: int = -1
    tpdu_length: int | None = None  # octets, as the modem claims


@dataclass(frozen=True, slots=True)
class DecodedPdu:
    """A PDU, decoded as far as possible."""

    kind: PduKind
    digest: str  # of the TPDU alone: modems differ in the SMSC part that they add
    sender: str = ""  # type of address and number; of a report: the recipient's number
    peer: str = ""  # sender as people see it
    sent_at: int | None = None  # TP-SCTS; None: missing or broken
    sent_offset: int | None = None
    ref_bits: int = 0  # 0: a message of its own
    ref: int = 0
    total: int = 1
    seq: int = 1
    deliver: sms.Deliver | None = None
    report: sms.StatusReport | None = None
    error: str = ""


def read(raw: RawPdu) -> DecodedPdu:
    """Decode. What cannot be decoded has kind RAW and says why; nothing raises."""
    try:
        tpdu = sms.split_pdu(raw.pdu, raw.tpdu_length).tpdu
        decoded = sms.decode_any(tpdu)
    except sms.DecodeError as e:
        return _raw(raw, str(e))
    except (
        Exception
    ) as e:  # a fault of ours must not make the box lose a message or read it for ever
        log.exception("the decoder failed on a PDU; it is kept raw")
        return _raw(raw, f"{type(e).__name__}: {e}")
    digest = hashlib.sha256(tpdu).hexdigest()
    match decoded:
        case sms.StatusReport():
            return _report(decoded, digest)
        case sms.Deliver():
            return _deliver(decoded, digest)
    return DecodedPdu(PduKind.SILENT, digest)


def _raw(raw: RawPdu, error: str) -> DecodedPdu:
    digest = hashlib.sha256(raw.pdu.upper().encode("utf-8", "replace")).hexdigest()
    return DecodedPdu(PduKind.RAW, digest, error=error)


def _report(report: sms.StatusReport, digest: str) -> DecodedPdu:
    taken = report.service_centre_time
    return DecodedPdu(
        PduKind.REPORT,
        digest,
        sender=str(report.recipient),
        sent_at=taken.epoch_ms if taken else None,
        report=report,
    )


def _deliver(deliver: sms.Deliver, digest: str) -> DecodedPdu:
    sender, stamp, concat = deliver.sender, deliver.timestamp, deliver.user_data.concat
    if concat is not None and (deliver.silent or concat.total == 1):
        concat = None  # whole as it is
    return DecodedPdu(
        PduKind.SILENT if deliver.silent else PduKind.DELIVER,
        digest,
        sender=f"{int(sender.ton)}.{sender.npi}:{sender.value}",
        peer=_shown(sender),
        sent_at=stamp.epoch_ms if stamp else None,
        sent_offset=stamp.offset_minutes if stamp else None,
        ref_bits=concat.bits if concat else 0,
        ref=concat.ref if concat else 0,
        total=concat.total if concat else 1,
        seq=concat.seq if concat else 1,
        deliver=deliver,
    )


def _shown(sender: sms.Address) -> str:
    """A name that looks like a number is put into quotation marks: it cannot be answered, and
    whoever writes it need not be the one who has that number.
    """
    name = sender.ton == sms.TypeOfNumber.ALPHANUMERIC and LIKE_A_NUMBER.fullmatch(sender.value)
    shown = f"“{sender.value}”" if name else str(sender)
    return " ".join(sms.visible(shown).split())


# words -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadableText:
    """What a person reads of a received message."""

    text: str
    note: str = ""
    complete: bool = True
    spoken: bool = True  # somebody's own words; not data, nor a notice of waiting voicemail


def readable_text(parts: dict[int, sms.Deliver], total: int) -> ReadableText:
    """Put the parts that are there into one text; gaps are shown where parts are missing."""
    first = parts[min(parts)]
    joined = sms.join_text({seq: (p.user_data, p.dcs) for seq, p in parts.items()}, total)
    text, notes, spoken = sms.visible(joined.text), [], True
    if joined.codec:
        notes.append(AS_TEXT)
    elif first.dcs.alphabet is sms.Alphabet.DATA:
        text, note = _binary(first, joined.data)
        notes.append(note)
        spoken = False
    elif waiting := _waiting(first):
        notes.append(waiting)
        spoken = False
    if first.dcs.message_class == 0:
        notes.append(FLASH)
    if any(p.user_data.truncated for p in parts.values()):
        notes.append(CUT_OFF)
    if joined.missing:
        notes.insert(0, _missing(joined.missing, total))
    return ReadableText(text, " ".join(notes), complete=not joined.missing, spoken=spoken)


# Message-waiting indications often come without any text.
THINGS = {
    sms.WaitingKind.VOICEMAIL: "voicemail",
    sms.WaitingKind.FAX: "fax",
    sms.WaitingKind.EMAIL: "e-mail",
    sms.WaitingKind.OTHER: "message of another kind",
}
INDICATION = 0x01  # the user data header's element for it (23.040 9.2.3.24.2)
FLASH = "Flash message: a phone would show it at once and not keep it."
AS_TEXT = "It came as data without an alphabet, and reads as text."
CUT_OFF = "The modem cut off the end of this message."


def _waiting(first: sms.Deliver) -> str:
    """What a message-waiting indication says, from the header or the coding; "" for no such one."""
    told = [e.data for e in first.user_data.header if e.iei == INDICATION and len(e.data) == 2]
    if told:
        lines = [_waits(tuple(sms.WaitingKind)[kind & 3], count) for kind, count in told]
        return " ".join(lines)
    if (waiting := first.dcs.waiting) is None:
        return ""
    return _waits(waiting.kind, None if waiting.active else 0)


def _waits(kind: sms.WaitingKind, count: int | None) -> str:
    thing = THINGS[kind]
    if count == 0:
        return f"No {thing} waits any more."
    if count is None:
        return f"{thing[:1].upper()}{thing[1:]} is waiting."
    return f"{thing[:1].upper()}{thing[1:]} is waiting: {count}."


def _missing(missing: tuple[int, ...], total: int) -> str:
    if len(missing) == 1:
        return f"Part {missing[0]} of {total} is missing. It is added if it still arrives."
    which = ", ".join(map(str, missing))
    return f"Parts {which} of {total} are missing. They are added if they still arrive."


def _binary(first: sms.Deliver, data: bytes) -> tuple[str, str]:
    """Ringtones, settings, MMS notifications: not for people, but a person may want to know.

    Text and note.
    """
    if first.dcs.compressed:
        text = f"Compressed message, {len(data)} octets"
    else:
        text = sms.describe_data(sms.UserData(first.user_data.header, data))
    return f"[{text}]", f"Data: {data.hex().upper()[:LONGEST_SHOWN]}"


def undecodable(raw: RawPdu, error: str) -> ReadableText:
    return ReadableText(
        sms.visible(storable(raw.pdu))[:LONGEST_SHOWN],
        f"This message could not be decoded and is shown as it came ({error}).",
        spoken=False,
    )


def storable(pdu: str) -> str:
    """Noise on the line may have become half a character, which no database takes."""
    return pdu.encode("utf-8", "backslashreplace").decode("utf-8")
