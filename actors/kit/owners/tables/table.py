"""Tables as owners send them: CSV from any spreadsheet; its text is read by `text.py`. Pure.

Each line is taken for itself: one that cannot be read is named, with what to do about it, and the lines after
it are read all the same. A quote that is never closed costs its own line, not the rest of the file.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.refusals import Wrong, refuse, wrong
from mailroom.actors.kit.owners.tables.text import ReadAs, read_text

ROWS_MAX = 5_000
"""So many items are encrypted and written in one transaction, within a second or two."""
RECORD_LINES_MAX = 50
"""A quoted value may have line ends in it, but nobody sells a poem: the search for its end stops here."""
SEPARATORS = (";", "\t", ",")
SEP_LINE = re.compile(r"sep=(.)", re.IGNORECASE)
"""The first line by which Excel tells itself the separator."""
CELL_CHARS_MAX = 100_000
"""Below the limit of csv itself, at which it raises what it raises for quotes."""


@dataclass(frozen=True)
class Line:
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

    rows: tuple[Line, ...]
    bad: tuple[BadLine, ...]
    ignored: tuple[str, ...] = ()
    """Columns that mean nothing here, as the file calls them."""
    read_as: ReadAs = "UTF-8"
    """How its bytes were read; the owner is told of what is not UTF-8."""


def read_table(
    data: bytes, columns: Mapping[str, Sequence[str]], optional: Sequence[str] = (), *, across: bool = False
) -> Table:
    """Read a file with these columns, each under one of its names, in any order. `across`: a quoted cell may
    have line ends in it; else a line is a line, and two quotes that somebody forgot do not make one of many.

    Raises `OwnerError` for a file that cannot be taken at all.
    """
    text = read_text(data)
    lines = text.lines
    start = next((place for place, line in enumerate(lines) if isinstance(line, Wrong) or line.strip()), None)
    if start is None:
        raise refuse(TableFault.FILE_EMPTY)
    head = lines[start]
    if isinstance(head, str) and SEP_LINE.fullmatch(head.strip()):
        start += 1
        head = lines[start] if start < len(lines) else ""
    if isinstance(head, Wrong) or "\0" in head:
        raise refuse(TableFault.NOT_A_TABLE)
    separator = max(SEPARATORS, key=lambda one: len(_named(_head_cells(head, one), columns)))
    titles = _head_cells(head, separator)
    named = _named(titles, columns)
    for name in columns:
        places = [place for place, found in named.items() if found == name]
        if len(places) > 1:
            raise refuse(TableFault.COLUMN_TWICE, column=name)
        if not places and name not in optional:
            raise refuse(TableFault.NO_COLUMN, column=name, columns=", ".join(columns))
    ignored = tuple(title for place, title in enumerate(titles) if title and place not in named)
    rows: list[Line] = []
    bad: list[BadLine] = []
    for line, cells in _records(lines, start + 1, separator, len(titles), across=across):
        if isinstance(cells, Wrong):
            bad.append(BadLine(line, cells))
        elif any(cell.strip() for cell in cells):
            read = _row(line, cells, titles, named)
            rows.append(read) if isinstance(read, Line) else bad.append(read)
        if len(rows) + len(bad) > ROWS_MAX:
            raise refuse(TableFault.TOO_MANY_ROWS, most=ROWS_MAX)
    return Table(tuple(rows), tuple(bad), ignored, text.read_as)


def _head_cells(head: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([head], delimiter=separator), [])
    except csv.Error:
        raise refuse(TableFault.NOT_A_TABLE) from None
    return [cell.strip() for cell in cells]


def _named(titles: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Which column is in which place."""
    names = {alias: name for name, aliases in columns.items() for alias in (name, *aliases)}
    plain = [re.sub(r"[\s_-]+", "_", title.casefold()) for title in titles]
    return {place: names[title] for place, title in enumerate(plain) if title in names}


def _records(
    lines: Sequence[str | Wrong], start: int, separator: str, columns: int, *, across: bool
) -> Iterator[tuple[int, list[str] | Wrong]]:
    place = start
    while place < len(lines):
        first = lines[place]
        if isinstance(first, Wrong):
            yield place + 1, first
            place += 1
            continue
        found = None
        for most in (1, RECORD_LINES_MAX) if across else (1,):
            found = _record(lines, place, most, separator, columns)
            if found is not None:
                break
        if found is None:
            yield place + 1, _why_unread(first)
            place += 1
            continue
        cells, taken = found
        yield place + 1, cells
        place += taken


def _why_unread(line: str) -> Wrong:
    if len(line) > CELL_CHARS_MAX:
        return wrong(TableFault.TOO_LONG, column="?", chars=len(line), most=CELL_CHARS_MAX)
    return wrong(TableFault.UNREADABLE, column="?") if "\r" in line else wrong(TableFault.QUOTES)


def _record(
    lines: Sequence[str | Wrong], place: int, most: int, separator: str, columns: int
) -> tuple[list[str], int] | None:
    """The record that begins in this line, and how many lines it has; None if its quotes do not fit, or if it
    would swallow a line that is one for itself, or one that cannot be read.
    """
    ahead: list[str] = []
    for line in lines[place : place + most]:
        if isinstance(line, Wrong):
            break
        ahead.append(line)
    # Read line by line, so that an error is known to be of this one, and the next begins after it.
    reader = csv.reader((f"{line}\n" for line in ahead), delimiter=separator, strict=True)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return None
    taken = ahead[: reader.line_num]
    if not _well_quoted("\n".join(taken), separator):
        return None
    if len(taken) > 1:
        if len(cells) != columns:
            return None
        for line in taken[1:]:
            if _well_quoted(line, separator) and line.count(separator) >= columns - 1:
                return None
    return cells, len(taken)


def _well_quoted(text: str, separator: str) -> bool:
    """Whether each quote opens a cell, closes it, or is doubled within: csv takes others for a part of it."""
    cell_ = rf'(?:"(?:[^"]|"")*"|[^"{separator}]*)'
    return re.fullmatch(rf"{cell_}(?:{separator}{cell_})*", text) is not None


def _row(line: int, cells: Sequence[str], titles: Sequence[str], named: Mapping[int, str]) -> Line | BadLine:
    while len(cells) > len(titles) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > len(titles):
        return BadLine(line, wrong(TableFault.TOO_MANY_CELLS, cells=len(cells), columns=len(titles)))
    if len(cells) <= max(named):
        return BadLine(line, wrong(TableFault.TOO_FEW_CELLS, cells=len(cells), columns=len(titles)))
    return Line(line, {name: cells[place].strip() for place, name in named.items()})


def in_order(bad: Iterable[BadLine]) -> tuple[BadLine, ...]:
    """As they are in the file."""
    return tuple(sorted(bad, key=lambda one: one.line))
