"""Who holds a name of a room's, and until when, by the clock of Postgres. A row each."""

from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("room_lease.sql"))


class RoomLeaseRows:
    """The rows of one database. Raises `StoreUnavailable` where it does not answer: what was asked may have
    been done.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def take(self, bot: str, name: str, seconds: float) -> int | None:
        """Hold a name that nobody holds: the fence, larger than any before. None where somebody does."""
        with answering():
            await self._pool.execute(SQL["forget"], bot)
            fence: int | None = await self._pool.fetchval(SQL["take"], bot, name, seconds)
        return fence

    async def renew(self, bot: str, name: str, fence: int, seconds: float) -> bool:
        """Hold it for so long from now. False where somebody else took it."""
        with answering():
            return await self._pool.fetchval(SQL["renew"], bot, name, fence, seconds) is not None

    async def release(self, bot: str, name: str, fence: int) -> None:
        """Let somebody else take it."""
        with answering():
            await self._pool.execute(SQL["release"], bot, name, fence)
