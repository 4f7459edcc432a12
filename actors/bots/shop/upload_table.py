"""Tables as owners send them: CSV from any spreadsheet, in any of the usual encodings. Pure.

Each line is taken for itself: one that cannot be read is named, with what to do about it, and the lines after
it are read all the same. A quote that is never closed costs its own line, not the rest of the file.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import category

from actors.bots.shop.owner_faults import Fault, Wrong, refuse, wrong

TABLE_BYTES_MAX = 1_000_000
"""What a request's body may have, less what goes with it; some 5 000 lines of 200 characters."""
ROWS_MAX = 5_000
"""So many items are encrypted and written in one transaction, within a second or two."""
RECORD_LINES_MAX = 50
"""A quoted value may have line ends in it, but nobody sells a poem: the search for its end stops here."""
SEPARATORS = (";", "\t", ",")
SEP_LINE = re.compile(r"sep=(.)", re.IGNORECASE)
"""The first line by which Excel tells itself the separator."""
ZIP_HEAD = b"PK\x03\x04"
"""How an .xlsx begins."""
CELL_CHARS_MAX = 100_000
"""Below the limit of csv itself, at which it raises what it raises for quotes."""


@dataclass(frozen=True)
class Row:
    """A line that could be read: its number in the file, from 1, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class BadLine:
    """A line that was not taken."""

    line: int
    wrong: Wrong


@dataclass(frozen=True)
class Table:
    """What is in a file."""

    rows: tuple[Row, ...]
    bad: tuple[BadLine, ...]
    ignored: tuple[str, ...] = ()
    """Columns that mean nothing here, as the file calls them."""


def read_table(data: bytes, columns: Mapping[str, Sequence[str]], optional: Sequence[str] = ()) -> Table:
    """Read a file with these columns, each under one of its names, in any order.

    Raises `OwnerError` for a file that cannot be taken at all.
    """
    lines = _lines(decode(data))
    start = next((place for place, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise refuse(Fault.FILE_EMPTY)
    if SEP_LINE.fullmatch(lines[start].strip()):
        start += 1
    head = lines[start] if start < len(lines) else ""
    separator = max(SEPARATORS, key=lambda one: len(_named(_head_cells(head, one), columns)))
    titles = _head_cells(head, separator)
    named = _named(titles, columns)
    for name in columns:
        places = [place for place, found in named.items() if found == name]
        if len(places) > 1:
            raise refuse(Fault.COLUMN_TWICE, column=name)
        if not places and name not in optional:
            raise refuse(Fault.NO_COLUMN, column=name, columns=", ".join(columns))
    ignored = tuple(title for place, title in enumerate(titles) if title and place not in named)
    rows: list[Row] = []
    bad: list[BadLine] = []
    for line, cells in _records(lines, start + 1, separator):
        if isinstance(cells, Wrong):
            bad.append(BadLine(line, cells))
        elif any(cell.strip() for cell in cells):
            read = _row(line, cells, titles, named)
            rows.append(read) if isinstance(read, Row) else bad.append(read)
        if len(rows) + len(bad) > ROWS_MAX:
            raise refuse(Fault.TOO_MANY_ROWS, most=ROWS_MAX)
    return Table(tuple(rows), tuple(bad), ignored)


def decode(data: bytes) -> str:
    """The text of a file. Raises `OwnerError` for what is no text, or too much of it."""
    if len(data) > TABLE_BYTES_MAX:
        raise refuse(Fault.FILE_TOO_LARGE, bytes=len(data), most=TABLE_BYTES_MAX)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Excel calls Unicode text
        encodings: tuple[str, ...] = ("utf-16",)
    elif data.startswith(ZIP_HEAD) or b"\0" in data:
        raise refuse(Fault.NOT_A_TABLE)
    else:
        encodings = ("utf-8-sig", "cp1251")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse(Fault.NOT_A_TABLE)


def _lines(text: str) -> list[str]:
    # Not splitlines: a form feed or a Unicode line separator inside of a code is no line end.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _head_cells(head: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([head], delimiter=separator), [])
    except csv.Error:
        raise refuse(Fault.NOT_A_TABLE) from None
    return [cell.strip() for cell in cells]


def _named(titles: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Which column is in which place."""
    names = {alias: name for name, aliases in columns.items() for alias in (name, *aliases)}
    plain = [re.sub(r"[\s_-]+", "_", title.casefold()) for title in titles]
    return {place: names[title] for place, title in enumerate(plain) if title in names}


def _records(lines: Sequence[str], start: int, separator: str) -> Iterator[tuple[int, list[str] | Wrong]]:
    place = start
    while place < len(lines):
        # Read line by line, so that an error is known to be of this one, and the next begins after it.
        reader = csv.reader(
            (f"{line}\n" for line in lines[place : place + RECORD_LINES_MAX]),
            delimiter=separator,
            strict=True,
        )
        line = place + 1
        try:
            cells = next(reader)
        except (csv.Error, StopIteration):
            chars = len(lines[place])
            place += 1
            too_long = wrong(Fault.TOO_LONG, column="?", chars=chars, most=CELL_CHARS_MAX)
            yield line, too_long if chars > CELL_CHARS_MAX else wrong(Fault.QUOTES)
        else:
            place += reader.line_num
            yield line, cells


def _row(line: int, cells: Sequence[str], titles: Sequence[str], named: Mapping[int, str]) -> Row | BadLine:
    while len(cells) > len(titles) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > len(titles):
        return BadLine(line, wrong(Fault.TOO_MANY_CELLS, cells=len(cells), columns=len(titles)))
    if len(cells) <= max(named):
        return BadLine(line, wrong(Fault.TOO_FEW_CELLS, cells=len(cells), columns=len(titles)))
    return Row(line, {name: cells[place].strip() for place, name in named.items()})


def cell(row: Row, column: str, chars_max: int, *, required: bool = True, many_lines: bool = False) -> str:
    """A cell's text. Raises `OwnerError` where it is missing, too long, or has what nobody could read."""
    text = row.cells.get(column, "")
    if required and not text:
        raise refuse(Fault.MISSING, column=column)
    if len(text) > chars_max:
        raise refuse(Fault.TOO_LONG, column=column, chars=len(text), most=chars_max)
    if any(category(char) in ("Cc", "Cs") and not (many_lines and char == "\n") for char in text):
        raise refuse(Fault.UNREADABLE, column=column)
    return text
