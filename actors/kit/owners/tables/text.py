"""The text of a file that an owner sends, line by line: nothing in it is guessed silently. Pure.

UTF-8, unless the whole file says otherwise: UTF-16 by its first two bytes, Windows-1251 by having Russian
words and nothing else wherever it is not ASCII. Either is told. A line of any other file that is not UTF-8 is
named, and the rest is taken: one byte that was lost must not turn the keys around it into others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.refusals import Wrong, refuse, wrong

TABLE_BYTES_MAX = 1_000_000
"""What a request's body may have, less what goes with it; some 5 000 lines of 200 characters."""
ZIP_HEAD = b"PK\x03\x04"
"""How an .xlsx begins."""
UTF_8_MARK, UTF_16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
"""What Windows puts before a text, and Excel before what it calls Unicode text."""

ReadAs = Literal["UTF-8", "UTF-16", "Windows-1251"]

_LETTERS = "А-Яа-яЁёІіЇїЄєҐґЎў"
_RUSSIAN = re.compile(rf"[\0-\x7f{_LETTERS}«»„“”‘’–—…№°§©®™±·•\xa0]*")
_WORD = re.compile(rf"[{_LETTERS}]{{2}}")
_MIXED = re.compile(rf"[A-Za-z][{_LETTERS}]|[{_LETTERS}][A-Za-z]")
"""A letter of ours beside a Latin one: a byte that has become another letter."""


@dataclass(frozen=True)
class Text:
    """The lines of a file. In the place of one that cannot be read stands why."""

    lines: tuple[str | Wrong, ...]
    read_as: ReadAs


def read_text(data: bytes) -> Text:
    """Read a file. Raises `OwnerError` for what is no text, or too much of it."""
    if len(data) > TABLE_BYTES_MAX:
        raise refuse(TableFault.FILE_TOO_LARGE, size=len(data), most=TABLE_BYTES_MAX)
    if data.startswith(ZIP_HEAD):
        raise refuse(TableFault.NOT_A_TABLE)
    if data.startswith(UTF_16_MARKS):
        return Text(tuple(_utf_16(data)), "UTF-16")
    while data.startswith(UTF_8_MARK):  # a file that was put together of several has it more than once
        data = data.removeprefix(UTF_8_MARK)
    lines = _split(data)
    if not _is_utf_8(data) and _is_windows_1251(lines):
        return Text(tuple(line.decode("cp1251") for line in lines), "Windows-1251")
    return Text(tuple(map(_utf_8, lines)), "UTF-8")


def _split(data: bytes) -> list[bytes]:
    # Not splitlines: a form feed or a Unicode line separator inside of a code is no line end. Nor is a stray
    # carriage return in a file whose lines end otherwise: it would make two keys of one.
    return re.split(rb"\r*\n", data) if b"\n" in data else data.split(b"\r")


def _utf_16(data: bytes) -> Sequence[str]:
    try:
        text = data.decode("utf-16").lstrip("\ufeff")
    except UnicodeDecodeError:
        raise refuse(TableFault.NOT_A_TABLE) from None
    return re.split(r"\r*\n", text) if "\n" in text else text.split("\r")


def _utf_8(line: bytes) -> str | Wrong:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        place = len(line[: error.start].decode()) + 1
        return wrong(TableFault.NOT_UTF_8, place=place, byte=f"{line[error.start]:02X}")


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_windows_1251(lines: Sequence[bytes]) -> bool:
    """Whether all lines are Windows-1251, and none of them UTF-8 that was damaged."""
    return all(line.isascii() or _is_russian(line) for line in lines)


def _is_russian(line: bytes) -> bool:
    high = sum(byte > 0x7F for byte in line)
    left = sum(not char.isascii() for char in line.decode(errors="ignore"))
    if left * 4 >= high:  # of two bytes each: half of it is UTF-8 still
        return False
    try:
        text = line.decode("cp1251")
    except UnicodeDecodeError:
        return False
    return bool(_RUSSIAN.fullmatch(text) and _WORD.search(text) and not _MIXED.search(text))
