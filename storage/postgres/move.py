"""Moving the tables of before into their schema, once, under the eyes of processes that use them.

All of it is one transaction: the tables are in the one place or in the other, with all that is in them, and a
migrate that was killed in the middle begins again. The tables of the shop were in a schema of their own from
the start, and stay.
"""

import asyncio
from datetime import datetime

import asyncpg

from mailroom.storage.postgres import bridge, ledger, old_chain
from mailroom.storage.postgres.before_schemas import HAD_ALREADY
from mailroom.storage.postgres.histories import PLATFORM_HISTORY, Applied
from mailroom.storage.postgres.schemas import PLATFORM, quoted

TABLES = (
    "broadcast", "broadcast_hold", "broadcast_recipient", "installation", "outbox_dead", "outbox_dedup",
    "outbox_event", "outbox_job", "outbox_key", "outbox_queue", "ownership_beat", "pair", "partition_lease",
    "payment", "payment_dispute", "payment_listed", "payment_lost", "payment_refund", "periodic_work",
)  # fmt: skip
"""What the old chain leaves behind in its last state; sequences and indexes follow their table."""
PARTITIONED = "outbox_event"
"""Its partitions do not follow it."""
VIEW = "outbox_seen"
FUNCTIONS = ("payment_ref_of_before()", "payment_bot_of_before()")
"""Of triggers, for programs that are older than a column."""

FOUND = """
SELECT relname::text FROM pg_class
WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND (
    relname = ANY($2)
    OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = ($1 || '.' || $3)::regclass)
) ORDER BY relname
"""

LOCK_SECONDS = 2
"""How long everybody who uses the tables may have to wait for us: then we let them go on, and try again."""
PAUSE_SECONDS = 0.3
CUT_SECONDS_MAX = 10.0
"""A session that is told to end has done so by then, unless its machine is ill."""


async def cut_off(connection: asyncpg.Connection, since: datetime, lock_key: int) -> None:
    """See that no session is left that does not know the new way, our own included: where that is too old,
    the connection is lost. Raises what asyncpg raises then.
    """
    async with asyncio.timeout(CUT_SECONDS_MAX):
        while not await bridge.cut(connection, since, lock_key):  # noqa: ASYNC110 - processes of Postgres end
            await asyncio.sleep(PAUSE_SECONDS / 10)


async def move(connection: asyncpg.Connection, home: str) -> None:
    """Move them, within the caller's transaction, and write down what that amounts to. Raises
    `LockNotAvailableError` and `DeadlockDetectedError` where others are in the way.
    """
    if home != PLATFORM:  # a role that is called as we are may have had its tables there from the start
        await _move(connection, home)
    await old_chain.say_moved(connection, home)
    await ledger.make(connection)
    await ledger.write(connection, had_already())
    await bridge.remember(connection)


def had_already() -> list[Applied]:
    """What a database at the end of the old chain has seen."""
    digests = {one.name: one.digest for one in PLATFORM_HISTORY.migrations()}
    return [
        Applied(room, room, name, digests.get(name) if room == PLATFORM else None)
        for room, names in HAD_ALREADY.items()
        for name in names
    ]


async def _move(connection: asyncpg.Connection, home: str) -> None:
    rows = await connection.fetch(FOUND, quoted(home), list(TABLES), PARTITIONED)
    tables = [row["relname"] for row in rows]
    old = [f"{quoted(home)}.{quoted(table)}" for table in tables]
    await connection.execute(f"LOCK TABLE {', '.join(old)} IN ACCESS EXCLUSIVE MODE")
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(PLATFORM)}")
    there = f"SET SCHEMA {quoted(PLATFORM)}"
    for table in old:
        await connection.execute(f"ALTER TABLE {table} {there}")
    await connection.execute(f"ALTER VIEW {quoted(home)}.{VIEW} {there}")
    for function in FUNCTIONS:
        await connection.execute(f"ALTER FUNCTION {quoted(home)}.{function} {there}")
