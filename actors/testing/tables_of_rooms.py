"""A room's statements say of its tables where they are: `{schema}.orders`."""

import re
from collections.abc import Iterator

from mailroom.actors.testing.room_files import Fault, RoomFiles, Statement

_MADE = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:UNLOGGED\s+)?(?:TABLE|(?:MATERIALIZED\s+)?VIEW|FUNCTION|TYPE|SEQUENCE|DOMAIN)"
    r"\s+(?:IF\s+NOT\s+EXISTS\s+)?(\{schema\}\.)?\"?(\w+)",
    re.IGNORECASE,
)
_USED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES|ON)\s+(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?\"?(\w+)\"?(?!\s*\.)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)(\w+)\s*(?:\([^)]*\)\s*)?AS\s+(?:(?:NOT\s+)?MATERIALIZED\s*)?\(",
    re.IGNORECASE,
)


def table_faults(room: RoomFiles) -> Iterator[Fault]:
    """Tables that would be looked for wherever a connection happens to look."""
    made = [(one, found) for one in room.migrations for found in _MADE.finditer(one.text)]
    for one, found in made:
        if not found[1]:
            yield _fault(one, found.start(), found[2])
    own = {found[2].lower() for _, found in made}
    for one in (*room.migrations, *room.statements):
        named = {found[1].lower() for found in _WITH.finditer(one.text)}
        for found in _USED.finditer(one.text):
            if found[1].lower() in own - named:
                yield _fault(one, found.start(), found[1])


def _fault(one: Statement, place: int, name: str) -> Fault:
    return Fault(one.file, one.line_at(place), f"{name} has no place: say {{schema}}.{name}")
