"""SQL as text: without its comments, command by command. It is looked at, and not understood."""

import re
from collections.abc import Iterator

_ASIDE = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL)
_END = re.compile(
    r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|\bBEGIN\s+ATOMIC\b.*?\bEND\s*;|;", re.DOTALL | re.IGNORECASE
)
_WHERE = re.compile(
    r"\s*(?:(?:ADD|ALTER)\s+)?(?:COLUMN\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?\"?(\w+)", re.IGNORECASE
)
_TABLE = re.compile(
    r"\b(?:CREATE|ALTER)\s+TABLE\s+(?:ONLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?\{schema\}\.(\w+)\s*\(?",
    re.IGNORECASE,
)


def bare(sql: str) -> str:
    """The text without comments; its lines stay where they are."""

    def left(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n") if found[0].startswith(("--", "/*")) else found[0]

    return _ASIDE.sub(left, sql)


def commands(sql: str) -> Iterator[tuple[int, str]]:
    """Each command with the place where it begins; a function is one, whatever stands in its body."""
    start = 0
    for found in _END.finditer(sql):
        if found[0].endswith(";") and not found[0].startswith("'"):
            yield start, sql[start : found.end()]
            start = found.end()
    if sql[start:].strip():
        yield start, sql[start:]


def column_at(command: str, place: int) -> tuple[str, str] | None:
    """The table and the column that are being made or changed at a place; None where it is neither."""
    table = _TABLE.search(command)
    if table is None or table.end() > place:
        return None
    comma = command.rfind(",", table.end(), place)
    column = _WHERE.match(command, table.end() if comma < 0 else comma + 1)
    return None if column is None else (table[1], column[1])
