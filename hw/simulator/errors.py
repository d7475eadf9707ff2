"""How a modem says no: `+CME ERROR`, `+CMS ERROR` or a plain ERROR.

Numbers and texts are those of 3GPP TS 27.007 clause 9.2 (CME) and TS 27.005 clause 3.2.5 (CMS,
below 128 the RP causes of TS 24.011 annex E-2, 128 to 255 the TP-FCS of TS 23.040).
"""

from __future__ import annotations

CME_TEXTS = {
    3: "operation not allowed",
    4: "operation not supported",
    10: "SIM not inserted",
    11: "SIM PIN required",
    12: "SIM PUK required",
    13: "SIM failure",
    14: "SIM busy",
    15: "SIM wrong",
    16: "incorrect password",
    20: "memory full",
    21: "invalid index",
    22: "not found",
    30: "no network service",
    31: "network timeout",
    32: "network not allowed - emergency calls only",
    50: "incorrect parameters",
    100: "unknown",
}
CMS_TEXTS = {
    1: "Unassigned number",
    21: "Short message transfer rejected",
    22: "Memory capacity exceeded",
    27: "Destination out of service",
    38: "Network out of order",
    41: "Temporary failure",
    42: "Congestion",
    300: "ME failure",
    301: "SMS service of ME reserved",
    302: "Operation not allowed",
    303: "Operation not supported",
    304: "Invalid PDU mode parameter",
    305: "Invalid text mode parameter",
    310: "SIM not inserted",
    311: "SIM PIN required",
    313: "SIM failure",
    314: "SIM busy",
    316: "SIM PUK required",
    320: "Memory failure",
    321: "Invalid memory index",
    322: "Memory full",
    330: "SMSC address unknown",
    331: "No network service",
    332: "Network timeout",
    340: "No +CNMA acknowledgement expected",
    500: "Unknown error",
}
NUMERIC_RESULTS = {
    "OK": "0",
    "CONNECT": "1",
    "RING": "2",
    "NO CARRIER": "3",
    "ERROR": "4",
    "NO DIALTONE": "6",
    "BUSY": "7",
    "NO ANSWER": "8",
}


class Refusal(Exception):
    """A command was not carried out. `family` is "CME", "CMS" or "" for a plain ERROR."""

    def __init__(self, family: str = "", code: int | None = None) -> None:
        super().__init__(f"{family} {code}" if family else "ERROR")
        self.family = family
        self.code = code

    @classmethod
    def parse(cls, text: str) -> Refusal:
        """From "CMS 38", "CME 100", "CMS" (a code that the modem leaves out) or "ERROR"."""
        family, _, code = text.strip().upper().partition(" ")
        if family not in ("CMS", "CME"):
            return cls()
        return cls(family, int(code) if code else None)

    def line(self, cmee: int) -> str:
        """The result line under AT+CMEE=`cmee`: 0 plain, 1 number, 2 words."""
        if not self.family:
            return "ERROR"
        if self.code is None:
            return f"+{self.family} ERROR:"
        if cmee == 0:
            return "ERROR"
        texts = CMS_TEXTS if self.family == "CMS" else CME_TEXTS
        words = texts.get(self.code, str(self.code)) if cmee == 2 else str(self.code)
        return f"+{self.family} ERROR: {words}"


def cme(code: int) -> Refusal:
    return Refusal("CME", code)


def cms(code: int) -> Refusal:
    return Refusal("CMS", code)
