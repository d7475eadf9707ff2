"""Runs a person's own regular expression where it can do no harm: in a process with a time limit.

Some patterns take longer than the universe on the right text, and nothing in this process could
stop them.
"""

from __future__ import annotations

import json
import subprocess
import sys

LIMIT = 5.0  # seconds, most of them for starting a process on a small board
_PROGRAM = (
    "import json, re, sys\n"
    "pattern, text = json.load(sys.stdin)\n"
    "found = re.search(pattern, text, re.I)\n"
    "json.dump(found and found.span(1), sys.stdout)\n"
)


class BadPattern(Exception):
    """The pattern cannot be used; plain words."""


def search(pattern: str, text: str, limit: float = LIMIT) -> tuple[int, int] | None:
    """Where the pattern's group is in the text; None when it is not there. Raises BadPattern."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the pattern goes in as data
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            input=json.dumps([pattern, text]),
            capture_output=True,
            text=True,
            timeout=limit,
        )
        span = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise BadPattern("The pattern takes too long on this text; make it simpler.") from None
    except (OSError, ValueError):
        raise BadPattern("The pattern could not be used; check it.") from None
    if span is None or span[0] < 0:
        return None
    return span[0], span[1]
