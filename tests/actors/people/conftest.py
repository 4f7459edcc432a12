"""A database with the platform's tables, for stories of people."""

import asyncio

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import apply_migrations

STORY_SECONDS = 20


@pytest.fixture
def story(clean_postgres_url):
    """`story(test)` tells a test's story with a pool of connections; what it returns is returned."""
    asyncio.run(apply_migrations(clean_postgres_url))

    def tell(test):
        async def main():
            async with (
                asyncio.timeout(STORY_SECONDS),
                asyncpg.create_pool(clean_postgres_url, min_size=1, max_size=8) as pool,
            ):
                return await test(pool)

        return asyncio.run(main())

    return tell
