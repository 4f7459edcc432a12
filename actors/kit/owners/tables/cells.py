"""What is in a cell: a text of so many characters, a name that must be known, yes or no. Pure."""

from collections.abc import Collection
from difflib import get_close_matches
from enum import StrEnum
from unicodedata import category

from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.owners.tables.table import Line

LOST = "\ufeff\ufffd\ufffe\uffff"
"""A mark of byte order in the midst of a text, what stands for a character that could not be read, and what
is no character at all: who sells a key with one of these sells another key.
"""
NAME_CHARS_MAX = 64
"""Of a name that is said back: what is longer is none of ours."""
YES = frozenset({"", "1", "yes", "true", "on", "y", "да", "истина"})
"""In every language at once, as spreadsheets write it; nothing said is yes."""
NO = frozenset({"0", "no", "false", "off", "n", "нет", "ложь"})


def cell(row: Line, column: str, chars_max: int, *, required: bool = True, many_lines: bool = False) -> str:
    """A cell's text. Raises `OwnerError` where it is missing, too long, or has what nobody could read."""
    text = row.cells.get(column, "")
    if required and not text:
        raise refuse(TableFault.MISSING, column=column)
    if len(text) > chars_max:
        raise refuse(TableFault.TOO_LONG, column=column, chars=len(text), most=chars_max)
    if any(is_unreadable(char) and not (many_lines and char == "\n") for char in text):
        raise refuse(TableFault.UNREADABLE, column=column)
    return text


def known(name: str, names: Collection[str], fault: StrEnum) -> str:
    """The name, if it is one of these. Raises `OwnerError` with the nearest one, as `near`."""
    if name in names:
        return name
    near = get_close_matches(name, names, 1)
    raise refuse(fault, name=name[:NAME_CHARS_MAX], near=near[0] if near else "")


def yes_or_no(row: Line, column: str) -> bool:
    """Whether a cell says yes, or nothing. Raises `OwnerError` where it says something else."""
    word = cell(row, column, 20, required=False).casefold()
    if word not in YES | NO:
        raise refuse(TableFault.BAD_YES_OR_NO, word=word)
    return word in YES


def is_unreadable(char: str) -> bool:
    """Whether a buyer could not read it, or it stands for something that was lost already."""
    return category(char) in ("Cc", "Cs", "Zl", "Zp") or char in LOST
