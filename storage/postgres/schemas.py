"""A room's statements say `{schema}.orders`, and run in the schema of whichever bot they are run for.

Which one that is, a connection knows: it fills the name in on the way, once for each statement. Nothing is
set in the session, which a pooler would hand to somebody else; and a connection that knows of no schema
refuses such a statement, as Postgres takes no brace.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg
from asyncpg.transaction import Transaction

PLACE = "{schema}."
PLATFORM = "mailroom"
"""Where the platform's own tables are."""


def quoted(schema: str) -> str:
    """The name as SQL takes it, whatever it is made of."""
    return '"' + schema.replace('"', '""') + '"'


def in_place(statement: str, schema: str) -> str:
    """The statement with the schema filled in."""
    return statement.replace(PLACE, f"{quoted(schema)}.")


class SchemaConnection:
    """A connection for the statements of one room, and for those of the platform, which name their schema."""

    def __init__(
        self, connection: "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy", schema: str
    ) -> None:
        self.connection = connection
        self.schema = schema
        self._statements = _filled.setdefault(schema, {})

    async def fetch(self, query: str, *args: object, **options: Any) -> list[asyncpg.Record]:
        """All rows."""
        found: list[asyncpg.Record] = await self.connection.fetch(self._placed(query), *args, **options)
        return found

    async def fetchrow(self, query: str, *args: object, **options: Any) -> asyncpg.Record | None:
        """The first row."""
        row: asyncpg.Record | None = await self.connection.fetchrow(self._placed(query), *args, **options)
        return row

    async def fetchval(self, query: str, *args: object, **options: Any) -> Any:
        """The first column of the first row."""
        return await self.connection.fetchval(self._placed(query), *args, **options)

    async def execute(self, query: str, *args: object, **options: Any) -> str:
        """What Postgres says of it."""
        tag: str = await self.connection.execute(self._placed(query), *args, **options)
        return tag

    async def executemany(self, query: str, args: Sequence[Sequence[object]], **options: Any) -> None:
        """The same for many."""
        await self.connection.executemany(self._placed(query), args, **options)

    def transaction(self, **options: Any) -> Transaction:
        """As that of any connection."""
        return self.connection.transaction(**options)

    def is_in_transaction(self) -> bool:
        """As that of any connection."""
        return self.connection.is_in_transaction()

    def _placed(self, statement: str) -> str:
        if (found := self._statements.get(statement)) is None:
            if PLACE not in statement:
                return statement  # the platform's, or composed for this once
            found = self._statements[statement] = in_place(statement, self.schema)
        return found


_filled: dict[str, dict[str, str]] = {}
"""By schema: what each statement becomes there. As many as there are statements in files."""


class SchemaPool(asyncpg.Pool):
    """A pool whose connections know a schema. The pool belongs to whoever made it."""

    def __init__(self, pool: asyncpg.Pool, schema: str) -> None:
        # Not the pool's own beginning: only its calls are wanted, which all end in the two below.
        self._pool = pool
        self.schema = schema

    async def _acquire(self, timeout: float | None) -> SchemaConnection:
        return SchemaConnection(await self._pool.acquire(timeout=timeout), self.schema)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Give a connection back."""
        await self._pool.release(connection.connection, timeout=timeout)


def in_schema(
    connection: "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy | SchemaConnection", schema: str
) -> SchemaConnection:
    """The same connection, for the statements of a room."""
    bare = connection.connection if isinstance(connection, SchemaConnection) else connection
    return SchemaConnection(bare, schema)
