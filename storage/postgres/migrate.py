"""Bring the tables of a database up to date, once, however many processes start at the same time.

Alembic knows the order and writes the script; asyncpg runs it, so no second database driver is needed.
A migration is two files in `migrations/` with one name: the `.sql` with the statements, and the `.py` that
names its predecessor. Names sort in their order, so that the newest is known without loading Alembic,
which would cost every start half a second.
"""

import asyncio
import io
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_KEY = 0x6D61696C726F6F6D  # "mailroom": any number will do, as long as nobody else takes it
CONNECT_SECONDS_MAX = 10.0
"""A database that does not answer by then is reported as unreachable."""

NAME_LENGTH_MAX = 32
"""Alembic keeps the name of the last migration in a varchar(32)."""


class MigrationError(Exception):
    """The database cannot be brought up to date by this version of the code."""


def migrate(database_url: str) -> list[str]:
    """Apply what is missing, all or nothing, and name what was applied; nothing to do takes one query."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(apply_migrations(database_url))


async def apply_migrations(database_url: str) -> list[str]:
    """The same for callers that are in an asyncio loop already."""
    connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX)
    try:
        if await current_revision(connection) == migration_names()[-1]:
            return []
        # Whoever comes second waits here, and then finds nothing to do. Waiting inside of the transaction
        # would not do: Postgres forgets what it knew about missing tables only when a transaction begins.
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK_KEY)
        async with connection.transaction():
            names = missing_after(await current_revision(connection))
            if names:
                await connection.execute(script_from(await current_revision(connection)))
            return names
    finally:
        await connection.close()  # and with it goes the lock


def pending(database_url: str) -> list[str]:
    """What `migrate` would apply, without applying it."""

    async def look() -> list[str]:
        connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX)
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
    """The last migration that the database has seen, None for a new one."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


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
