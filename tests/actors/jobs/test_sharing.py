"""Twelve queues on the connections of one process: one that is flooded, or hangs, delays no other."""

import asyncio

import trio

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.division import divided, wanted
from mailroom.storage.postgres.opening import held
from mailroom.storage.postgres.outbox.pools import connect_shared
from tests.actors.jobs.queue_harness import LetterHandlers

QUEUES = [f"queue-{number}" for number in range(12)]
LEASE_SECONDS = 4.0
FLOOD_JOBS = 200


async def sharing(queues):
    """The queues share what a process may have that was told nothing."""
    shared = await aio(connect_shared, queues.url, divided(wanted(len(QUEUES)), len(QUEUES)), QUEUES)
    queues.services = queues.services.__class__(queues.url, queues.listener, connections=shared)
    return shared


async def open_to(queues):
    return await queues.fetch(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND application_name <> 'harness'"
    )


def test_eleven_queues_are_worked_in_time_while_the_handlers_of_one_hang_in_their_transactions(play):
    posts = {queue: LetterHandlers(queue) for queue in QUEUES}
    hanging, *others = QUEUES
    never = asyncio.Event()

    async def hang(context):
        async with context.ending() as tx:
            await tx.connection.execute("SELECT 1")
            await never.wait()

    async def end(context):
        async with context.ending() as tx:
            await tx.connection.fetchval("SELECT 1")

    async def scenario(queues):
        shared = await sharing(queues)
        for queue, letters in posts.items():
            letters.answers[""] = hang if queue == hanging else end
            await queues.start(letters.handlers, lease_seconds=LEASE_SECONDS)
        await queues.enqueue(*(posts[hanging].new() for _ in range(FLOOD_JOBS)))
        await queues.until(lambda: len(posts[hanging].began) == FLOOD_JOBS)
        with trio.fail_after(queues.patience_seconds):
            for _ in range(3):
                await queues.enqueue(*(posts[queue].new() for queue in others for _ in range(10)))
            await queues.until(lambda: all(len(posts[queue].ended) == 30 for queue in others))
            await queues.until_true(lambda: is_written(queues), "what became of them to be written down")
        opened = await open_to(queues)
        assert opened == held() <= wanted(len(QUEUES))
        assert posts[hanging].ended == []
        shared.terminate()

    async def is_written(queues):
        return set((await queues.states()).values()) == {"running"}

    play(scenario)
