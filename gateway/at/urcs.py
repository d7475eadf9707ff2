"""The vocabulary of unsolicited lines, as data, and which of them mean "I have rebooted".

Names as in 3GPP TS 27.005 and 27.007; the rest from vendors' manuals and public drivers.
"""

from __future__ import annotations

_STANDARD = """
+CMTI +CMT +CBM +CBMI +CDS +CDSI +CREG +CGREG +CEREG +C5GREG +CUSD +CLIP +CRING +CCWA +CSSU +CSSI
+COLP +CGEV +CIEV +CTZV +CTZE +CTZEU +CLCC +CPIN +CSQ +CFUN +CALV +CDIP +CNAP +CMWI
"""
_HUAWEI = """
^RSSI ^RSSILVL ^HRSSILVL ^HCSQ ^MODE ^DSFLOWRPT ^NDISSTAT ^BOOT ^CSNR ^SIMST ^SRVST ^STIN ^NWTIME
^ORIG ^CONF ^CONN ^CEND ^DDTMF ^RFSWITCH ^POSITION ^LTERSRP ^EONS ^LWURC ^ECCLIST
^DSDORMANT ^PDPDEACT ^NDISEND ^THERM ^ANLEVEL ^CERSSI ^ACTIVEBAND ^CRSSI +CUSATP +CUSATEND
"""
_SIMCOM = """
*ATREADY *PSUTTZ *PSNWID DST +CNSMOD +CMTE +NITZ MISSED_CALL +CGREGEX +SIMCARD +SIM +CREGEX +CPSI
+CUSATIND *COPN
"""
_QUECTEL_UBLOX = """
+QUSIM +QIND +QSIMSTAT +QNWLOCK +QIURC +QPWR +AT +PBREADY +UUSIMSTAT +UUPSDA +UUPSDD +UMWI +UUSTS
"""
_ZTE_OTHERS = """
+ZUSIMR +ZDONR +ZPASR +ZPSTM +ZEND +ZMSRI +SPNWNAME +PSBEARER _OSIGQ _OBS +MBAN #STN #QSS #JDR
+SJDR +QJDR +WIND ^SYSSTART ^SHUTDOWN ^SCKS ^EXIT
"""
# No room for messages: A76xx and others, each as its firmware spells it.
MEMORY_FULL = (
    "+SMS FULL",
    "+SMSFULL",
    "SMS FULL",
    "SMSFULL",
    "%SMSFULL",
    "^SMSFULL",
    "#SMSFULL",
    "^SMMEMFULL",  # Huawei
    "^SMGO",  # Cinterion, "SMS overflow"
    "#SMOV",  # Telit
)
# Lines without a colon, matched whole.
_PLAIN = (
    "RING",
    "NO CARRIER",
    "NO ANSWER",
    "NO DIALTONE",
    "NO DIAL TONE",
    "BUSY",
    "RDY",
    "APP RDY",
    "Call Ready",
    "SMS Ready",
    "PB DONE",
    "SMS DONE",
    "NORMAL POWER DOWN",
    "POWERED DOWN",
    "UNDER-VOLTAGE WARNNING",  # spelt so by the firmware
    "UNDER-VOLTAGE WARNING",
    "UNDER-VOLTAGE POWER DOWN",
    "OVER-VOLTAGE WARNNING",
    "OVER-VOLTAGE WARNING",
    "OVER-VOLTAGE POWER DOWN",
    "CHARGE-ONLY MODE",
    "VOICE CALL",
    "^SYSSTART",
    "^SYSSTART AIRPLANE MODE",
    "^SHUTDOWN",
    "+PBREADY",
    *MEMORY_FULL,
    "MODEM:STARTUP",
    "ALERTING",
)

NAMES: frozenset[str] = frozenset(
    " ".join((_STANDARD, _HUAWEI, _SIMCOM, _QUECTEL_UBLOX, _ZTE_OTHERS)).split()
) | frozenset(_PLAIN)

TWO_LINES: frozenset[str] = frozenset({"+CMT", "+CDS", "+CBM"})

# Lines of which a solicited command has one; a second one is news.
SINGLE: frozenset[str] = frozenset({"+CREG", "+CGREG", "+CEREG", "+CPIN", "+CSQ", "+CFUN", "+CUSD"})

GOING_DOWN: frozenset[str] = frozenset(
    {
        "NORMAL POWER DOWN",
        "POWERED DOWN",
        "UNDER-VOLTAGE POWER DOWN",
        "OVER-VOLTAGE POWER DOWN",
        "^SHUTDOWN",
    }
)
STARTED: frozenset[str] = frozenset(
    {"RDY", "APP RDY", "*ATREADY", "+AT", "^SYSSTART", "^SYSSTART AIRPLANE MODE", "MODEM:STARTUP"}
)
# These also come when only the radio or the SIM comes back, so they need more evidence.
PERHAPS_STARTED: frozenset[str] = frozenset({"PB DONE", "+CFUN", "^SIMST", "^BOOT"})
REBOOT: frozenset[str] = GOING_DOWN | STARTED | PERHAPS_STARTED


def name_of(line: str) -> str:
    """The name a line goes by: what stands before its first colon, else the whole line."""
    return line.partition(":")[0]


class BootWatch:
    """Tells a reboot from the many lines of one and the same boot.

    A boot prints several of the lines over up to a minute (RDY, then +CFUN: 1, then PB DONE), and
    switching the radio on prints the later ones too. So within WINDOW seconds of a known start a
    line that was not seen yet belongs to that start; the same line again is the next one.
    """

    WINDOW = 120.0

    def __init__(self) -> None:
        self._since: float | None = None  # the last known start; None: nobody has said when
        self._seen: set[str] = set()
        self._down = False
        self._booted = False  # whether `_since` was a reboot rather than our own doing
        self._boot_id = ""
        self._sim = ""

    def expect(self, now: float, reboot: bool = False) -> None:
        """Late lines of a boot are to be expected: the port was opened or the radio switched.

        With `reboot` the modem itself was told to restart, so that the first line counts anew.
        """
        self._since = now
        if reboot:
            self._seen, self._down, self._booted = set(), False, False

    @property
    def started(self) -> bool:
        """Whether a start is known from which to count."""
        return self._since is not None

    def is_restart(self, name: str, line: str, now: float) -> bool:
        """Whether this line, one of REBOOT, means that the modem has restarted since."""
        if name in PERHAPS_STARTED and not self._is_new(name, line):
            return False
        if self._since is None or now - self._since > self.WINDOW:
            fresh = True
        elif name in PERHAPS_STARTED and not self._down:
            fresh = name == "^BOOT"
        else:
            fresh = self._down or name in self._seen or not self._booted
        if fresh:
            self._since, self._seen, self._booted = now, set(), True
            self._down = name in GOING_DOWN
        self._seen.add(name)
        return fresh

    def _is_new(self, name: str, line: str) -> bool:
        """^BOOT carries an id that changes, ^SIMST must have been 0 or 255, +CFUN must be 1."""
        value = line.partition(":")[2].strip().partition(",")[0]
        if name == "^BOOT":
            old, self._boot_id = self._boot_id, value
            return old not in ("", value)
        if name == "^SIMST":
            old, self._sim = self._sim, value
            return value == "1" and old in ("0", "255")
        return name != "+CFUN" or value == "1"
