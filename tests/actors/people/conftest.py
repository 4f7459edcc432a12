"""A database with the platform's tables, for stories of people."""

import asyncio

import asyncpg
import pytest

from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures

STORY_SECONDS = 20


@pytest.fixture
def story(jobs_url):  # noqa: F811
    """`story(test)` tells a test's story with a pool of connections; what it returns is returned."""

    def tell(test):
        async def main():
            async with (
                asyncio.timeout(STORY_SECONDS),
                asyncpg.create_pool(jobs_url, min_size=1, max_size=8) as pool,
            ):
                return await test(pool)

        return asyncio.run(main())

    return tell
