"""Who owns which partition of the chats: a row for each in Postgres, with an epoch that only grows.

Every write that an owner makes in Redis carries its epoch and is refused once a larger one stands there. So a
lease may end up held by two processes for a moment (one of them stopped and does not know it yet), but only
one of them can commit.

Whoever takes, renews or tries to take is heard by the database. A call before which nobody was heard for half
a lease extends all of them: it was the database that was away, and a standby that is quicker than the owner
must not win by that.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg

from mailroom.storage.postgres.database import UNAVAILABLE, unavailable
from mailroom.storage.postgres.opening import open_connection
from mailroom.storage.postgres.queries import load

T = TypeVar("T")

SQL = load(Path(__file__).with_name("lease.sql"))

ANSWER_SECONDS_MAX = 2.0
"""A call that takes longer is given up together with its connection: three fit into a lease. A Postgres that
was stopped, or is behind a network that swallows packets, does not even answer the request to cancel.
"""
CONNECT_SECONDS_MAX = 5.0
"""How long a new connection may take besides: a busy server starts a process for it."""
FORGET_SECONDS_MAX = 1.0
"""How long a call whose connection was cut may take to notice."""
COUNTED_SECONDS = 1.0
"""What of a silence counts in all leases nevertheless: calls may be so slow that each follows a silence, and
a dead owner must be replaced then, too.
"""
PASSING = (
    *UNAVAILABLE,
    asyncpg.DeadlockDetectedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""What passes by itself: besides an absent database, one that fails over, is full, or ended our session."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an acquire brought: the partitions, and the epoch to write with."""

    epoch: int
    partitions: tuple[int, ...]


class Leases:
    """The lease rows, over a connection of their own: a pool that handlers have emptied delays no renewal.

    Every call raises `StoreUnavailable` when Postgres does not answer in time; each may be repeated. To be
    used from one asyncio loop; `another` is for the next. `close` it at the end.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    def another(self) -> "Leases":
        """The same rows over a connection of its own, for another loop."""
        return Leases(self._url)

    async def acquire(
        self,
        owner: str,
        partitions: Sequence[int],
        ttl_seconds: float,
        *,
        gone: Sequence[str] = (),
        floor: int = 0,
    ) -> Held:
        """Take partitions that are free, expired, held by an owner known to be `gone`, or ours already (the
        answer of an earlier take may have been lost). What somebody holds is never taken.

        `floor` is an epoch that must be reached at least: the one found in Redis, should Postgres have lost
        its own.
        """

        async def take(connection: asyncpg.Connection) -> Held:
            async with connection.transaction():
                await _beat(connection, ttl_seconds)
                rows = await connection.fetch(
                    SQL["acquire"], list(partitions), owner, ttl_seconds, list(gone), floor
                )
            return Held(rows[0]["epoch"] if rows else 0, tuple(sorted(row["partition"] for row in rows)))

        return await self._ask(take)

    async def renew(self, owner: str, epoch: int, ttl_seconds: float) -> tuple[int, ...]:
        """Extend the lease, also one that ran out and that nobody took. Returns the partitions that are still
        ours.
        """

        async def extend(connection: asyncpg.Connection) -> tuple[int, ...]:
            async with connection.transaction():
                await _beat(connection, ttl_seconds)
                rows = await connection.fetch(SQL["renew"], owner, epoch, ttl_seconds)
            return tuple(row["partition"] for row in rows)

        return await self._ask(extend)

    async def release(self, owner: str, epoch: int) -> None:
        """Give up what we hold."""

        async def give_up(connection: asyncpg.Connection) -> None:
            async with connection.transaction():
                await connection.execute(SQL["impatient"])
                await connection.execute(SQL["queue_up"])
                await connection.execute(SQL["release"], owner, epoch)

        await self._ask(give_up)

    async def owners(self) -> list[asyncpg.Record]:
        """Who holds partitions: owner, partitions, epoch, expires_at."""
        found: list[asyncpg.Record] = await self._ask(lambda connection: connection.fetch(SQL["owners"]))
        return found

    async def installed(self, key: str, value: str) -> str:
        """What this installation was set up with: `value`, if it is asked for the first time."""
        found: str = await self._ask(lambda connection: connection.fetchval(SQL["installed"], key, value))
        return found

    async def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*PASSING):
                await connection.close(timeout=FORGET_SECONDS_MAX)

    async def _ask(self, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        async with self._one_at_a_time:
            connected = self._connection is not None and not self._connection.is_closed()
            seconds = ANSWER_SECONDS_MAX + (0.0 if connected else CONNECT_SECONDS_MAX)
            call = asyncio.ensure_future(self._on_connection(question))
            try:
                await asyncio.wait({call}, timeout=seconds)
                if not call.done():
                    raise unavailable(TimeoutError(f"no answer within {seconds:.0f} s"))
                return call.result()
            except PASSING as error:
                raise unavailable(error) from error
            finally:
                if not call.done():
                    await self._give_up(call)

    async def _on_connection(self, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        if self._connection is None or self._connection.is_closed():
            self._connection = None
            self._connection = await open_connection(self._url, timeout=CONNECT_SECONDS_MAX)
        return await question(self._connection)

    async def _give_up(self, call: "asyncio.Future[T]") -> None:
        """Cut the connection under a call that has no answer; only then does asyncpg stop waiting for one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        else:
            call.cancel()  # still connecting
        await asyncio.wait({call}, timeout=FORGET_SECONDS_MAX)
        call.cancel()
        call.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _beat(connection: asyncpg.Connection, ttl_seconds: float) -> None:
    await connection.execute(SQL["impatient"])
    silent_seconds = await connection.fetchval(SQL["beat"])
    if silent_seconds > ttl_seconds / 2:
        await connection.execute(SQL["extend"], silent_seconds - COUNTED_SECONDS, ttl_seconds)
