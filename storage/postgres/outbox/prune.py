"""Forget what is old, and make room: to be run every few seconds by one process or by all.

Deleted rows take room until Postgres vacuums, which by itself it considers once a minute: at ten thousand
jobs a second that is half a gigabyte.
"""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("prune.sql"))

SLOTS = 16
HISTORY_DAYS_MAX = SLOTS - 2
"""The ring holds sixteen days; today is being written, and tomorrow has to be empty."""
HISTORY_DAYS = 7
DEAD_SECONDS = 90 * 86_400.0
BATCH_ROWS = 5_000
"""Rows deleted in one statement: it holds no locks for long."""
DEAD_TUPLES = 20_000
"""Vacuum when there are as many deleted rows: some megabytes."""
VACUUM_SECONDS_MAX = 600.0
"""It goes on beside everything else, so it may take its time."""
LOCK_SECONDS = 0.5
"""An old day is emptied once nobody reads it; whoever reads must not wait for us, and next time will do."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten."""

    dead: int
    dedup: int
    keys: int
    days: int
    vacuumed: bool


async def prune(
    pool: asyncpg.Pool, *, history_days: int = HISTORY_DAYS, dead_seconds: float = DEAD_SECONDS
) -> Pruned:
    """Forget once. To repeat it does no harm, and finds what was more than a batch."""
    if not 1 <= history_days <= HISTORY_DAYS_MAX:
        raise ValueError(f"history is kept for 1 to {HISTORY_DAYS_MAX} days, not {history_days}")
    with answering():
        async with pool.acquire() as connection:
            return Pruned(
                dead=_count(await connection.execute(SQL["dead"], dead_seconds, BATCH_ROWS)),
                dedup=_count(await connection.execute(SQL["dedup"], BATCH_ROWS)),
                keys=_count(await connection.execute(SQL["keys"])),
                days=await _empty_days(connection, history_days),
                vacuumed=await vacuum(connection),
            )


async def vacuum(connection: Connection, dead_tuples: int = DEAD_TUPLES) -> bool:
    """Make room if there are as many deleted rows."""
    if (await connection.fetchval(SQL["dead_tuples"]) or 0) < dead_tuples:
        return False
    # Giving room back to the system would lock the table; and the next jobs need it anyway.
    await connection.execute(
        "VACUUM (SKIP_LOCKED, TRUNCATE FALSE, PARALLEL 0) mailroom.outbox_job,"
        " mailroom.outbox_key, mailroom.outbox_dedup"
    )
    return True


async def _empty_days(connection: Connection, history_days: int) -> int:
    today = await connection.fetchval(SQL["today"])
    kept = {(today - ago) % SLOTS for ago in range(history_days)}
    emptied = 0
    for slot in sorted(set(range(SLOTS)) - kept):
        table = f"mailroom.outbox_event_{slot}"
        if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):  # noqa: S608 - a number of ours
            continue
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                await connection.execute(f"TRUNCATE {table}")
        except asyncpg.LockNotAvailableError:
            continue
        emptied += 1
    return emptied


def _count(tag: str) -> int:
    return int(tag.removeprefix("DELETE "))
