"""A room has one clock: what else would tell its modules and statements the time."""

import re
from collections.abc import Iterator

from mailroom.actors.testing.names_in import calls_in, names_in
from mailroom.actors.testing.room_files import Fault, RoomFiles, Source, Statement
from mailroom.actors.testing.sql_text import column_at, commands

OF_PYTHON = frozenset(
    {
        "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
        "time.time", "time.time_ns", "time.gmtime", "time.localtime", "time.ctime", "time.asctime",
        "time.strftime", "time.clock_gettime", "time.clock_gettime_ns",
    }
)  # fmt: skip
"""What tells the time of the machine. What measures how long something takes is none of these."""
OF_THE_PLATFORM = ("mailroom.storage.clock.REAL_TIME",)
MAKES_ONE = "mailroom.storage.clock.Clock"
OF_SQL = re.compile(
    r"\b(?:now\s*\(\s*\)|(?:clock|statement|transaction)_timestamp\s*\(\s*\)|timeofday\s*\(\s*\)"
    r"|current_(?:date|time|timestamp)\b|local(?:time|timestamp)\b)"
    r"|'(?:now|today|tomorrow|yesterday)'(?=\s*::)"
    r"|\b(?:date|time|timestamp|timestamptz)\s*'(?:now|today|tomorrow|yesterday)'",
    re.IGNORECASE,
)
_DEFAULT = re.compile(r"\bDEFAULT\s*\(?\s*$", re.IGNORECASE)
_SHOWN = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?(?:VIEW|FUNCTION)\s+\{schema\}\.(\w+)", re.IGNORECASE
)
_INSERT = re.compile(r"\bINSERT\s+INTO\s+\{schema\}\.(\w+)(?:\s+AS\s+\w+)?(?:\s*\(([^)]*)\))?", re.IGNORECASE)


def clock_faults(room: RoomFiles) -> Iterator[Fault]:
    """Clocks that are not the room's."""
    for source in room.sources:
        yield from _in_python(source)
    for one in room.statements:
        yield from _in_statement(one)
    yield from _behind_statements(room)


def _in_python(source: Source) -> Iterator[Fault]:
    for line, name in names_in(source):
        if name in OF_PYTHON:
            yield Fault(source.file, line, f"{name} is the machine's clock: ask room.now()")
        elif name in OF_THE_PLATFORM:
            yield Fault(source.file, line, f"{name} is a clock of its own: ask room.now()")
    for line, name in calls_in(source):
        if name == MAKES_ONE:
            yield Fault(source.file, line, "makes a clock of its own: ask room.now()")


def _in_statement(one: Statement) -> Iterator[Fault]:
    for found in OF_SQL.finditer(one.text):
        yield Fault(one.file, one.line_at(found.start()), f"{found[0]} is the database's clock: say {{now}}")


def _behind_statements(room: RoomFiles) -> Iterator[Fault]:
    """What migrations have made that asks the database's clock by itself must not decide anything: whoever
    inserts says the time, and no statement asks such a view.
    """
    defaults: dict[str, set[str]] = {}
    asking: set[str] = set()
    for one in room.migrations:
        for start, command in commands(one.text):
            for found in OF_SQL.finditer(command):
                is_default = _DEFAULT.search(command, 0, found.start())
                column = column_at(command, found.start()) if is_default else None
                if (shown := _SHOWN.search(command)) is not None:
                    asking.add(shown[1])
                elif column is not None:
                    defaults.setdefault(column[0], set()).add(column[1])
                else:
                    words = f"{found[0]} in a migration is the database's clock: leave it to a statement"
                    yield Fault(one.file, one.line_at(start + found.start()), words)
    for one in room.statements:
        for found in _INSERT.finditer(one.text):
            said = {column.strip().strip('"') for column in (found[2] or "").split(",")}
            for unsaid in sorted(defaults.get(found[1], set()) - said):
                words = f"{found[1]}.{unsaid} would have the database's time: insert {{now}} into it"
                yield Fault(one.file, one.line_at(found.start()), words)
        for name in sorted(asking):
            if (asked := re.search(rf"\{{schema\}}\.{name}\b", one.text)) is not None:
                words = f"{name} asks the database's clock: ask what is told the time"
                yield Fault(one.file, one.line_at(asked.start()), words)
