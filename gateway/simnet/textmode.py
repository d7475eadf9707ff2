"""The text mode of simulated modems: between words and TPDUs, with the project's codec."""

from __future__ import annotations

from gateway import sms
from hw.simulator import ShownMessage, ShownReport


class Codec:
    """Implements `hw.simulator.TextCodec`."""

    def submit(self, number: str, text: str, with_report: bool) -> bytes | None:
        try:
            parts, dcs = sms.segment(text, reference=0)
            if len(parts) != 1:
                return None
            return sms.encode(
                sms.Submit(
                    destination=sms.Address.parse(number),
                    user_data=parts[0],
                    dcs=dcs,
                    request_report=with_report,
                )
            )
        except sms.EncodeError:
            return None

    def show(self, tpdu: bytes, own: bool) -> ShownMessage | ShownReport | None:
        try:
            if own:
                submit = sms.decode_from_phone(tpdu)
                return _shown(submit.destination, "", submit.user_data, submit.dcs)
            found = sms.decode_from_network(tpdu)
        except sms.DecodeError:
            return None
        if isinstance(found, sms.StatusReport):
            return ShownReport(
                first_octet=tpdu[0],
                reference=found.message_reference,
                number=str(found.recipient),
                when=_when(found.service_centre_time),
                discharged=_when(found.discharge_time),
                status=found.status,
            )
        return _shown(found.sender, _when(found.timestamp), found.user_data, found.dcs)


def _shown(number: sms.Address, when: str, user_data: sms.UserData, dcs: sms.Dcs) -> ShownMessage:
    text = sms.join_text({1: (user_data, dcs)}, 1).text
    return ShownMessage(str(number), when, text, dcs.alphabet == sms.Alphabet.UCS2)


def _when(stamp: sms.Timestamp | None) -> str:
    """As +CMGR writes it: yy/MM/dd,hh:mm:ss and the zone in quarters of an hour."""
    if stamp is None:
        return ""
    day = f"{stamp.year % 100:02d}/{stamp.month:02d}/{stamp.day:02d}"
    clock = f"{stamp.hour:02d}:{stamp.minute:02d}:{stamp.second:02d}"
    return f"{day},{clock}{stamp.offset_minutes // 15:+03d}"
