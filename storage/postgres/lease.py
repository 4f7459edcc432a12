"""Who owns which partition of the chats: a row for each in Postgres, with an epoch that only grows.

Every write that an owner makes in Redis carries its epoch and is refused once a larger one stands there. So a
lease may end up held by two processes for a moment (one of them stopped and does not know it yet), but only
one of them can commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from storage.postgres.database import UNAVAILABLE, unavailable
from storage.postgres.queries import load

SQL = load(Path(__file__).with_name("lease.sql"))


@dataclass(frozen=True, slots=True)
class Held:
    """What an acquire brought: the partitions, and the epoch to write with."""

    epoch: int
    partitions: tuple[int, ...]


class Leases:
    """The lease rows. Every call raises `StoreUnavailable` when Postgres does not answer; each may be
    repeated.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def acquire(
        self,
        owner: str,
        partitions: Sequence[int],
        ttl_seconds: float,
        *,
        force: bool = False,
        gone: Sequence[str] = (),
        floor: int = 0,
    ) -> Held:
        """Take partitions that are free, expired or held by an owner known to be `gone`; all of them when
        forced.

        `floor` is an epoch that must be reached at least: the one found in Redis, should Postgres have lost
        its own.
        """
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(SQL["one_at_a_time"])
                rows = await connection.fetch(
                    SQL["acquire"], list(partitions), owner, ttl_seconds, force, list(gone), floor
                )
        except UNAVAILABLE as error:
            raise unavailable(error) from error
        return Held(rows[0]["epoch"] if rows else 0, tuple(sorted(row["partition"] for row in rows)))

    async def renew(self, owner: str, epoch: int, ttl_seconds: float) -> tuple[int, ...]:
        """Extend the lease. Returns the partitions that are still ours."""
        rows = await self._fetch("renew", owner, epoch, ttl_seconds)
        return tuple(row["partition"] for row in rows)

    async def release(self, owner: str, epoch: int) -> None:
        """Give up what we hold."""
        await self._fetch("release", owner, epoch)

    async def owners(self) -> list[asyncpg.Record]:
        """Who holds partitions: owner, partitions, epoch, expires_at."""
        return await self._fetch("owners")

    async def installed(self, key: str, value: str) -> str:
        """What this installation was set up with: `value`, if it is asked for the first time."""
        rows = await self._fetch("installed", key, value)
        found: str = rows[0]["value"]
        return found

    async def _fetch(self, name: str, *args: object) -> list[asyncpg.Record]:
        try:
            return await self._pool.fetch(SQL[name], *args)
        except UNAVAILABLE as error:
            raise unavailable(error) from error
