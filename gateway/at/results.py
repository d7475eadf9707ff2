"""How a command ended, and what that means.

The same result means different things as the answer to different commands, so whoever reads one
says which it answered: `after_pdu` a submitted message, `before_prompt` AT+CMGS itself, when
nothing was handed over yet; `meaning` gives words for every other command, and no decision.

The tables: codes.py, makers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from gateway.at.codes import (
    CME,
    CMS,
    ELSEWHERE,
    OURS,
    PERHAPS_OURS,
    PHRASES,
    PROMISES,
    RECIPIENTS,
    Row,
)

# The last four are findings of ours, not words of the modem: NO_PROMPT is silence before anything
# was handed over, LOST a port that went away.
ResultKind = Literal[
    "OK", "ERROR", "CMS", "CME", "CALL", "RESTARTED", "TIMEOUT", "NO_PROMPT", "LOST"
]


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended.

    `code` is the number of a +CMS or +CME ERROR (looked up when the modem sent words instead),
    None where there is none; `text` is what it said besides ("NO CARRIER" and the like for CALL).
    """

    kind: ResultKind
    code: int | None = None
    text: str = ""

    @property
    def ok(self) -> bool:
        return self.kind == "OK"


class Retry(StrEnum):
    """What may be done about the result of a submission."""

    TAKEN = "taken"  # the network has it
    PERMANENT = "permanent"  # the same again gives the same answer
    LATER = "later"  # again after a while
    OTHER_ROUTE = "other route"  # this modem or SIM cannot, another may
    RESET = "reset"  # the modem has to be set up anew first
    UNCERTAIN = "uncertain"  # it may have gone out: never again by itself
    HOLD = "hold"  # the SIM or its account: hold the connection, tell a person


class About(StrEnum):
    """What a refusal speaks of."""

    MESSAGE = "message"  # this one alone, or its recipient
    EITHER = "either"  # one proves nothing, several in a row to different people do
    CONNECTION = "connection"  # modem, SIM or network: any other message would fare the same


@dataclass(frozen=True, slots=True)
class Explanation:
    """`words` say what happened and what to do. `after`: seconds before the next try.

    `tries`: how many more tries make sense; networks use some "temporary" codes for things that
    never change (no credit, a wrong number), so every LATER about a message has an end. `label` is
    short, for a list: "CMS 38".
    """

    retry: Retry
    words: str
    after: float | None
    label: str
    tries: int = 0
    about: About = About.MESSAGE


OK: Final = Result("OK")
RESTARTED: Final = Result("RESTARTED")
TIMEOUT: Final = Result("TIMEOUT")

_CALLS = ("NO CARRIER", "NO ANSWER", "NO DIALTONE", "NO DIAL TONE", "BUSY")
_FINALS: Final[dict[str, Result]] = {
    "OK": OK,
    **{
        text: Result("ERROR", None, text if text != "ERROR" else "")
        for text in (
            "ERROR",
            "COMMAND NOT SUPPORT",
            "COMMAND NOT SUPPORTED",
            "NOT FOND ^,NOT CUSTOM AT",  # spelt so by the firmware
            "NOT FOUND ^,NOT CUSTOM AT",
            "TOO MANY PARAMETERS",
            "NA",
        )
    },
}
_CALL_FINALS: Final[dict[str, Result]] = {text: Result("CALL", None, text) for text in _CALLS}
_STARTS: Final = ("+CMS ERROR", "+CME ERROR", "MODEM ERROR:")

_OTHER: Final[dict[ResultKind, Row]] = {
    "OK": ("taken", "The modem sent it.", None, 0),
    "RESTARTED": (
        "uncertain",
        "The modem restarted in the middle of it. If this happens often, check its power supply.",
        None,
        0,
    ),
    "TIMEOUT": ("uncertain", "The modem gave no answer.", None, 0),
    "LOST": ("uncertain", "The modem was gone before it answered.", None, 0),
    "NO_PROMPT": (
        "later",
        "The modem did not ask for the message; it is tried again by itself.",
        5.0,
        3,
    ),
    "CALL": ("permanent", "The call ended.", None, 0),
    "ERROR": (
        "later",
        "The modem refused without saying why. If this stays so, the SIM may have no SMS service.",
        10.0,
        2,
    ),
}
_LABELS: Final[dict[ResultKind, str]] = {
    "TIMEOUT": "no answer",
    "RESTARTED": "restarted",
    "NO_PROMPT": "no prompt",
    "LOST": "modem gone",
}
_UNSUPPORTED: Row = (
    "other route",
    "This modem does not know the command; another modem may.",
    None,
    0,
)


def parse_final(line: str, dialled: bool = False) -> Result | None:
    """The result that `line` is, as a whole; None for anything else ("OKAY", "OK then").

    `dialled`: NO CARRIER, BUSY and the like end a call that was being made; otherwise they are
    news about another one.
    """
    found = _FINALS.get(line)
    if found is not None:
        return found
    if line.startswith(_STARTS):
        return _with_code(line)
    return _CALL_FINALS.get(line) if dialled else None


def _with_code(line: str) -> Result | None:
    if line.startswith("MODEM ERROR:"):
        return Result("ERROR", None, line.partition(":")[2].strip())
    rest = line[len("+CMS ERROR") :].strip()
    if rest and rest[0] != ":":
        return None
    return _coded("CMS" if line[3] == "S" else "CME", rest.lstrip(": "))


def _coded(kind: ResultKind, rest: str) -> Result:
    """Numbers as they are; words (AT+CMEE=2) looked up; an empty one has no code."""
    text = rest.strip('"')
    if text.isdecimal() and len(text) <= 9:
        return Result(kind, int(text))
    phrase = " ".join(text.lower().replace("-", " ").split()).rstrip(".")
    return Result(kind, PHRASES[kind].get(phrase), text)


FIRST_OF_MAKERS: Final = 512  # of +CMS ERROR, 27.005 3.2.5
_MAKERS: Final = (
    "The modem reported a fault that only its maker can explain; it is tried again by itself."
)
Makers = Mapping[int, Row]  # of +CMS ERROR, what the maker means by it (makers.py)
_NOTHING: Final[Makers] = {}

# The few that can be about the message before the modem has it: it knows the length by then.
_ABOUT_LENGTH: Final = frozenset({"CMS 304"})
_NOT_TAKEN: Final = "The modem did not take the message; it is tried again by itself."
_SOON: Final = 5.0  # seconds


def after_pdu(result: Result, makers: Makers = _NOTHING) -> Explanation:
    """What a result means that answers a submitted message: the PDU and Ctrl-Z were written.

    A refusal by network or modem (+CMS ERROR, +CME ERROR, ERROR) is a definite one: not sent,
    except where it tells that a timer ended. TAKEN is the OK, and CMS 197 alone of the codes.
    """
    retry, words, after, tries = _row(result, makers)
    short = label(result)
    return Explanation(Retry(retry), words, after, short, tries, _about(Retry(retry), short))


def before_prompt(result: Result, makers: Makers = _NOTHING) -> Explanation:
    """What a result means that came where the prompt of AT+CMGS was expected.

    Nothing was handed over, so nothing is in doubt, nothing was taken, and whatever it is speaks of
    the modem, its SIM or the network; only the length (CMS 304) can be the message's own fault.
    """
    why = after_pdu(result, makers)
    if why.label in _ABOUT_LENGTH:
        return why
    if result.kind in ("TIMEOUT", "RESTARTED", "LOST", "NO_PROMPT"):
        why = after_pdu(Result("NO_PROMPT", None, result.text))
    kept = why.retry in (Retry.HOLD, Retry.RESET, Retry.OTHER_ROUTE) or (
        why.retry is Retry.LATER and why.about is not About.MESSAGE
    )
    if not kept or result.kind == "OK":
        return Explanation(
            Retry.LATER, _NOT_TAKEN, _SOON, why.label, tries=1, about=About.CONNECTION
        )
    return replace(why, about=About.CONNECTION)


def _about(retry: Retry, short: str) -> About:
    if retry in (Retry.HOLD, Retry.RESET) or short in OURS:
        return About.CONNECTION
    if short in PERHAPS_OURS:
        return About.EITHER
    if retry in (Retry.LATER, Retry.OTHER_ROUTE) and short not in RECIPIENTS:
        return About.EITHER
    return About.MESSAGE


def meaning(result: Result) -> str:
    """The words of a result of any command: what the modem says, without what a message promises.

    "" for OK.
    """
    if result.ok:
        return ""
    own = result.kind == "CMS" and (result.code or 0) >= FIRST_OF_MAKERS
    words = ELSEWHERE.get(label(result)) or (_MAKERS if own else _row(result, _NOTHING)[1])
    for promise in PROMISES:
        if words.endswith(promise):
            return words.removesuffix(promise) + "."
    return words


def label(result: Result) -> str:
    """Short form for lists and logs: "CMS 38", "CME (SIM busy)", "no answer"."""
    if result.kind in _LABELS:
        return _LABELS[result.kind]
    if result.code is not None:
        return f"{result.kind} {result.code}"
    return f"{result.kind} ({result.text})" if result.text else result.kind


def _row(result: Result, makers: Makers) -> Row:
    if result.kind == "CMS":
        own = makers.get(-1 if result.code is None else result.code)
        return own or _of_range(result.code)
    if result.kind == "CME":
        return CME.get(-1 if result.code is None else result.code, CME[100])
    if result.kind == "ERROR" and result.text:
        return _UNSUPPORTED
    return _OTHER[result.kind]


def _of_range(code: int | None) -> Row:
    """A code of the table, else what its range says (27.005 3.2.5: whose cause it is)."""
    if code is None:
        return CMS[500]
    if code in CMS:
        return CMS[code]
    if code < 128:
        return "later", "The network refused the message.", 60.0, 2
    if code < 256:
        return "permanent", "The service centre or the receiving side refused the message.", None, 0
    if code < FIRST_OF_MAKERS:
        return "reset", "The modem reported a fault of its own.", 10.0, 2
    return "later", _MAKERS, 30.0, 3
