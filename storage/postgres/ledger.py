"""The ledger: which migrations a database has seen, of which room, in which schema, and what was in them."""

from collections.abc import Iterable

import asyncpg

from mailroom.storage.postgres.histories import Applied, History, Migration, MigrationError
from mailroom.storage.postgres.schemas import PLACE, PLATFORM, in_place, quoted

TABLE = "applied_migration"
"""Not called as anybody else calls theirs: for a role named as we are, our schema is the first of all."""

MAKE = """
CREATE TABLE mailroom.applied_migration (
    schema     text        NOT NULL,
    room       text        NOT NULL,
    name       text        NOT NULL,
    -- Of the file. NULL: the tables were there before the room said what makes them.
    sha256     text,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema, name)
)
"""
READ = "SELECT schema, room, name, sha256 FROM mailroom.applied_migration ORDER BY schema, name"
WRITE = """
INSERT INTO mailroom.applied_migration AS seen (schema, room, name, sha256) VALUES ($1, $2, $3, $4)
ON CONFLICT (schema, name) DO UPDATE SET sha256 = excluded.sha256 WHERE seen.sha256 IS NULL
"""


async def read(connection: asyncpg.Connection) -> list[Applied] | None:
    """All rows; None where there is no ledger."""
    if not await table_in(connection, PLATFORM, TABLE):
        return None
    return [Applied(*row) for row in await connection.fetch(READ)]


async def make(connection: asyncpg.Connection) -> None:
    """Begin a ledger, with the schema that it is in."""
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(PLATFORM)}")
    await connection.execute(MAKE)


async def write(connection: asyncpg.Connection, rows: Iterable[Applied]) -> None:
    """Add rows; of those that are there, the digest where it is not known yet."""
    await connection.executemany(WRITE, [(row.schema, row.room, row.name, row.digest) for row in rows])


async def apply(connection: asyncpg.Connection, history: History, migration: Migration) -> None:
    """Run one migration, and write it down. Raises `MigrationError` where it leaves its place to chance."""
    try:
        await connection.execute(in_place(migration.statements, history.schema))
    except asyncpg.InvalidSchemaNameError as error:
        raise MigrationError(
            f"The migration {history.label(migration.name)} does not say where its tables are: write"
            f" {PLACE}table ({error})."
        ) from None
    await write(connection, [Applied(history.schema, history.room, migration.name, migration.digest)])


async def table_in(connection: asyncpg.Connection, schema: str, table: str) -> bool:
    """Whether there is such a table."""
    # Not to_regclass: in a transaction that has waited for a lock it still says what it knew before.
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace AS there ON there.oid = relnamespace"
        " WHERE relname = $2 AND relkind IN ('r', 'p') AND nspname = $1)",
        schema,
        table,
    )
    return found
