"""Who did what to a bot, and what came of it: rows that are written with what they tell of."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load
from mailroom.storage.texts import as_json, kept, shown

SQL = load(Path(__file__).with_name("deeds.sql"))

WHO_CHARS_MAX = 200
ACTION_CHARS_MAX = 100
TARGET_CHARS_MAX = 200
WHY_CHARS_MAX = 1_000
OUTCOME_CHARS_MAX = 8_000
"""Of the outcome as JSON: some dozens of values. What is longer is told as a text, its middle left out."""
TRACE_CHARS_MAX = 200
_MIDDLE = len(" … ")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done, in the order of the columns."""

    id: int
    at: datetime
    """By the database's clock."""
    bot: str
    who: str
    action: str
    target: str
    why: str
    outcome: Any
    """What came of it, as plain JSON."""
    trace: str


async def note(
    connection: Connection,
    *,
    bot: str,
    who: str,
    action: str,
    target: str,
    why: str,
    outcome: object,
    trace: str,
    person: str | None = None,
) -> None:
    """Write it down, in the transaction that does it; `person` is who did it where the bot knows them so.
    Texts that are too long lose their middle.
    """
    await connection.execute(
        SQL["note"],
        bot,
        _short(who, WHO_CHARS_MAX),
        _short(action, ACTION_CHARS_MAX),
        _short(target, TARGET_CHARS_MAX),
        _short(why, WHY_CHARS_MAX),
        _outcome(outcome),
        _short(trace, TRACE_CHARS_MAX),
        person,
    )


async def deeds(source: Source, bot: str, most: int = 20, before: int | None = None) -> list[Deed]:
    """What was done last at a bot, newest first; with `before` only what is older than that deed."""
    rows = await source.fetch(SQL["read"], bot, before, most)
    return [Deed(**{**row, "outcome": json.loads(row["outcome"])}) for row in rows]


async def forget(connection: Connection, bot: str, person: str) -> None:
    """What somebody has done stays, and who it was does not."""
    await connection.execute(SQL["forget"], bot, person)


def _short(text: str, chars_max: int) -> str:
    return kept(text, chars_max - _MIDDLE if len(text) > chars_max else chars_max)


def _outcome(outcome: object) -> str:
    # Postgres keeps no NUL in JSON, not even escaped, and nothing that is no number.
    text = as_json(outcome).decode().replace("\\u0000", "\\ufffd")
    if "NaN" in text or "Infinity" in text:
        text = json.dumps(json.loads(text, parse_constant=str), ensure_ascii=False)
    if len(text) <= OUTCOME_CHARS_MAX:
        return text
    return json.dumps(_short(shown(text, OUTCOME_CHARS_MAX), OUTCOME_CHARS_MAX // 2))
