"""The migrations of before: one chain for all tables, which were wherever the search path led.

Its files are frozen. They bring a database of any age to the end of the chain, in its old place; from there
the tables are moved (`move.py`). A new database never sees them.
"""

import re
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.histories import MigrationError
from mailroom.storage.postgres.schemas import quoted

CHAIN = Path(__file__).with_name("before_schemas")
VERSION_TABLE = "mailroom_migration"
"""Where the name of the last one is kept, in a table of our own since a bot may have its own Alembic."""
SHARED_TABLE = "alembic_version"
"""Where it was kept at first, under the name that every program has."""
FIRST_TABLE = "partition_lease"
"""A table of the first migration: where it is, Mailroom is."""
LOOKS_LIKE_OURS = re.compile(r"[0-9]{4}_[a-z_]+")
MOVED = "moved_to_mailroom"
"""What stands there once the tables are elsewhere: a version of before does not know it, and says so."""


def old_names() -> list[str]:
    """The whole chain, oldest first."""
    return sorted(file.stem for file in CHAIN.glob("[0-9]*.sql"))


async def old_home(connection: asyncpg.Connection) -> str | None:
    """The schema that the tables of before are in; None where there are none."""
    home: str | None = await connection.fetchval(
        "SELECT relnamespace::regnamespace::text FROM pg_class"
        " WHERE relname = $1 AND relkind = 'r' AND pg_table_is_visible(oid)",
        FIRST_TABLE,
    )
    # As regnamespace writes it, which quotes what needs it.
    return home if home is None or not home.startswith('"') else home[1:-1].replace('""', '"')


async def old_revision(connection: asyncpg.Connection) -> str:
    """The last migration of the chain that the database has seen. What somebody else's Alembic keeps in the
    same database is none of our business.
    """
    if await _visible(connection, VERSION_TABLE):
        revision: str | None = await connection.fetchval(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant
        if revision is not None:
            return revision
    elif await _visible(connection, SHARED_TABLE):
        rows = await connection.fetch(f"SELECT version_num FROM {SHARED_TABLE}")  # noqa: S608 - likewise
        ours = [row["version_num"] for row in rows if LOOKS_LIKE_OURS.fullmatch(row["version_num"])]
        if found := [name for name in ours if name in old_names()] or ours:
            return str(max(found))
    raise MigrationError(
        f"The tables of Mailroom are in this database, and no table {VERSION_TABLE} names the last migration"
        " of theirs: make one (version_num varchar(32) primary key) with the name of the last applied."
    )


async def old_missing(connection: asyncpg.Connection) -> list[str]:
    """What a database of before lacks of the chain. Raises `MigrationError`."""
    revision, names = await old_revision(connection), old_names()
    if revision not in names:
        raise MigrationError(
            f"The database is at migration {revision}, which this version of Mailroom does not know:"
            " a newer version has been here. Start that one."
        )
    return names[names.index(revision) + 1 :]


async def to_the_end(connection: asyncpg.Connection, home: str) -> list[str]:
    """Apply the rest of the chain where its tables are, within the caller's transaction."""
    lacking = await old_missing(connection)
    if not lacking:
        return []
    if not await _visible(connection, VERSION_TABLE):
        await connection.execute(
            f"CREATE TABLE {quoted(home)}.{VERSION_TABLE} (version_num varchar(32) PRIMARY KEY)"
        )
        await connection.execute(f"INSERT INTO {quoted(home)}.{VERSION_TABLE} VALUES ('')")  # noqa: S608 - a constant
    await connection.execute(f"SET LOCAL search_path = {quoted(home)}")
    for name in lacking:
        await connection.execute((CHAIN / f"{name}.sql").read_text(encoding="utf-8"))
    await connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = $1", lacking[-1])  # noqa: S608 - likewise
    return lacking


async def say_moved(connection: asyncpg.Connection, home: str) -> None:
    """Have a version of before refuse to start, by its own words. A row of ours in the table that all
    Alembics share is changed where it is the only one, and else removed: another program stops at what it
    does not know.
    """
    table = f"{quoted(home)}.{VERSION_TABLE}"
    await connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (version_num varchar(32) PRIMARY KEY)")
    await connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant
    await connection.execute(f"INSERT INTO {table} VALUES ('{MOVED}')")  # noqa: S608 - likewise
    if not await _visible(connection, SHARED_TABLE):
        return
    rows = [row["version_num"] for row in await connection.fetch(f"SELECT version_num FROM {SHARED_TABLE}")]  # noqa: S608 - likewise
    ours = [name for name in rows if name in old_names()]
    if ours and len(rows) == len(ours):
        await connection.execute(f"DELETE FROM {SHARED_TABLE} WHERE version_num <> $1", max(ours))  # noqa: S608 - likewise
        await connection.execute(f"UPDATE {SHARED_TABLE} SET version_num = '{MOVED}'")  # noqa: S608 - likewise
    elif ours:
        await connection.execute(f"DELETE FROM {SHARED_TABLE} WHERE version_num = ANY($1)", ours)  # noqa: S608 - likewise


async def _visible(connection: asyncpg.Connection, table: str) -> bool:
    # Not to_regclass: see ledger.py.
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = $1"
        " AND relkind IN ('r', 'p') AND pg_table_is_visible(oid))",
        table,
    )
    return found
