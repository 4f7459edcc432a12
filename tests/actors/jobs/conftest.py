"""A migrated database for each test, and a small process around it."""

import asyncio
import itertools
from collections.abc import Iterator

import asyncpg
import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.storage.postgres.migrate import apply_migrations
from tests.actors.jobs.queue_harness import open_queues
from tests.shop_tables import SHOP_TABLES

SCENARIO_SECONDS = 30.0
_numbers = itertools.count(1)


def _admin(url, *statements):
    async def run():
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


@pytest.fixture(scope="session")
def jobs_template(postgres_url: str) -> str:
    name = f"jobs_template_{next(_numbers)}"  # pytest asks once for each module that imports us
    _admin(postgres_url, f"CREATE DATABASE {name}")
    asyncio.run(apply_migrations(postgres_url.replace("@/mailroom?", f"@/{name}?"), [SHOP_TABLES]))
    return name


@pytest.fixture
def jobs_url(postgres_url: str, jobs_template: str) -> Iterator[str]:
    name = f"jobs_{next(_numbers)}"
    _admin(postgres_url, f"CREATE DATABASE {name} TEMPLATE {jobs_template}")
    yield postgres_url.replace("@/mailroom?", f"@/{name}?")
    _admin(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def play(jobs_url: str):
    """Play a scenario on queues."""

    def play(scenario, **options):
        async def main():
            with trio.fail_after(SCENARIO_SECONDS):
                async with open_queues(jobs_url, **options) as queues:
                    return await scenario(queues)

        return host.run(main)

    return play
