"""Cancel messages that are not over."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.qstash.ending import leave
from mailroom.storage.postgres.qstash.lanes import release
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("cancel.sql"))


async def cancel(pool: asyncpg.Pool, ids: Sequence[int]) -> list[int]:
    """Cancel those of these messages that are neither over nor canceled; returns which. An attempt that is
    being made comes to its end: where the endpoint takes the message, it was delivered after all.
    """
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(SQL["cancel"], list(ids))
            parts: Counter[int] = Counter()
            for row in rows:
                if not row["in_hand"]:
                    parts[row["id"] if row["parent"] is None else row["parent"]] -= 1
            freed = await leave(connection, parts)
            freed.update(row["lane"] for row in rows if row["lane"] is not None)
            await release(connection, freed)
    return [row["id"] for row in rows]
