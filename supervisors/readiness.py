"""Whether this process can do its work, part by part."""

from collections.abc import Awaitable, Callable

import asyncpg
import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError, StoreUnavailable
from mailroom.storage.postgres.database import UNAVAILABLE
from mailroom.storage.redis.batch import Line

log = get_logger("mailroom.readiness")

NOT_PERSISTENT = (
    "Redis keeps no append-only file, so a restart of it loses acknowledged messages: set appendonly yes"
)
PROBE_SECONDS = 2.0
"""A store that takes longer is not ready."""


class Readiness:
    """Probes the stores when asked. `owning` says whether the chats are ours; None where this process does
    not work them.
    """

    def __init__(self, database: asyncpg.Pool, line: Line) -> None:
        self._database = database
        self._line = line
        self._persistent = True
        self.owning: Callable[[], bool] | None = None
        self.warnings: list[Callable[[], Awaitable[dict[str, str]]]] = []
        """What is to be known and keeps nothing from working, each under a name that begins with `warning_`;
        awaited in asyncio.
        """

    async def check(self) -> dict[str, str]:
        """What keeps the service from working, by part."""
        found = {}
        if why := await self._probe(self._redis):
            found["redis"] = why
        if why := await self._probe(self._postgres):
            found["postgres"] = why
        if self.owning is not None and not self.owning():
            found["chats"] = "another process owns the chats, or the lease could not be renewed"
        if not self._persistent:
            found["warning_redis_persistence"] = NOT_PERSISTENT
        if "redis" not in found:
            for warns in self.warnings:
                found |= await self._warned(warns)
        return found

    async def probe_stores(self) -> None:
        """Raise what is wrong with Redis, and warn of what will be. To be awaited in asyncio."""
        await self._redis()
        if not self._persistent:
            log.warning("redis_not_persistent", why=NOT_PERSISTENT)

    async def _redis(self) -> None:
        await self._line.command("PING")
        try:
            answer = await self._line.command("CONFIG", "GET", "appendonly")
            # RESP3 answers with a map, RESP2 with a list.
            value = answer.get(b"appendonly") if isinstance(answer, dict) else answer[1] if answer else b"yes"
            self._persistent = value == b"yes"
        except StoreUnavailable:
            raise
        except StoreError:
            self._persistent = True  # managed services forbid CONFIG; whoever runs them keeps the data

    async def _postgres(self) -> None:
        try:
            await self._database.fetchval("SELECT 1")
        except UNAVAILABLE as error:
            raise StoreUnavailable(
                f"Postgres does not answer: {str(error) or type(error).__name__}"
            ) from error

    @staticmethod
    async def _warned(warns: Callable[[], Awaitable[dict[str, str]]]) -> dict[str, str]:
        with trio.move_on_after(PROBE_SECONDS):
            return await aio(warns)
        return {}

    @staticmethod
    async def _probe(probe: Callable[[], Awaitable[None]]) -> str:
        try:
            with trio.fail_after(PROBE_SECONDS):
                await aio(probe)
        except StoreError as error:
            return str(error)
        except trio.TooSlowError:
            return f"does not answer within {PROBE_SECONDS:.0f} s"
        return ""
