"""What people do with bots, a row for each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("room_events.sql"))

KEPT_DAYS = 90
PRUNED_AT_ONCE_MAX = 10_000


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """What somebody did. `properties` is JSON; `pseudonym` None where it is nobody's."""

    bot: str
    name: str
    pseudonym: bytes | None
    properties: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How many events there are of a name, and of how many people."""

    bot: str
    name: str
    events: int
    people: int
    last_at: datetime


class RoomEventRows:
    """The rows of one database. Raises `StoreUnavailable`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def write(self, events: Sequence[RoomEvent]) -> None:
        """Keep them."""
        columns = zip(
            *((one.bot, one.name, one.pseudonym, one.properties, one.at) for one in events), strict=True
        )
        with answering():
            await self._pool.execute(SQL["write"], *map(list, columns))

    async def tallied(self, days: int, bot: str | None = None) -> list[Tally]:
        """How many there are of the last days, by bot and then by how many people."""
        with answering():
            return [Tally(**row) for row in await self._pool.fetch(SQL["tallied"], days, bot)]


async def prune(pool: asyncpg.Pool) -> None:
    """Let go of some of those that are too old. Raises `StoreUnavailable`."""
    with answering():
        await pool.execute(SQL["prune"], KEPT_DAYS, PRUNED_AT_ONCE_MAX)


async def forget(connection: Connection, bot: str, pseudonym: bytes) -> None:
    """Let go of somebody's, within a transaction."""
    await connection.execute(SQL["forget"], bot, pseudonym)
