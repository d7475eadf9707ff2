"""What of a received text can be kept, shown and exported: everything but control characters."""

from __future__ import annotations

import re
from typing import Final

INSTEAD: Final = "\ufffd"  # where a character was that nobody can see

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PADDING = re.compile("[\0\uffff]+$")
_UNSEEN = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """Line ends as LF, tabs as they are, no byte order marks, nothing that fills up the end.

    Other control characters, which terminals and spreadsheets obey, become U+FFFD.
    """
    text = _PADDING.sub("", _LINE_ENDS.sub("\n", text).replace("\ufeff", ""))
    return _UNSEEN.sub(INSTEAD, text)
