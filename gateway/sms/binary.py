"""Messages that carry data: what they are, in words, for somebody who cannot read octets."""

from __future__ import annotations

import re

from gateway.sms.userdata import UserData

# Destination ports, from the registry of WAP Forum and IANA, and Nokia's Smart Messaging.
_PORTS = {
    226: "phone settings",
    228: "phone settings",
    1581: "ringtone",
    2948: "WAP push",
    5505: "ringtone",
    5506: "operator logo",
    5507: "group logo",
    5514: "picture message",
    9204: "contact (vCard)",
    9205: "calendar entry (vCalendar)",
    49999: "phone settings",
}
_MMS = b"application/vnd.wap.mms-message"
_ADDRESS = re.compile(rb"https?://[\x21-\x7e]+")


def describe_data(user_data: UserData) -> str:
    """One line, e.g. "MMS notification (http://...)" or "Data message, 120 octets, port 9200"."""
    ports = user_data.ports
    data = user_data.payload
    link = _ADDRESS.search(data)
    shown = f" ({link.group().decode('ascii')})" if link else ""
    if _MMS in data or (ports and ports[0] == 2948 and b"\x8c\x82" in data):
        # 8C 82: X-Mms-Message-Type m-notification-ind (OMA MMS encapsulation, clause 7.3).
        return f"MMS notification{shown}"
    known = _PORTS.get(ports[0]) if ports else None
    if known:
        return f"{known[0].upper()}{known[1:]}{shown}"
    place = f", port {ports[0]}" if ports else ""
    octets = "1 octet" if len(data) == 1 else f"{len(data)} octets"
    return f"Data message, {octets}{place}{shown}"
