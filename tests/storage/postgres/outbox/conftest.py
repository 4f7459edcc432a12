"""One migrated database for all tests of the outbox: a test empties it before it begins (see `Box`)."""

import asyncio

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import apply_migrations


@pytest.fixture(scope="session")
def outbox_url(postgres_url: str) -> str:
    async def create() -> None:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("CREATE DATABASE outbox")
        await connection.close()

    asyncio.run(create())
    url = postgres_url.replace("@/mailroom?", "@/outbox?")
    asyncio.run(apply_migrations(url))
    return url
