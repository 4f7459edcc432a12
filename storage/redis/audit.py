"""What on-call did: a stream that only grows, and forgets the oldest when it is long."""

from dataclasses import dataclass

from mailroom.storage.redis.batch import Line
from mailroom.storage.texts import printable

STREAM = "mailroom:audit"
LENGTH_MAX = 100_000
"""Interventions remembered: decades of a busy on-call, some 30 MB."""
FIELD_CHARS_MAX = 2000
"""Of each field: a reason or an outcome is a sentence, and nobody's mistake should fill the store."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to what, why, and what came of it. `at_ms` is by the store's clock, `id` to read on."""

    id: str
    at_ms: int
    who: str
    action: str
    target: str
    why: str
    outcome: str


class Audit:
    """The audit of one Redis."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def write(self, *, who: str, action: str, target: str, why: str, outcome: str) -> str:
        """Write a line down; returns its id. Repeated, it is there twice: better than not at all."""
        fields = {"who": who, "action": action, "target": target, "why": why, "outcome": outcome}
        flat = [part for name, value in fields.items() for part in (name, printable(value[:FIELD_CHARS_MAX]))]
        written = await self._line.command("XADD", STREAM, "MAXLEN", "~", LENGTH_MAX, "*", *flat)
        return str(written.decode())

    async def read(self, most: int, before: str | None = None) -> list[AuditLine]:
        """The latest lines, newest first; with `before` those written before the line with this id."""
        if most < 1:
            return []
        end = "+" if before is None else f"({before}"
        return [
            _line(id_, fields)
            for id_, fields in await self._line.command("XREVRANGE", STREAM, end, "-", "COUNT", most)
        ]


def _line(id_: bytes, fields: list[bytes]) -> AuditLine:
    found = {name.decode(): value.decode() for name, value in zip(fields[::2], fields[1::2], strict=True)}
    names = ("who", "action", "target", "why", "outcome")
    at_ms = int(id_.partition(b"-")[0])
    return AuditLine(id_.decode(), at_ms, *(found.get(name, "") for name in names))
