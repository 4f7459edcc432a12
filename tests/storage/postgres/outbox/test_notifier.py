"""Who waits is woken, and who hears nothing finds the work anyway."""

import asyncio
import time

import pytest

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from tests.storage.postgres.outbox.box import connected, mail, story


async def listening(listener):
    task = asyncio.create_task(listener.run())
    # It wakes everybody once it listens.
    assert await listener.wait("mail", 5.0)
    return task


def listener_of(box, *queues):
    listener = QueueListener(box.url)
    for queue in queues:
        listener.wake(queue)
        listener._heard[queue].clear()
    return listener


@story
async def test_a_job_that_was_enqueued_wakes_another_process(box):
    listener = listener_of(box, "mail", "other")
    task = await listening(listener)
    await listener.wait("other", 0)
    waiting = asyncio.create_task(listener.wait("mail", 5.0))
    await Enqueuer(box.pool, box.notifier).enqueue(mail("a"))
    assert await waiting
    assert not await listener.wait("other", 0.05)
    task.cancel()


@story
async def test_a_ring_while_nobody_waits_is_remembered(box):
    listener = listener_of(box, "mail")
    task = await listening(listener)
    box.notifier.notify("mail")
    await box.notifier.flushed()
    assert await listener.wait("mail", 5.0)
    task.cancel()


@story
async def test_many_rings_are_few_calls(box):
    calls = []

    class Counting:
        async def execute(self, *args):
            calls.append(args)
            await asyncio.sleep(0)

    notifier = QueueNotifier(Counting())
    for n in range(100):
        notifier.notify("mail")
        notifier.notify("other")
        if n == 50:
            await asyncio.sleep(0)
    await notifier.flushed()
    assert len(calls) == 2
    assert calls[0][2] == ["mail", "other"]


@story
async def test_a_bell_that_cannot_ring_harms_nobody_and_rings_again(box):
    box.notifier._pool = await broken(box)
    box.notifier.notify("mail")
    await box.notifier.flushed()
    box.notifier._pool = box.claims
    listener = listener_of(box, "mail")
    task = await listening(listener)
    box.notifier.notify("mail")
    assert await listener.wait("mail", 5.0)
    task.cancel()


async def broken(box):
    class Broken:
        async def execute(self, *args):
            raise ConnectionResetError

    return Broken()


@story
async def test_a_cut_connection_is_told_and_the_next_run_wakes_everybody(box):
    listener = listener_of(box, "mail")
    task = await listening(listener)
    async with connected(box.url) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    with pytest.raises(StoreUnavailable):
        await task
    (await listening(listener)).cancel()


@story
async def test_who_hears_nothing_looks_by_himself(box):
    began = time.monotonic()
    assert not await QueueListener(box.url).wait("mail", 0.05)
    assert time.monotonic() - began < 5
