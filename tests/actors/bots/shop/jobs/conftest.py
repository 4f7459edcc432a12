"""A shop for each test."""

import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.storage.postgres.outbox.job import Backoff
from tests.actors.bots.shop.jobs.shop_harness import open_shop

SCENARIO_SECONDS = 60.0


@pytest.fixture
def play(shop_database, clean_redis_url, vault):
    """Play a scenario in a shop whose queues are at work, and see that no job has died of it."""

    def play(scenario, *, dead=(), **options):
        async def main():
            with trio.fail_after(SCENARIO_SECONDS):
                async with open_shop(shop_database, clean_redis_url, vault, **options) as shop:
                    await shop.start()
                    await scenario(shop)
                    assert [name for name, _ in await shop.dead()] == list(dead), await shop.dead()
                    await shop.stop()

        return host.run(main)

    return play


@pytest.fixture
def impatient(monkeypatch):
    """A job that failed is tried again at once."""
    monkeypatch.setattr(Backoff, "delay_seconds", lambda *_: 0.0)
