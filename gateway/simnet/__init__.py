"""The pretend carrier that joins simulated modems and pretend phones into one network."""

from gateway.simnet.network import Network
from gateway.simnet.phones import RULES, Phone, PhoneRule
from gateway.simnet.records import PhoneMessage, ReceivedSegment, SentSubmit
from gateway.simnet.ussd import USSD_ANSWERS, Menu

__all__ = [
    "RULES",
    "USSD_ANSWERS",
    "Menu",
    "Network",
    "Phone",
    "PhoneMessage",
    "PhoneRule",
    "ReceivedSegment",
    "SentSubmit",
]
