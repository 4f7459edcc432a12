"""Open connections as the way to the database demands: directly, or through a pooler."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakSet

import asyncpg
from asyncpg.transaction import Transaction

from mailroom.storage.postgres.pooler import CONNECT_SECONDS_MAX, DIRECT, PROCESS, Pooler, Way, forget, way_to

COMMAND_TIMEOUT_SECONDS = 10.0
"""Nothing on the way of a message takes longer; a query that does is stuck."""
QUERIES_MAX = 50_000
IDLE_SECONDS_MAX = 300.0
"""After so many statements, and so long without one, a connection is made anew; asyncpg's own numbers."""
PATIENCE_SECONDS = 2.0
PATIENCE_PAUSE_SECONDS = 0.1
"""How long to wait for a free connection where no other is to be had, and how often to ask again."""
CACHED_STATEMENTS = 500
"""Statements that a connection knows by heart, where it may: the platform has a hundred, and each bot with
tables of its own as many again, for they name its schema.
"""


async def open_pool(
    url: str, *, most: int, tried: bool = False, pinned: Mapping[str, str] | None = None
) -> asyncpg.Pool:
    """A pool of such connections; one that is `tried` has one already. Raises what asyncpg raises."""
    pool = await PatientPool(
        url,
        min_size=0,  # a floor would be restored by asyncpg itself, with a traceback for each try in an outage
        max_size=most,
        max_queries=QUERIES_MAX,
        max_inactive_connection_lifetime=IDLE_SECONDS_MAX,
        connect=partial(open_connection, pinned=pinned),
        reset=_nothing_to_reset,
        loop=asyncio.get_running_loop(),
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        command_timeout=COMMAND_TIMEOUT_SECONDS,
        timeout=CONNECT_SECONDS_MAX,
    )
    if tried:
        try:
            await pool.fetchval("SELECT 1")
        except BaseException:
            pool.terminate()
            raise
    return pool


@dataclass(slots=True)
class Refused:
    """The last time that Postgres, or the pooler before it, had no connection left for this process."""

    at: float | None = None
    why: str = ""


refused = Refused()


class PatientPool(asyncpg.Pool):
    """A pool that does with fewer connections than it may have: where another one is refused, whoever wants
    it waits for one to be free.
    """

    async def _acquire(self, timeout: float | None) -> Any:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + (PATIENCE_SECONDS if timeout is None else timeout)
        while True:
            try:
                return await super()._acquire(timeout)  # type: ignore[misc] # not in its stubs
            except asyncpg.PostgresError as error:
                if not none_left(error) or loop.time() > give_up_at:
                    raise
            await asyncio.sleep(PATIENCE_PAUSE_SECONDS)


def none_left(error: asyncpg.PostgresError) -> bool:
    """Whether this says that there are too many connections already; poolers have their own words for it."""
    return isinstance(error, asyncpg.TooManyConnectionsError) or "no more connections allowed" in str(error)


async def open_connection(
    url: str, *, pinned: Mapping[str, str] | None = None, **options: Any
) -> asyncpg.Connection:
    """A connection on which the `pinned` settings hold for every statement. Raises what asyncpg raises."""
    way = await way_to(url)
    try:
        connection = await _opened(url, way, pinned or {}, options)
        if await _is_direct(connection) == (way.pooler is Pooler.NONE):
            return connection
    except Exception as error:
        forget(url)
        if isinstance(error, asyncpg.PostgresError) and none_left(error):
            refused.at, refused.why = time.monotonic(), str(error)
        raise
    connection.terminate()  # a pooler came, or went, since we looked
    forget(url)
    return await _opened(url, await way_to(url), pinned or {}, options)


async def _is_direct(connection: asyncpg.Connection) -> bool:
    try:
        found: bool = await connection.fetchval(PROCESS) == connection.get_server_pid()
    except BaseException:
        connection.terminate()
        raise
    return found


async def _opened(
    url: str, way: Way, pinned: Mapping[str, str], options: Mapping[str, Any]
) -> asyncpg.Connection:
    wanted = dict(options)
    if pinned and way == DIRECT:
        wanted["server_settings"] = dict(pinned)
    elif pinned:
        wanted["connection_class"] = pinning(pinned)
    wanted["statement_cache_size"] = CACHED_STATEMENTS if way.statements_kept else 0
    connection: asyncpg.Connection = await asyncpg.connect(url, **wanted)
    _open.add(connection)
    return connection


_open: WeakSet[asyncpg.Connection] = WeakSet()


def held() -> int:
    """How many connections this process has now, whoever opened them."""
    return sum(not connection.is_closed() for connection in list(_open))


def pinning(pinned: Mapping[str, str]) -> type[asyncpg.Connection]:
    """Connections through a pooler, which refuses settings at the start of a connection, and hands those made
    later to strangers: every transaction makes them for itself, and every statement is in one.
    """
    settings = "".join(f"SET LOCAL {name} = '{value}';" for name, value in pinned.items())

    class PinnedTransaction(Transaction):
        async def start(self) -> None:
            await super().start()
            connection: asyncpg.Connection = self._connection  # type: ignore[attr-defined] # not in its stubs
            await connection.execute(settings)

    class PinningConnection(asyncpg.Connection):
        def transaction(self, **options: Any) -> Transaction:
            if self.is_in_transaction():
                return super().transaction(**options)
            chosen = {"isolation": None, "readonly": False, "deferrable": False, **options}
            return PinnedTransaction(self, **chosen)

        async def fetch(self, *args: Any, **options: Any) -> Any:
            return await self._alone(super().fetch, args, options)

        async def fetchrow(self, *args: Any, **options: Any) -> Any:
            return await self._alone(super().fetchrow, args, options)

        async def fetchval(self, *args: Any, **options: Any) -> Any:
            return await self._alone(super().fetchval, args, options)

        async def _alone(self, ask: Any, args: Any, options: Any) -> Any:
            if self.is_in_transaction():
                return await ask(*args, **options)
            await self.execute(f"BEGIN;{settings}")
            try:
                found = await ask(*args, **options)
            except BaseException:
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await self.execute("ROLLBACK")
                raise
            await self.execute("COMMIT")
            return found

    return PinningConnection


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """Nobody here leaves anything behind in a session, which a pooler would give to somebody else anyway; and
    asking for a reset is a round trip for each use of a connection. A transaction that was left open is
    rolled back all the same: by the pool.
    """
