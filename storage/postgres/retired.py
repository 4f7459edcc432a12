"""What only processes of a version before needed, taken away when the last of them must be gone.

A new version is rolled out beside the old one: its migration runs first, and leaves what the old one stands
on. Each such thing has a row in `installation` that says from when on nobody needs it.
"""

from contextlib import suppress
from pathlib import Path

import asyncpg
from structlog import get_logger

from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("retired.sql"))

log = get_logger("mailroom.postgres")


async def retire(database: asyncpg.Pool) -> bool:
    """Take away what has had its time; whether anything had. A table that somebody holds is not waited for:
    it is done a minute later.
    """
    if not await database.fetchval(SQL["due"]):
        return False
    with suppress(asyncpg.LockNotAvailableError):
        async with database.acquire() as connection, connection.transaction():
            await connection.execute(SQL["patience"])
            await connection.execute(SQL["pending_once"])
            await connection.execute(SQL["done"])
            log.info("retired", what="payment_pending_once")
            return True
    return False
