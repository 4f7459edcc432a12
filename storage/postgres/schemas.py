"""A room's statements say `{schema}.orders` and `{now}`, and run in the schema of whichever bot they are run
for, at the time it is for that bot.

Which those are, a connection knows: it fills the name in on the way, once for each statement, and hands the
time over as one more parameter, read when the statement leaves. Nothing is set in the session, which a pooler
would hand to somebody else; and a connection that knows of no schema refuses such a statement, as Postgres
takes no brace.
"""

import re
from collections.abc import Sequence
from typing import Any

import asyncpg
from asyncpg.transaction import Transaction

from mailroom.storage.clock import Clock

PLACE = "{schema}."
NOW = "{now}"
PLATFORM = "mailroom"
"""Where the platform's own tables are."""


def quoted(schema: str) -> str:
    """The name as SQL takes it, whatever it is made of."""
    return '"' + schema.replace('"', '""') + '"'


def in_place(statement: str, schema: str) -> str:
    """The statement with the schema filled in."""
    return statement.replace(PLACE, f"{quoted(schema)}.")


class NoClockError(Exception):
    """A statement says `{now}`, and the connection belongs to no room: take `room.database`, or
    `room.within(connection)`.
    """


def _with_time(statement: str) -> tuple[str, bool]:
    """The statement with its last parameter where it says `{now}`, and whether it does."""
    if NOW not in statement:
        return statement, False
    last = max(map(int, _PARAMETER.findall(statement)), default=0) + 1
    return statement.replace(NOW, f"${last}::timestamptz"), True


_PARAMETER = re.compile(r"\$(\d+)")


class SchemaConnection:
    """A connection for the statements of one room, and for those of the platform, which name their schema."""

    def __init__(
        self,
        connection: "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy",
        schema: str,
        clock: Clock | None = None,
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.clock = clock
        self._statements = _filled.setdefault(schema, {})

    async def fetch(self, query: str, *args: object, **options: Any) -> list[asyncpg.Record]:
        """All rows."""
        query, args = self._placed(query, args)
        found: list[asyncpg.Record] = await self.connection.fetch(query, *args, **options)
        return found

    async def fetchrow(self, query: str, *args: object, **options: Any) -> asyncpg.Record | None:
        """The first row."""
        query, args = self._placed(query, args)
        row: asyncpg.Record | None = await self.connection.fetchrow(query, *args, **options)
        return row

    async def fetchval(self, query: str, *args: object, **options: Any) -> Any:
        """The first column of the first row."""
        query, args = self._placed(query, args)
        return await self.connection.fetchval(query, *args, **options)

    async def execute(self, query: str, *args: object, **options: Any) -> str:
        """What Postgres says of it."""
        query, args = self._placed(query, args)
        tag: str = await self.connection.execute(query, *args, **options)
        return tag

    async def executemany(self, query: str, args: Sequence[Sequence[object]], **options: Any) -> None:
        """The same for many, all at one time."""
        query, time = self._placed(query, ())
        await self.connection.executemany(query, [(*row, *time) for row in args] if time else args, **options)

    def transaction(self, **options: Any) -> Transaction:
        """As that of any connection."""
        return self.connection.transaction(**options)

    def is_in_transaction(self) -> bool:
        """As that of any connection."""
        return self.connection.is_in_transaction()

    def _placed(self, statement: str, args: tuple[object, ...]) -> tuple[str, tuple[object, ...]]:
        if (found := self._statements.get(statement)) is None:
            if PLACE not in statement and NOW not in statement:
                return statement, args  # the platform's, or composed for this once
            found = self._statements[statement] = _with_time(in_place(statement, self.schema))
        placed, takes_time = found
        if not takes_time:
            return placed, args
        if self.clock is None:
            raise NoClockError(NoClockError.__doc__)
        return placed, (*args, self.clock.now())


_filled: dict[str, dict[str, tuple[str, bool]]] = {}
"""By schema: what each statement becomes there, and whether it takes the time. As many as there are
statements in files.
"""


class SchemaPool(asyncpg.Pool):
    """A pool whose connections know a schema, and what time it is. The pool belongs to whoever made it."""

    def __init__(self, pool: asyncpg.Pool, schema: str, clock: Clock | None = None) -> None:
        # Not the pool's own beginning: only its calls are wanted, which all end in the two below.
        self.bare = pool
        self.schema = schema
        self.clock = clock

    def over(self, pool: asyncpg.Pool) -> "SchemaPool":
        """The same place and time, over other connections."""
        return SchemaPool(pool.bare if isinstance(pool, SchemaPool) else pool, self.schema, self.clock)

    def within(
        self, connection: "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy | SchemaConnection"
    ) -> SchemaConnection:
        """The same place and time, on one connection."""
        return in_schema(connection, self.schema, self.clock)

    async def _acquire(self, timeout: float | None) -> SchemaConnection:
        return SchemaConnection(await self.bare.acquire(timeout=timeout), self.schema, self.clock)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Give a connection back."""
        await self.bare.release(connection.connection, timeout=timeout)


def in_schema(
    connection: "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy | SchemaConnection",
    schema: str,
    clock: Clock | None = None,
) -> SchemaConnection:
    """The same connection, for the statements of a room."""
    bare = connection.connection if isinstance(connection, SchemaConnection) else connection
    return SchemaConnection(bare, schema, clock)
