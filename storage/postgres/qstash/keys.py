"""The keys that deliveries are signed with: the database has them, the environment only begins with them."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("keys.sql"))


@dataclass(frozen=True, slots=True)
class Keys:
    """`current` signs; receivers accept `next` as well, which signs after a rotation."""

    current: str
    next: str


async def seed_keys(pool: asyncpg.Pool, keys: Keys) -> Keys:
    """Write keys where there are none. Returns those that hold."""
    with answering():
        await pool.execute(SQL["seed"], keys.current, keys.next)
        return await read_keys(pool)


async def read_keys(source: Source) -> Keys:
    """Those that hold."""
    with answering():
        rows = await source.fetch(SQL["keys"])
    return Keys(*(row["key"] for row in rows))


async def rotate(pool: asyncpg.Pool, new: str) -> Keys:
    """The next becomes the current one, and `new` the next. Returns those that hold then."""
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["lock"])
            await connection.execute(SQL["rotate"], new)
            return await read_keys(connection)
