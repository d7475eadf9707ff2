"""Files of rows: whatever spreadsheets call CSV -> rows of text, and back.

Going out, a cell that a spreadsheet would take for a formula gets an apostrophe in front
(https://owasp.org/www-community/attacks/CSV_Injection); coming in, that apostrophe goes away again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.services.people.numbers import display
from gateway.services.people.text_files import BadFile, TextFile

SEPARATORS = (",", ";", "\t", "|")
FORMULA = tuple("=+-@\t\r\n'＝＋－＠")
# A phone number: digits alone, or divided by a blank, which no formula is.
HARMLESS = re.compile(r"\+?[0-9]+|\+[0-9]{1,3} [0-9]+(?:[ -][0-9]+)*")
MOST_ROWS = 50_000
MOST_COLUMNS = 400  # address books have a hundred
FAR_TOO_MANY = 20_000  # of anything between cells, in one line
LOOKED_AT = 1 << 16  # characters that tell what is between cells
TOO_WIDE = f"Line {{line}} has more than {MOST_COLUMNS} columns; is it a list of contacts?"
UNREADABLE = "The file cannot be read as a table: "
UNCLOSED = (
    "a cell in line {line} begins with a quotation mark that is never closed."
    " Close it or take it out."
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    line: int  # in the file, from 1, where it ends
    cells: tuple[str, ...]


def rows(text: TextFile) -> Iterator[SheetRow]:
    """Rows with something in them, one by one. Raises BadFile, when it comes to what is bad."""
    separator, before = _separator(text)
    reader = csv.reader(_lines(text, before, separator), delimiter=separator)
    count, began, ended = 0, before, before
    try:
        for cells in reader:
            began, ended = ended + 1, reader.line_num + before
            if any(cell.strip() for cell in cells):
                count += 1
                _check_size(count, ended, cells)
                yield SheetRow(ended, tuple(unguarded(c) for c in cells))
    except csv.Error as e:
        if "field larger" in str(e):
            raise BadFile(f"{UNREADABLE}{UNCLOSED.format(line=ended + 1)}") from e
        raise BadFile(f"{UNREADABLE}line {reader.line_num + before}, {e}.") from e
    if not count:
        raise BadFile("There is nothing in the file.")
    if ended > began:
        _check_closed(text, began, separator)


def _lines(text: TextFile, before: int, separator: str) -> Iterator[str]:
    """Those behind the first `before`; none of them a table of its own."""
    with text.open() as file:
        for number, line in enumerate(file, start=1):
            if line.count(separator) > FAR_TOO_MANY:
                raise BadFile(TOO_WIDE.format(line=number))
            if number > before:
                yield line


def _check_size(count: int, line: int, cells: Sequence[str]) -> None:
    if count > MOST_ROWS:
        raise BadFile(f"The file has more than {MOST_ROWS:,} rows; import it in parts.")
    if len(cells) > MOST_COLUMNS:
        raise BadFile(TOO_WIDE.format(line=line))


def _check_closed(text: TextFile, began: int, separator: str) -> None:
    """A quotation mark that is never closed takes all lines behind it into one cell, the last."""
    rest = _lines(text, began - 1, separator)
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


def _separator(text: TextFile) -> tuple[str, int]:
    """(what is between cells, lines before the table): the one that the first lines agree on.

    Excel may say it itself, in a line of its own.
    """
    with text.open(newline=None) as file:
        head = file.read(LOOKED_AT)
    if said := re.match(r"sep=([^\n\"])\n", head):
        return said[1], 1
    lines = re.sub(r'"[^"]*"', "", head.strip("\n")).split("\n")[:20]
    lines = [line for line in lines if line.strip(" ,;|\t")]

    def agreed(separator: str) -> tuple[int, int]:
        found = [line.count(separator) for line in lines]
        often = max(set(found), key=lambda n: (n > 0, found.count(n)), default=0)
        return (found.count(often) if often else 0, often)

    return max(SEPARATORS, key=agreed), 0
