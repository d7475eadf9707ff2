"""Files of rows: whatever spreadsheets call CSV -> rows of text, and back.

Going out, a cell that a spreadsheet would take for a formula gets an apostrophe in front
(https://owasp.org/www-community/attacks/CSV_Injection); coming in, that apostrophe goes away again.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gateway.services.numbers import display

SEPARATORS = (",", ";", "\t")
FORMULA = tuple("=+-@\t\r\n'＝＋－＠")
HARMLESS = re.compile(r"\+?[0-9]+(?:[ -][0-9]+)*")  # a phone number, which is no formula
MOST_ROWS = 50_000
MOST_COLUMNS = 60
UNREADABLE = "The file cannot be read as a table: "
UNCLOSED = (
    "a cell in line {line} begins with a quotation mark that is never closed."
    " Close it or take it out."
)


class BadFile(ValueError):
    """One plain line."""


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # in the file, from 1, where it ends
    cells: tuple[str, ...]


def decode(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16, else what Windows in the West wrote (cp1252)."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if unmarked := _utf16_without_mark(content):
        return content.decode(unmarked, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _utf16_without_mark(content: bytes) -> str:
    """Digits, separators and line ends have a zero octet beside them, on one side only."""
    start = content[:2000]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > len(start) // 8 and odd > 4 * even:
        return "utf-16-le"
    if even > len(start) // 8 and even > 4 * odd:
        return "utf-16-be"
    return ""


def read(text: str) -> list[Row]:
    """All of them at once. Raises BadFile."""
    return list(rows(text))


def rows(text: str) -> Iterator[Row]:
    """Rows with something in them, one by one. Raises BadFile, when it comes to what is bad."""
    text, separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    count = began = ended = 0
    try:
        for cells in reader:
            began, ended = ended + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                count += 1
                _check_size(count, ended, cells)
                yield Row(ended, tuple(unguarded(c) for c in cells))
    except csv.Error as e:
        if "field larger" in str(e):
            raise BadFile(f"{UNREADABLE}{UNCLOSED.format(line=ended + 1)}") from e
        raise BadFile(f"{UNREADABLE}line {reader.line_num}, {e}.") from e
    if not count:
        raise BadFile("There is nothing in the file.")
    if ended > began:
        _check_closed(text, began, separator)


def _check_size(count: int, line: int, cells: Sequence[str]) -> None:
    if count > MOST_ROWS:
        raise BadFile(f"The file has more than {MOST_ROWS:,} rows; import it in parts.")
    if len(cells) > MOST_COLUMNS:
        words = f"Line {line} has more than {MOST_COLUMNS} columns; is it a list of contacts?"
        raise BadFile(words)


def _check_closed(text: str, began: int, separator: str) -> None:
    """A quotation mark that is never closed takes all lines behind it into one cell, the last."""
    rest = islice(io.StringIO(text, newline=""), began - 1, None)
    try:
        next(csv.reader(rest, delimiter=separator, strict=True))
    except csv.Error as e:
        if "unexpected end" in str(e):
            raise BadFile(f"{UNREADABLE}{UNCLOSED.format(line=began)}") from e


def write(rows: Iterable[Sequence[str]]) -> str:
    """With CRLF, as RFC 4180 says."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def phone(number: str) -> str:
    """A number that a spreadsheet takes for text: +254712345678 would lose its plus and be shown as
    2.54712E+11.
    """
    shown = display(number)
    digits = shown.removeprefix("+")
    return f"+{digits[:3]} {digits[3:]}" if digits.isdecimal() and digits != shown else shown


def guarded(cell: str) -> str:
    if cell.startswith(FORMULA) and not HARMLESS.fullmatch(cell):
        return "'" + cell
    return cell


def unguarded(cell: str) -> str:
    cell = cell.strip(" \u00a0\ufeff")
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _separator(text: str) -> tuple[str, str]:
    """The one that the first row has most of, outside quotes; Excel may say it itself."""
    if said := re.match(r"sep=([,;\t])\r?\n", text):
        return text[said.end() :], said[1]
    head = re.sub(r'"[^"]*"', "", text.lstrip()[:5000])
    first = head.splitlines()[0] if head.splitlines() else ""
    return text, max(SEPARATORS, key=first.count)
