"""One thing that is wrong with the box, or that somebody should know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    PROBLEM = "problem"  # something does not work
    WARNING = "warning"  # it works, and soon may not
    NOTE = "note"  # nothing is wrong: what could not be found out, or is left alone on purpose


@dataclass(frozen=True, slots=True)
class Issue:
    """`key` names the kind for programs ("sim.pin"), `about` the thing: a port, a folder, "".

    `words` say what is wrong, `mend` what to do about it. `since`: ms UTC, None when not known.
    """

    key: str
    severity: Severity
    words: str
    mend: str = ""
    about: str = ""
    since: int | None = None


def problem(key: str, words: str, mend: str, *, about: str = "", since: int | None = None) -> Issue:
    return Issue(key, Severity.PROBLEM, words, mend, about, since)


def warning(key: str, words: str, mend: str, *, about: str = "", since: int | None = None) -> Issue:
    return Issue(key, Severity.WARNING, words, mend, about, since)


def note(key: str, words: str, mend: str = "", *, about: str = "") -> Issue:
    return Issue(key, Severity.NOTE, words, mend, about)
