"""Whether the pages of the file fit together."""

from __future__ import annotations

from gateway.store.file.database import errors, execute

CHECKED_WHOLE = 64 << 20  # octets; a larger file would hold up the start; SD cards read 20 MB/s


def damage() -> list[str]:
    """What SQLite finds wrong with the whole file; reads all of it. Empty: nothing."""
    try:
        with errors():
            rows = execute("PRAGMA quick_check(3)").fetchall()
    except UnicodeError:  # it names a table or index whose name is spoiled
        return ["the names of its tables are spoiled"]
    return [" ".join(words.split()) for (words,) in rows if words != "ok"]
