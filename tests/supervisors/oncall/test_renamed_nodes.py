"""Queues that were put aside by the name that all bots shared stay put aside by those of each bot."""

import asyncio

import pytest

from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.mailbox import PARKED_BY
from mailroom.storage.redis.suspensions import Suspensions
from mailroom.supervisors.oncall.renamed_nodes import follow_names
from tests.storage.postgres.outbox.box import Box

NAMES = {"delivery": ["shop.delivery", "second.delivery"], "notification": ["shop.notification"]}


@pytest.fixture
def play(jobs_url, clean_redis_url):
    def play(tell):
        async def run():
            line = Line(clean_redis_url)
            try:
                async with Box(jobs_url) as box:
                    await tell(box, Suspensions(line))
            finally:
                await line.close()

        asyncio.run(run())

    return play


def test_whoever_put_a_shared_queue_aside_has_put_that_of_each_bot_aside(play):
    async def tell(box, suspensions):
        await suspensions.put("node/jobs/delivery", "ann", "the supplier is away")
        await box.enqueue(NewJob("delivery", "deliver"))
        for _ in range(2):
            await follow_names(suspensions, box.pool, NAMES)
            held = await suspensions.all()
            assert sorted(held) == ["node/jobs/second.delivery", "node/jobs/shop.delivery"]
            assert {(one.who, one.why) for one in held.values()} == {("ann", "the supplier is away")}
        assert await box.claim(queue="delivery") == [], "the version before, whose node was resumed by that"
        await suspensions.lift("node/jobs/shop.delivery")
        await follow_names(suspensions, box.pool, NAMES)
        assert sorted(await suspensions.all()) == ["node/jobs/second.delivery"], "each is resumed alone"

    play(tell)


def test_a_queue_that_had_crashed_begins_anew_by_its_new_name(play):
    async def tell(box, suspensions):
        await suspensions.put("node/jobs/notification", PARKED_BY, "RuntimeError: no")
        await follow_names(suspensions, box.pool, NAMES)
        assert await suspensions.all() == {}

    play(tell)
