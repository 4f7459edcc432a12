"""Twelve queues on the connections of one process: one that is flooded, or hangs, delays no other."""

import asyncio

import trio

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.division import divided, wanted
from mailroom.storage.postgres.opening import held
from mailroom.storage.postgres.outbox.pools import connect_shared
from tests.actors.jobs.stand import Post

QUEUES = [f"queue-{number}" for number in range(12)]
LEASE_SECONDS = 4.0
FLOOD_JOBS = 200


async def sharing(stand):
    """The stand's queues share what a process may have that was told nothing."""
    shared = await aio(connect_shared, stand.url, divided(wanted(len(QUEUES)), len(QUEUES)), QUEUES)
    stand.services = stand.services.__class__(stand.url, stand.ears, connections=shared)
    return shared


async def open_to(stand):
    return await stand.fetch(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND application_name <> 'stand'"
    )


def test_eleven_queues_are_worked_in_time_while_the_handlers_of_one_hang_in_their_transactions(play):
    posts = {queue: Post(queue) for queue in QUEUES}
    hanging, *others = QUEUES
    never = asyncio.Event()

    async def hang(context):
        async with context.ending() as tx:
            await tx.connection.execute("SELECT 1")
            await never.wait()

    async def end(context):
        async with context.ending() as tx:
            await tx.connection.fetchval("SELECT 1")

    async def scenario(stand):
        shared = await sharing(stand)
        for queue, post in posts.items():
            post.answers[""] = hang if queue == hanging else end
            await stand.start(post.handlers, lease_seconds=LEASE_SECONDS)
        await stand.enqueue(*(posts[hanging].new() for _ in range(FLOOD_JOBS)))
        await stand.until(lambda: len(posts[hanging].began) == FLOOD_JOBS)
        with trio.fail_after(stand.patience_seconds):
            for _ in range(3):
                await stand.enqueue(*(posts[queue].new() for queue in others for _ in range(10)))
            await stand.until(lambda: all(len(posts[queue].ended) == 30 for queue in others))
            await stand.until_true(lambda: is_written(stand), "what became of them to be written down")
        opened = await open_to(stand)
        assert opened == held() <= wanted(len(QUEUES))
        assert posts[hanging].ended == []
        shared.terminate()

    async def is_written(stand):
        return set((await stand.states()).values()) == {"running"}

    play(scenario)
