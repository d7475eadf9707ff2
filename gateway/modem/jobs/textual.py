"""What a modem in text mode hands over (+CMT and +CDS, 27.005 3.4.1), as the PDU that it would
have been.

It is stored nowhere else, so it is kept although the box never asks for text mode: a modem that
restarted without a word is in it.
"""

from __future__ import annotations

import re

from gateway import sms
from gateway.at.classify import announces_text
from gateway.at.text import fields, from_ucs2_hex

_TIME = re.compile(r"(\d\d)/(\d\d)/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)?")
NO_TIME = bytes(7)
NOBODY = sms.Address("", sms.TypeOfNumber.UNKNOWN)


def is_text(header: str) -> bool:
    """Whether this line before a message is one of text mode."""
    return announces_text(header)


def as_pdu(header: str, text: str) -> str:
    """`<oa>,[<alpha>],[<scts>][,...]` and the text as an SMS-DELIVER with an empty centre, in hex.

    Raises sms.EncodeError when that is too much for one.
    """
    told = [*fields(header.partition(":")[2]), "", "", ""]
    found = _TIME.search(",".join(told[2:4]))
    parts, dcs = sms.segment(from_ucs2_hex(text), reference=0)
    if len(parts) != 1:
        raise sms.EncodeError("The text is longer than one SMS.")
    deliver = sms.Deliver(
        sender=_sender(from_ucs2_hex(told[0])),
        timestamp=_time(found) if found else None,
        raw_timestamp=NO_TIME,
        dcs=dcs,
        user_data=parts[0],
    )
    pdu, _ = sms.join_pdu(sms.encode(deliver))
    return pdu


def report_as_pdu(header: str) -> str:
    """`<fo>,<mr>,[<ra>],[<tora>],<scts>,<dt>,<st>` as an SMS-STATUS-REPORT in the same way.

    Raises sms.EncodeError for anything else.
    """
    told = fields(header.partition(":")[2])
    times = [*_TIME.finditer(header), None, None]
    if len(told) < 6 or not (told[0].isdecimal() and told[1].isdecimal() and told[-1].isdecimal()):
        raise sms.EncodeError("This is no delivery report in text mode.")
    number = from_ucs2_hex(told[2])
    if told[3] == "145" and not number.startswith("+"):
        number = f"+{number}"
    report = sms.StatusReport(
        message_reference=int(told[1]),
        recipient=_sender(number),
        service_centre_time=_time(times[0]) if times[0] else None,
        discharge_time=_time(times[1]) if times[1] else None,
        status=int(told[-1]),
        raw_service_centre_time=NO_TIME,
        raw_discharge_time=NO_TIME,
    )
    pdu, _ = sms.join_pdu(sms.encode(report))
    return pdu


def _sender(text: str) -> sms.Address:
    try:
        return sms.Address.parse(text)
    except sms.EncodeError:
        return NOBODY


def _time(found: re.Match[str]) -> sms.Timestamp:
    """The zone counts quarters of an hour."""
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    offset = int(found[7] or 0) * 15
    return sms.Timestamp(2000 + year, month, day, hour, minute, second, offset)
