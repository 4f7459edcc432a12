"""Bring the tables of a database up to date, once, however many processes start at the same time.

Alembic knows the order and writes the script; asyncpg runs it, so no second database driver is needed.
A migration is two files in `migrations/` with one name: the `.sql` with the statements, and the `.py` that
names its predecessor. Names sort in their order, so that the newest is known without loading Alembic,
which would cost every start half a second.
"""

import asyncio
import io
import re
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_KEY = 0x6D61696C726F6F6D  # "mailroom": any number will do, as long as nobody else takes it
CONNECT_SECONDS_MAX = 10.0
"""A database that does not answer by then is reported as unreachable."""
LOCK_SECONDS_MAX = 30
"""How long to wait for another process that migrates, or for a table that somebody uses: both take moments,
and a release that hangs says nothing.
"""

NAME_LENGTH_MAX = 32
"""Alembic keeps the name of the last migration in a varchar(32)."""

VERSION_TABLE = "mailroom_migration"
"""Where Alembic keeps the name of our last migration: a table of our own, because a bot may keep its tables
in the same database and have its own Alembic for them.
"""
SHARED_TABLE = "alembic_version"
"""Where it was kept at first, under the name that every program has."""
LOOKS_LIKE_OURS = re.compile(r"[0-9]{4}_[a-z_]+")
FIRST_TABLE = "partition_lease"
"""A table of the first migration: where it is, Mailroom is."""


class MigrationError(Exception):
    """The database cannot be brought up to date by this version of the code."""


def migrate(database_url: str) -> list[str]:
    """Apply what is missing, all or nothing, and name what was applied; nothing to do takes one query."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(apply_migrations(database_url))


async def apply_migrations(database_url: str, *, lock_seconds_max: int = LOCK_SECONDS_MAX) -> list[str]:
    """The same for callers that are in an asyncio loop already.

    All of it is one transaction, its lock too: through a pooler a lock of the session stays behind in a
    connection that nobody finds again.
    """
    connection = await _connect(database_url)
    try:
        if await _up_to_date(connection):
            return []
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{lock_seconds_max}s'")
            # Whoever comes second waits here, and then finds nothing to do.
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK_KEY)
            await _move_from_shared_table(connection)
            revision = await current_revision(connection)
            names = missing_after(revision)
            if names:
                await connection.execute(script_from(revision))
            return names
    except asyncpg.LockNotAvailableError:
        raise MigrationError(
            f"Another process has held a lock on the database for {lock_seconds_max} s: one that migrates,"
            " or a transaction that was left open (pg_stat_activity shows it). Nothing was changed; run"
            " `mailroom migrate` again when it has ended."
        ) from None
    finally:
        await connection.close()


async def _connect(database_url: str) -> asyncpg.Connection:
    """A connection that runs each statement once, so that any pooler may be in between."""
    return await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX, statement_cache_size=0)


def pending(database_url: str) -> list[str]:
    """What `migrate` would apply, without applying it."""

    async def look() -> list[str]:
        connection = await _connect(database_url)
        try:
            return missing_after(await current_revision(connection))
        finally:
            await connection.close()

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(look())


def migration_names() -> list[str]:
    """All migrations of this code, oldest first."""
    return sorted(file.stem for file in MIGRATIONS.glob("[0-9]*.py"))


def missing_after(revision: str | None) -> list[str]:
    """The migrations that a database at this revision lacks."""
    names = migration_names()
    if revision is None:
        return names
    if revision not in names:
        raise MigrationError(
            f"The database is at migration {revision}, which this version of Mailroom does not know:"
            " a newer version has been here. Start that one."
        )
    return names[names.index(revision) + 1 :]


async def current_revision(connection: asyncpg.Connection) -> str | None:
    """The last migration of ours that the database has seen, None for a new one. What somebody else's Alembic
    keeps in the same database is none of our business.
    """
    if await _exists(connection, VERSION_TABLE):
        revision: str | None = await connection.fetchval(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant
        return revision
    if await _exists(connection, SHARED_TABLE):
        rows = await connection.fetch(f"SELECT version_num FROM {SHARED_TABLE}")  # noqa: S608 - likewise
        found: list[str] = [row["version_num"] for row in rows]
        ours = [name for name in found if LOOKS_LIKE_OURS.fullmatch(name)]
        known = [name for name in ours if name in migration_names()]
        if not await _exists(connection, FIRST_TABLE):
            return None
        if known or ours:
            return max(known or ours)  # of a newer version of ours, `missing_after` says what there is to say
        raise MigrationError(
            f"The tables of Mailroom are in this database, and the table {SHARED_TABLE}, which named their"
            f" last migration, names one of another program. Make a table {VERSION_TABLE} (version_num"
            f" varchar({NAME_LENGTH_MAX}) primary key) with the name of the last one that was applied."
        )
    return None


async def belongs_to_others(database_url: str) -> bool:
    """Whether a database holds tables, and none of them is ours: it is some other program's. Tables that
    came with an extension are nobody's.
    """
    connection = await _connect(database_url)
    try:
        if await _exists(connection, FIRST_TABLE):
            return False
        found: bool = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            " AND relkind IN ('r', 'p')"
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e'))"
        )
        return found
    finally:
        await connection.close()


async def _up_to_date(connection: asyncpg.Connection) -> bool:
    return (
        await _exists(connection, VERSION_TABLE)
        and await current_revision(connection) == migration_names()[-1]
    )


async def _move_from_shared_table(connection: asyncpg.Connection) -> None:
    """Take what is ours out of the table that every Alembic uses unless it is told otherwise: it makes that
    of another program in this database stop at a revision it does not know.
    """
    revision = await current_revision(connection)
    if revision not in migration_names() or await _exists(connection, VERSION_TABLE):
        return
    await connection.execute(
        f"CREATE TABLE {VERSION_TABLE} (version_num varchar({NAME_LENGTH_MAX}) PRIMARY KEY)"
    )
    await connection.execute(f"INSERT INTO {VERSION_TABLE} VALUES ($1)", revision)  # noqa: S608 - a constant
    await connection.execute(
        f"DELETE FROM {SHARED_TABLE} WHERE version_num = ANY($1)",  # noqa: S608 - likewise
        migration_names(),
    )
    if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {SHARED_TABLE})"):  # noqa: S608 - likewise
        await connection.execute(f"DROP TABLE {SHARED_TABLE}")


async def _exists(connection: asyncpg.Connection, table: str) -> bool:
    # Not to_regclass: in a transaction that has waited for the lock it still says what it knew before.
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = $1"
        " AND relkind IN ('r', 'p') AND pg_table_is_visible(oid))",
        table,
    )
    return found


def script_from(revision: str | None) -> str:
    """The SQL from that revision to the newest, bookkeeping included."""
    # Half a second of imports that only a start with something to migrate pays.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])
    script = io.StringIO()
    environment = EnvironmentContext(
        Config(),
        directory,
        fn=lambda current, _context: directory._upgrade_revs("head", current),  # noqa: SLF001 - as alembic's own command does
        as_sql=True,
        starting_rev=revision,
    )
    with environment:
        environment.configure(
            dialect_name="postgresql",
            dialect_opts={"paramstyle": "named"},  # else every % comes out doubled
            output_buffer=script,
            version_table=VERSION_TABLE,
            transactional_ddl=False,  # we hold a transaction already
        )
        environment.run_migrations()
    return script.getvalue()


def run_sql_beside(version_file: str) -> None:
    """What a migration's `upgrade` does: hand the `.sql` of the same name to Alembic, as it stands."""
    from alembic import op

    statements = Path(version_file).with_suffix(".sql").read_text(encoding="utf-8")
    # SQLAlchemy would take :word for a parameter.
    op.execute(statements.rstrip().removesuffix(";").replace(":", "\\:"))
