"""The SMS codec: texts, parts, TPDUs and the hex that modems speak. Pure; the 3GPP TS 23.040 and
23.038 half of the gateway.

Out: `segment` a text, `encode` each part as a `Submit`, `join_pdu`. In: `split_pdu`,
`decode_from_network`, `join_text`. Anything that is no message is a `DecodeError`, anything that
cannot be one an `EncodeError`.
"""

from gateway.sms.address import Address, TypeOfNumber
from gateway.sms.binary import describe_data
from gateway.sms.counting import TextLength, count
from gateway.sms.dcs import Alphabet, Dcs, WaitingIndication, WaitingKind
from gateway.sms.errors import DecodeError, EncodeError
from gateway.sms.header import Concat, Element
from gateway.sms.joining import JoinedText, join_text
from gateway.sms.pdu import Pdu, decode_any, is_whole, join_pdu, split_pdu
from gateway.sms.reassembly import PartFate, PartKey, PartPlace, decide, grouped, key
from gateway.sms.replacing import plain
from gateway.sms.segmenting import Coding, segment
from gateway.sms.status import StatusWords, describe_status
from gateway.sms.timestamp import Timestamp
from gateway.sms.tpdu import Deliver, StatusReport, Submit
from gateway.sms.userdata import UserData
from gateway.sms.validity import Absolute, Enhanced, Relative, Validity, relative_validity
from gateway.sms.visible import visible
from gateway.sms.wire import decode_from_network, decode_from_phone, encode

__all__ = [
    "Absolute",
    "Address",
    "Alphabet",
    "Coding",
    "Concat",
    "Dcs",
    "DecodeError",
    "Deliver",
    "Element",
    "EncodeError",
    "Enhanced",
    "JoinedText",
    "PartFate",
    "PartKey",
    "PartPlace",
    "Pdu",
    "Relative",
    "StatusReport",
    "StatusWords",
    "Submit",
    "TextLength",
    "Timestamp",
    "TypeOfNumber",
    "UserData",
    "Validity",
    "WaitingIndication",
    "WaitingKind",
    "count",
    "decide",
    "decode_any",
    "decode_from_network",
    "decode_from_phone",
    "describe_data",
    "describe_status",
    "encode",
    "grouped",
    "is_whole",
    "join_pdu",
    "join_text",
    "key",
    "plain",
    "relative_validity",
    "segment",
    "split_pdu",
    "visible",
]
