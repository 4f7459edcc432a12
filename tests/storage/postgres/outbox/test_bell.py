"""Who waits is woken, and who hears nothing finds the work anyway."""

import asyncio
import time

import pytest

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.bell import Bell
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.listen import Ears
from tests.storage.postgres.outbox.box import connected, mail, story


async def listening(ears):
    task = asyncio.create_task(ears.run())
    # It wakes everybody once it listens.
    assert await ears.wait("mail", 5.0)
    return task


def ears_of(box, *queues):
    ears = Ears(box.url)
    for queue in queues:
        ears.wake(queue)
        ears._heard[queue].clear()
    return ears


@story
async def test_a_job_that_was_enqueued_wakes_another_process(box):
    ears = ears_of(box, "mail", "other")
    task = await listening(ears)
    await ears.wait("other", 0)
    waiting = asyncio.create_task(ears.wait("mail", 5.0))
    await Enqueuer(box.pool, box.bell).enqueue(mail("a"))
    assert await waiting
    assert not await ears.wait("other", 0.05)
    task.cancel()


@story
async def test_a_ring_while_nobody_waits_is_remembered(box):
    ears = ears_of(box, "mail")
    task = await listening(ears)
    box.bell.ring("mail")
    await box.bell.silent()
    assert await ears.wait("mail", 5.0)
    task.cancel()


@story
async def test_many_rings_are_few_calls(box):
    calls = []

    class Counting:
        async def execute(self, *args):
            calls.append(args)
            await asyncio.sleep(0)

    bell = Bell(Counting())
    for n in range(100):
        bell.ring("mail")
        bell.ring("other")
        if n == 50:
            await asyncio.sleep(0)
    await bell.silent()
    assert len(calls) == 2
    assert calls[0][2] == ["mail", "other"]


@story
async def test_a_bell_that_cannot_ring_harms_nobody_and_rings_again(box):
    box.bell._pool = await broken(box)
    box.bell.ring("mail")
    await box.bell.silent()
    box.bell._pool = box.claims
    ears = ears_of(box, "mail")
    task = await listening(ears)
    box.bell.ring("mail")
    assert await ears.wait("mail", 5.0)
    task.cancel()


async def broken(box):
    class Broken:
        async def execute(self, *args):
            raise ConnectionResetError

    return Broken()


@story
async def test_a_cut_connection_is_told_and_the_next_run_wakes_everybody(box):
    ears = ears_of(box, "mail")
    task = await listening(ears)
    async with connected(box.url) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    with pytest.raises(StoreUnavailable):
        await task
    (await listening(ears)).cancel()


@story
async def test_who_hears_nothing_looks_by_himself(box):
    began = time.monotonic()
    assert not await Ears(box.url).wait("mail", 0.05)
    assert time.monotonic() - began < 5
