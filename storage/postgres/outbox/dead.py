"""Look for dead letters of the outbox by when they died, as those of chats are looked for.

Of a description only `bot`, `chat`, `error`, `since` and `until` are asked for, and the times are those of
death.
"""

from datetime import datetime
from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.outbox.seen import Seen, Wanted
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("dead.sql"))

REASONS_MAX = 1000
"""Different reasons that are counted; errors which all differ by a number would not fit on a page either."""


async def find_dead(source: Source, wanted: Wanted, most: int) -> list[Seen]:
    """The jobs that died last."""
    with answering():
        return [Seen(*row) for row in await source.fetch(SQL["dead"], *_asked(wanted), most)]


async def dead_count(source: Source, wanted: Wanted) -> int:
    """How many of them there are."""
    with answering():
        number: int = await source.fetchval(SQL["dead_count"], *_asked(wanted))
    return number


async def dead_ids(source: Source, wanted: Wanted, most: int) -> list[int]:
    """Their ids, the first to be enqueued first."""
    with answering():
        return [row["id"] for row in await source.fetch(SQL["dead_ids"], *_asked(wanted), most)]


async def dead_reasons(source: Source, wanted: Wanted) -> list[tuple[str, str, int]]:
    """The bot (or nothing), the first line of the error, and how many died of it."""
    with answering():
        return [tuple(row) for row in await source.fetch(SQL["reasons"], *_asked(wanted), REASONS_MAX)]


def _asked(wanted: Wanted) -> tuple[str | datetime | None, ...]:
    return wanted.bot, wanted.chat, wanted.error, wanted.since, wanted.until
