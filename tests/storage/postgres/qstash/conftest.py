"""A database for the tests of messages, emptied before each."""

import asyncio

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.outbox import pools
from tests.storage.postgres.qstash.messages import TABLES, Messages


@pytest.fixture(scope="session")
def qstash_url(postgres_url):
    """One migrated database for all of them."""

    async def create():
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("CREATE DATABASE qstash")
        await connection.close()

    asyncio.run(create())
    url = postgres_url.replace("@/mailroom?", "@/qstash?")
    asyncio.run(apply_migrations(url))
    return url


@pytest.fixture
def messages(qstash_url):
    """Run a scenario with messages, of which there are none yet."""

    def run(scenario):
        async def main():
            pool = await asyncpg.create_pool(qstash_url, min_size=1, max_size=6)
            claims = await pools.connect_claims(qstash_url)
            try:
                await pool.execute("".join(f"DELETE FROM mailroom.{table};" for table in TABLES))
                await scenario(Messages(pool, claims))
            finally:
                claims.terminate()
                pool.terminate()

        asyncio.run(main())

    return run
