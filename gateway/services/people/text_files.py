"""Files as they were uploaded -> text, read piece by piece so that little of it is held at once."""

from __future__ import annotations

import io
from dataclasses import dataclass

from gateway.services.people import encodings

AS_CSV = "In the spreadsheet choose “Save as” and “CSV UTF-8”, and import that file."
# How files begin that are no text, whatever their names say.
NOT_TEXT = (
    (b"PK\x03\x04", f"This is a spreadsheet or an archive (xlsx, ods, zip), not CSV. {AS_CSV}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"This is an old Office file (xls), not CSV. {AS_CSV}"),
    (b"%PDF-", f"This is a PDF. Take the table that it was made of. {AS_CSV}"),
    (b"{\\rtf", f"This is a word processor's file, not CSV. Put it into a spreadsheet. {AS_CSV}"),
    (b"\x1f\x8b", "This file is compressed; unpack it and import the CSV or vCard in it."),
    (b"\x89PNG", "This is a picture; choose a table saved as CSV, or a vCard."),
    (b"\xff\xd8\xff", "This is a picture; choose a table saved as CSV, or a vCard."),
    (b"SQLite format 3\x00", "This is a database; choose a table saved as CSV, or a vCard."),
)
WEB_PAGES = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<style")


class BadFile(ValueError):
    """One plain line."""


@dataclass(frozen=True, slots=True)
class TextFile:
    content: bytes
    encoding: str  # one of encodings.CHOICES

    @classmethod
    def of(cls, text: str) -> TextFile:
        return cls(text.encode("utf-8", "replace"), encodings.UTF8)

    @classmethod
    def read(cls, content: bytes, encoding: str = "", country: str = "") -> TextFile:
        """`encoding`: as somebody chose it; "" = guessed. Raises BadFile for what is no text."""
        for start, words in NOT_TEXT:
            if content.startswith(start):
                raise BadFile(words)
        mark, marked = encodings.mark_of(content)
        if content[len(mark) : 2000].lstrip().lower().startswith(WEB_PAGES):
            raise BadFile(f"This is a web page or XML, not CSV. Open it in a spreadsheet. {AS_CSV}")
        chosen = encoding if encoding in encodings.CHOICES else ""
        return cls(content, marked or chosen or encodings.guess(content, country))

    def open(self, newline: str | None = "") -> io.TextIOWrapper:
        """From the beginning, behind its mark. `newline` as of `io.open`."""
        octets = io.BytesIO(self.content)
        octets.seek(len(encodings.mark_of(self.content)[0]))
        return io.TextIOWrapper(octets, self.encoding, errors="replace", newline=newline)
