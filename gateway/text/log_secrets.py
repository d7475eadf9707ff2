"""Keeps PINs, password hashes and keys out of the log of statements, also at DEBUG with texts."""

from __future__ import annotations

import logging
import re

# Columns and tables whose values are secret; settings hold the key that signs forms.
_SECRET = re.compile(r"\bpin|password|digest|secret|\bsetting\b|\bsession\b|\btoken\b", re.I)


def hide_secrets(record: logging.LogRecord) -> bool:
    """A logging filter for peewee, whose messages are (statement, values). Lets all pass."""
    if isinstance(record.msg, tuple) and _SECRET.search(str(record.msg[0])):
        record.msg = (record.msg[0], "values not shown")
    return True
