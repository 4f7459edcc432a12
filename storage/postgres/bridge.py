"""A way for processes of before to find tables that are moved under them.

They name tables without a schema, and go on for as long as a rolling deploy takes. So the role's search path,
at its end, leads to the new place as well; and since a session keeps the path that it began with, those that
are older are cut: each process of before loses a connection once, which is nothing to it. It needs no
superuser, and a pooler in between is no hindrance: its connections are cut like any other. The path is put
back by a migrate of a day later.
"""

import json

import asyncpg

from mailroom.storage.postgres.histories import MigrationError
from mailroom.storage.postgres.schemas import PLATFORM, quoted

STANDS_HOURS = 24
"""How long the path is left: by then no process of the version before is there any more."""
SUFFIX = f", {PLATFORM}"
BUILT_IN = '"$user", public'
"""The path of a role and a database for which nobody has set any."""
KEY = "bridge"
"""What `installation` remembers it by."""

OTHERS = """
SELECT pid FROM pg_stat_activity AS session
WHERE datname = current_database() AND usename = current_user AND backend_type = 'client backend'
  AND pid <> pg_backend_pid() AND ($1::timestamptz IS NULL OR backend_start < $1)
  -- Whoever holds the lock of migrations has seen to its own session, and is about to be done.
  AND NOT EXISTS (
      SELECT FROM pg_locks AS held
      WHERE held.pid = session.pid AND locktype = 'advisory' AND granted AND objsubid = 1
        AND (classid::bigint << 32) + objid::bigint = $2
  )
"""
STARTING = """
SELECT EXISTS (
    SELECT FROM pg_locks AS begun
    WHERE locktype = 'virtualxid'
      AND NOT EXISTS (SELECT FROM pg_stat_activity AS known WHERE known.pid = begun.pid AND datid IS NOT NULL)
)
"""
"""Whether a session is just starting: it may have read the path before that was lengthened, and is not in
`pg_stat_activity` as anybody's before it has.
"""
SET_FOR_ROLE = """
SELECT split_part(setting, '=', 2) FROM pg_db_role_setting, unnest(setconfig) AS setting
WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND setrole = current_user::regrole AND split_part(setting, '=', 1) = 'search_path'
"""
REMEMBERED = """
SELECT value, (value::jsonb ->> 'at')::timestamptz < now() - make_interval(hours => $1) AS done
FROM mailroom.installation WHERE key = 'bridge'
"""


async def is_needed(connection: asyncpg.Connection, lock_key: int) -> bool:
    """Whether anybody else is there who may look for the tables."""
    return await connection.fetch(OTHERS, None, lock_key) != []


async def build(connection: asyncpg.Connection) -> None:
    """Lengthen the path, for sessions that begin after the caller's transaction. Raises `MigrationError`."""
    path = await connection.fetchval("SHOW search_path")
    if await connection.fetchval("SELECT source FROM pg_settings WHERE name = 'search_path'") == "client":
        raise MigrationError(
            "DATABASE_URL sets a search_path, so that running processes of the version before would not find"
            " the tables that are moved: stop them, and run `mailroom migrate` again."
        )
    if path.endswith(SUFFIX):
        return
    try:
        await _set_path(connection, path + SUFFIX)
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"The role may not set its own search_path ({error}), so that running processes of the version"
            " before would not find the tables that are moved: stop them, and run `mailroom migrate` again."
        ) from None


async def cut(connection: asyncpg.Connection, since: object, lock_key: int) -> bool:
    """Cut the sessions that began before; True where there are none, our own among them, and none is about to
    be one. Where it is ours that is too old, the caller's connection is gone after this.
    """
    # Asked first: whoever has come out of it by then is among those that are cut.
    if await connection.fetchval(STARTING):
        return False
    if await connection.fetch(f"SELECT pg_terminate_backend(pid) FROM ({OTHERS}) AS older", since, lock_key):  # noqa: S608 - a constant
        return False
    too_old = await connection.fetchval(
        "SELECT backend_start < $1 FROM pg_stat_activity WHERE pid = pg_backend_pid()", since
    )
    if too_old:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return not too_old


async def remember(connection: asyncpg.Connection) -> None:
    """Note what the path was, in the transaction that moves the tables. Nothing where it is as ever."""
    path = await connection.fetchval(SET_FOR_ROLE)
    if path is None or not path.endswith(SUFFIX):
        return
    at = await connection.fetchval("SELECT now()::text")
    value = json.dumps({"was": path.removesuffix(SUFFIX), "at": at})
    await connection.execute("INSERT INTO mailroom.installation VALUES ($1, $2)", KEY, value)


async def pull_down(connection: asyncpg.Connection) -> None:
    """Put the path back, once the time is over."""
    row = await connection.fetchrow(REMEMBERED, STANDS_HOURS)
    if row is None or not row["done"]:
        return
    noted = json.loads(row["value"])
    async with connection.transaction():
        path = await connection.fetchval(SET_FOR_ROLE)
        if path is not None and path.endswith(SUFFIX):
            await _set_path(connection, None if noted["was"] == BUILT_IN else noted["was"])
        await connection.execute("DELETE FROM mailroom.installation WHERE key = $1", KEY)


async def _set_path(connection: asyncpg.Connection, path: str | None) -> None:
    name = await connection.fetchval("SELECT current_database()")
    # The path comes from Postgres, which has written it as it takes it.
    what = "RESET search_path" if path is None else f"SET search_path = {path}"
    await connection.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {quoted(name)} {what}")
