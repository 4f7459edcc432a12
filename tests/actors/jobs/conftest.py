"""A migrated database for each test, and a small process around it."""

from collections.abc import Iterator

import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.storage.postgres.migrate import apply_migrations
from tests.actors.jobs.queue_harness import open_queues
from tests.databases import copied, template
from tests.shop_tables import SHOP_TABLES

SCENARIO_SECONDS = 30.0


async def _migrated(url: str) -> None:
    await apply_migrations(url, [SHOP_TABLES])


@pytest.fixture
def jobs_url(postgres_url: str) -> Iterator[str]:
    with copied(postgres_url, template(postgres_url, "jobs_template", _migrated)) as url:
        yield url


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
