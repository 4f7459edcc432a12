"""Bring the tables of a database up to date, once, however many processes start at the same time.

The platform has a history of migrations and every room its own (`histories.py`); what was applied is in a
ledger (`ledger.py`). A database of before is first brought to the end of the chain that all tables had in
common (`old_chain.py`), and its tables are moved to their schema (`move.py`) while processes of the version
before go on (`bridge.py`).

Alembic did this once. It put files into an order that their names have already, wrote down one name for all
of them, and knew neither several histories nor whether a file had been changed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import TypeVar

import asyncpg

from mailroom.storage.postgres import bridge, ledger, old_chain
from mailroom.storage.postgres.histories import (
    PLATFORM_HISTORY,
    Applied,
    History,
    Migration,
    MigrationError,
    distinct,
    missing,
)
from mailroom.storage.postgres.move import LOCK_SECONDS, PAUSE_SECONDS, cut_off, had_already, move
from mailroom.storage.postgres.schema_taken import refuse_foreign
from mailroom.storage.postgres.schemas import PLATFORM, quoted

__all__ = ["MigrationError", "apply_migrations", "belongs_to_others", "migrate", "pending"]

LOCK_KEY = 0x6D61696C726F6F6D  # "mailroom": any number will do, as long as nobody else takes it
CONNECT_SECONDS_MAX = 10.0
"""A database that does not answer by then is reported as unreachable."""
LOCK_SECONDS_MAX = 30
"""How long to wait for another process that migrates, or for a table that somebody uses: both take moments,
and a release that hangs says nothing.
"""
CUT_OFF_MAX = 10
"""How often another migrate of the same moment, or a pooler, may take our connection away."""
CUT = (
    asyncpg.AdminShutdownError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says when a connection is cut between two statements
    ConnectionError,
)

T = TypeVar("T")


def migrate(database_url: str, rooms: Sequence[History] = ()) -> list[str]:
    """Apply what is missing of the platform and of these rooms, and name what was applied; nothing to do
    takes three short queries.
    """
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(apply_migrations(database_url, rooms))


def pending(database_url: str, rooms: Sequence[History] = ()) -> list[str]:
    """What `migrate` would apply, without applying it."""

    async def look() -> list[str]:
        connection = await _connect(database_url)
        try:
            return await _pending(connection, _histories(rooms))
        finally:
            await connection.close()

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(look())


async def apply_migrations(
    database_url: str, rooms: Sequence[History] = (), *, lock_seconds_max: float = LOCK_SECONDS_MAX
) -> list[str]:
    """The same for callers that are in an asyncio loop already. The platform's tables are brought up to date
    in one transaction, and each room's in one, its lock too: through a pooler a lock of the session stays
    behind in a connection that nobody finds again.
    """
    migrating = _Migrating(database_url, _histories(rooms), lock_seconds_max)
    try:
        return await migrating.run()
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"The role may not do what the tables need ({error}). It has to own Mailroom's tables, and to be"
            " allowed to make schemas (GRANT CREATE ON DATABASE)."
        ) from None
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, TimeoutError):
        raise MigrationError(
            f"Another process has held a lock on the database for {lock_seconds_max:g} s: one that migrates,"
            " or a transaction that was left open (pg_stat_activity shows it). What was begun was undone; run"
            " `mailroom migrate` again when it has ended."
        ) from None
    finally:
        await migrating.close()


async def belongs_to_others(database_url: str) -> bool:
    """Whether a database holds tables, and none of them is ours: it is some other program's. Tables that
    came with an extension are nobody's.
    """
    connection = await _connect(database_url)
    try:
        if await ledger.read(connection) is not None or await old_chain.old_home(connection) is not None:
            return False
        found: bool = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            " AND relkind IN ('r', 'p')"
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e'))"
        )
        return found
    finally:
        await connection.close()


class _Migrating:
    """One run, over a connection that is made anew where it is cut."""

    def __init__(self, url: str, histories: Sequence[History], lock_seconds_max: float) -> None:
        self._url, self._histories = url, histories
        self._lock_seconds_max = lock_seconds_max
        self._connection: asyncpg.Connection | None = None

    async def run(self) -> list[str]:
        rows = await self._over(ledger.read)
        done: list[str] = []
        if rows is None:
            done += await self._over(self._old_chain)
            done += await self._moved()
        elif not any(missing(history, rows) for history in self._histories):
            await self._over(bridge.pull_down)
            return []
        for history in self._histories:
            done += await self._over(partial(self._apply, history))
        return done

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _over(self, do: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Do something that may be begun again."""
        for left in reversed(range(CUT_OFF_MAX)):
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await _connect(self._url)
                return await do(self._connection)
            except CUT:
                if self._connection is None or not left:
                    raise
                self._connection.terminate()
                self._connection = None
        raise AssertionError("the last try returns or raises")

    @asynccontextmanager
    async def _alone(self, connection: asyncpg.Connection) -> AsyncIterator[None]:
        """A transaction that one process at a time is in; whoever comes second waits, and finds it done."""
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{self._lock_seconds_max:g}s'")
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK_KEY)
            yield

    async def _old_chain(self, connection: asyncpg.Connection) -> list[str]:
        async with self._alone(connection):
            if await ledger.read(connection) is not None:
                return []
            home = await old_chain.old_home(connection)
            return await old_chain.to_the_end(connection, home) if home is not None else []

    async def _moved(self) -> list[str]:
        since = await self._over(self._prepare)
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._lock_seconds_max
        while True:
            try:
                return await self._over(partial(self._move, since))
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                if loop.time() > give_up_at:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)

    async def _prepare(self, connection: asyncpg.Connection) -> datetime | None:
        """Build the bridge where somebody is there to need it; from when on sessions know it."""
        async with self._alone(connection):
            home = await old_chain.old_home(connection)
            if home in (None, PLATFORM) or not await bridge.is_needed(connection, LOCK_KEY):
                return None
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(PLATFORM)}")
            await bridge.build(connection)
        since: datetime = await connection.fetchval("SELECT clock_timestamp()")
        return since

    async def _move(self, since: datetime | None, connection: asyncpg.Connection) -> list[str]:
        if since is not None:
            await cut_off(connection, since, LOCK_KEY)
        async with self._alone(connection):
            home = await old_chain.old_home(connection)
            if home is None or await ledger.read(connection) is not None:
                return []
            await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            await move(connection, home)
            return [old_chain.MOVED]

    async def _apply(self, history: History, connection: asyncpg.Connection) -> list[str]:
        async with self._alone(connection):
            rows = await ledger.read(connection)
            if rows is None:
                await ledger.make(connection)
                rows = []
            lacking = missing(history, rows)
            if not any(row.schema == history.schema for row in rows) and history.schema != PLATFORM:
                await refuse_foreign(connection, history, rows)
                await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(history.schema)}")
            # Where a table is to be, a migration says itself.
            await connection.execute("SET LOCAL search_path = ''")
            for migration in lacking:
                await ledger.apply(connection, history, migration)
            await ledger.write(connection, [_known(history, one) for one in history.migrations()])
            return [history.label(migration.name) for migration in lacking]


def _known(history: History, migration: Migration) -> Applied:
    return Applied(history.schema, history.room, migration.name, migration.digest)


def _histories(rooms: Sequence[History]) -> list[History]:
    return list(distinct([PLATFORM_HISTORY, *rooms]))


async def _pending(connection: asyncpg.Connection, histories: Sequence[History]) -> list[str]:
    rows = await ledger.read(connection)
    names: list[str] = []
    if rows is None:
        rows = []
        if await old_chain.old_home(connection) is not None:
            names = [*await old_chain.old_missing(connection), old_chain.MOVED]
            rows = had_already()
    return names + [history.label(one.name) for history in histories for one in missing(history, rows)]


async def _connect(database_url: str) -> asyncpg.Connection:
    """A connection that runs each statement once, so that any pooler may be in between."""
    return await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX, statement_cache_size=0)
