"""Text as people and their files bring it -> text that can be kept, shown and compared."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def line(text: str) -> str:
    """One line: blanks made single, nothing that cannot be seen or stored."""
    return " ".join(block(text).split())


def block(text: str) -> str:
    """Several lines, ended by a lone LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return _CONTROLS.sub("", text).strip()
