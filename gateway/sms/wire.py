"""TPDUs as octets, both ways (3GPP TS 23.040 clause 9.2.2).

Strict in what is written, lenient in what is read: octets behind a message are ignored (modems pad
with FF), user data that a modem cut short is read as far as it goes. Whatever cannot be read is one
DecodeError.
"""

from __future__ import annotations

from gateway.sms import address, timestamp, userdata, validity
from gateway.sms.dcs import Dcs
from gateway.sms.errors import DecodeError, EncodeError
from gateway.sms.reader import Reader
from gateway.sms.tpdu import Deliver, StatusReport, Submit, Tpdu

_KIND = 0x03  # TP-MTI
_DELIVER, _SUBMIT, _STATUS_REPORT = 0x00, 0x01, 0x02
_REJECT_DUPLICATES = 0x04
_NO_MORE_MESSAGES = 0x04  # TP-MMS is 0 when there *are* more
_LOOP_PREVENTION = 0x08
_REPORT = 0x20  # TP-SRR, TP-SRI, TP-SRQ
_HAS_HEADER = 0x40
_REPLY_PATH = 0x80
# TP-PI of a status report: which optional fields follow (9.2.3.27).
_HAS_PID, _HAS_DCS, _HAS_DATA, _MORE_INDICATORS = 0x01, 0x02, 0x04, 0x80


def encode(tpdu: Tpdu) -> bytes:
    """The octets of a message, without service centre. Raises EncodeError."""
    try:
        if isinstance(tpdu, Submit):
            return _submit(tpdu)
        if isinstance(tpdu, Deliver):
            return _deliver(tpdu)
        return _status_report(tpdu)
    except EncodeError:
        raise
    except ValueError as e:  # bytes() of a number outside 0..255
        raise EncodeError(f"A number does not fit into its octet: {e}.") from None


def decode_from_network(data: bytes) -> Deliver | StatusReport:
    """What a network sends to a phone. Raises DecodeError and nothing else.

    The reserved kind is read as a DELIVER, as 9.2.3.1 asks for.
    """
    reader = Reader(bytes(data))
    first = reader.octet("first_octet")
    if first & _KIND == _STATUS_REPORT:
        return _read_status_report(reader, first)
    if first & _KIND == _SUBMIT:
        raise DecodeError("first_octet", 0, "a SUBMIT, which no network sends to a phone")
    return _read_deliver(reader, first)


def decode_from_phone(data: bytes) -> Submit:
    """What a phone sends to the network. Raises DecodeError and nothing else."""
    reader = Reader(bytes(data))
    first = reader.octet("first_octet")
    if first & _KIND != _SUBMIT:
        raise DecodeError("first_octet", 0, "no SUBMIT")
    return _read_submit(reader, first)


def _submit(tpdu: Submit) -> bytes:
    form, period = validity.write(tpdu.validity)
    first = (
        _SUBMIT
        | form
        | (_REJECT_DUPLICATES if tpdu.reject_duplicates else 0)
        | (_REPORT if tpdu.request_report else 0)
        | (_HAS_HEADER if tpdu.user_data.header else 0)
        | (_REPLY_PATH if tpdu.reply_path else 0)
    )
    if not tpdu.destination.value:
        raise EncodeError("There is no number to send to.")
    return b"".join(
        (
            bytes((first, tpdu.message_reference)),
            address.write(tpdu.destination),
            bytes((tpdu.pid, tpdu.dcs.value)),
            period,
            userdata.write(tpdu.user_data, tpdu.dcs),
        )
    )


def _deliver(tpdu: Deliver) -> bytes:
    first = (
        _DELIVER
        | (0 if tpdu.more_messages else _NO_MORE_MESSAGES)
        | (_LOOP_PREVENTION if tpdu.loop_prevention else 0)
        | (_REPORT if tpdu.report_indication else 0)
        | (_HAS_HEADER if tpdu.user_data.header else 0)
        | (_REPLY_PATH if tpdu.reply_path else 0)
    )
    return b"".join(
        (
            bytes((first,)),
            address.write(tpdu.sender),
            bytes((tpdu.pid, tpdu.dcs.value)),
            timestamp.write(tpdu.timestamp, tpdu.raw_timestamp),
            userdata.write(tpdu.user_data, tpdu.dcs),
        )
    )


def _status_report(tpdu: StatusReport) -> bytes:
    first = (
        _STATUS_REPORT
        | (0 if tpdu.more_messages else _NO_MORE_MESSAGES)
        | (_LOOP_PREVENTION if tpdu.loop_prevention else 0)
        | (_REPORT if tpdu.of_command else 0)
        | (_HAS_HEADER if tpdu.user_data is not None and tpdu.user_data.header else 0)
    )
    return b"".join(
        (
            bytes((first, tpdu.message_reference)),
            address.write(tpdu.recipient),
            timestamp.write(tpdu.service_centre_time, tpdu.raw_service_centre_time),
            timestamp.write(tpdu.discharge_time, tpdu.raw_discharge_time),
            bytes((tpdu.status,)),
            _optional_fields(tpdu),
        )
    )


def _optional_fields(tpdu: StatusReport) -> bytes:
    """TP-PI and what it announces; nothing at all when there is nothing to announce."""
    indicator, fields = 0, b""
    if tpdu.pid is not None:
        indicator |= _HAS_PID
        fields += bytes((tpdu.pid,))
    if tpdu.dcs is not None:
        indicator |= _HAS_DCS
        fields += bytes((tpdu.dcs.value,))
    if tpdu.user_data is not None:
        indicator |= _HAS_DATA
        fields += userdata.write(tpdu.user_data, tpdu.dcs or Dcs())
    return bytes((indicator,)) + fields if indicator else b""


def _read_submit(reader: Reader, first: int) -> Submit:
    reference = reader.octet("message_reference")
    destination = address.read(reader, "destination")
    pid = reader.octet("pid")
    dcs = Dcs(reader.octet("dcs"))
    period = validity.read(reader, first)
    return Submit(
        destination=destination,
        user_data=userdata.read(reader, dcs, bool(first & _HAS_HEADER), strict=True),
        dcs=dcs,
        pid=pid,
        message_reference=reference,
        validity=period,
        request_report=bool(first & _REPORT),
        reject_duplicates=bool(first & _REJECT_DUPLICATES),
        reply_path=bool(first & _REPLY_PATH),
    )


def _read_deliver(reader: Reader, first: int) -> Deliver:
    sender = address.read(reader, "sender")
    pid = reader.octet("pid")
    dcs = Dcs(reader.octet("dcs"))
    stamp = reader.take(timestamp.LENGTH, "timestamp")
    return Deliver(
        sender=sender,
        timestamp=timestamp.read(stamp),
        user_data=userdata.read(reader, dcs, bool(first & _HAS_HEADER), strict=False),
        dcs=dcs,
        pid=pid,
        raw_timestamp=stamp,
        more_messages=not first & _NO_MORE_MESSAGES,
        loop_prevention=bool(first & _LOOP_PREVENTION),
        reply_path=bool(first & _REPLY_PATH),
        report_indication=bool(first & _REPORT),
    )


def _read_status_report(reader: Reader, first: int) -> StatusReport:
    reference = reader.octet("message_reference")
    recipient = address.read(reader, "recipient")
    centre = reader.take(timestamp.LENGTH, "service_centre_time")
    discharge = reader.take(timestamp.LENGTH, "discharge_time")
    status = reader.octet("status")
    try:
        pid, dcs, user_data = _read_optional_fields(reader, bool(first & _HAS_HEADER))
    except DecodeError:
        # What looks like them is padding: one modem adds 160 octets FF (Gammu's dump 32).
        pid = dcs = user_data = None
    return StatusReport(
        message_reference=reference,
        recipient=recipient,
        service_centre_time=timestamp.read(centre),
        discharge_time=timestamp.read(discharge),
        status=status,
        raw_service_centre_time=centre,
        raw_discharge_time=discharge,
        pid=pid,
        dcs=dcs,
        user_data=user_data,
        more_messages=not first & _NO_MORE_MESSAGES,
        loop_prevention=bool(first & _LOOP_PREVENTION),
        of_command=bool(first & _REPORT),
    )


def _read_optional_fields(
    reader: Reader, has_header: bool
) -> tuple[int | None, Dcs | None, userdata.UserData | None]:
    if reader.position == len(reader.data):
        return None, None, None
    indicator = more = reader.octet("parameter_indicator")
    while more & _MORE_INDICATORS:
        more = reader.octet("parameter_indicator")
    pid = reader.octet("pid") if indicator & _HAS_PID else None
    dcs = Dcs(reader.octet("dcs")) if indicator & _HAS_DCS else None
    user_data = None
    if indicator & _HAS_DATA:
        user_data = userdata.read(reader, dcs or Dcs(), has_header, strict=True)
    return pid, dcs, user_data
