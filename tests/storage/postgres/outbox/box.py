"""What the tests of the outbox work with: its pools, and short words for what they do."""

import asyncio
import contextlib
import time

import asyncpg

from mailroom.storage.postgres.outbox import pools
from mailroom.storage.postgres.outbox.claim import Claimer
from mailroom.storage.postgres.outbox.complete import complete
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Backoff, NewJob
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.outcome import Done, Finished
from mailroom.storage.postgres.outbox.seen import show

TABLES = (
    "mailroom.outbox_job",
    "mailroom.outbox_key",
    "mailroom.outbox_dedup",
    "mailroom.outbox_queue",
    "mailroom.outbox_dead",
    "mailroom.outbox_event",
    "mailroom.partition_lease",
)
QUICK = Backoff(first_seconds=0.0, jitter=0.0)


class Box:
    def __init__(self, url):
        self.url = url

    async def __aenter__(self):
        self.pool = await asyncpg.create_pool(self.url, min_size=1, max_size=5)
        self.claims = await pools.connect_claims(self.url)
        self.completions = await pools.connect_completions(self.url)
        self.notifier = QueueNotifier(self.claims)
        await self.empty()
        return self

    async def __aexit__(self, *error):
        await self.notifier.flushed()
        for pool in (self.pool, self.claims, self.completions):
            pool.terminate()

    async def empty(self):
        await self.pool.execute("".join(f"DELETE FROM {table};" for table in TABLES))

    def claimer(self, worker="one", queue="mail", **options):
        return Claimer(self.claims, queue, worker, **options)

    async def enqueue(self, *jobs):
        """New jobs, or the names of plain ones; their ids."""
        new = [job if isinstance(job, NewJob) else mail(job) for job in jobs]
        return [one.id for one in await enqueue(self.pool, new)]

    async def claim(self, worker="one", most=100, queue="mail"):
        """What a worker gets that looks everywhere."""
        return await self.claimer(worker, queue).claim(most)

    async def names(self, worker="one", most=100):
        return [job.name for job in await self.claim(worker, most)]

    async def end(self, *jobs, outcome=None, worker="one"):
        """Finish jobs; the names of those that were ours."""
        ours = await complete(self.completions, worker, [Finished(job, outcome or Done()) for job in jobs])
        return [job.name for job in jobs if job.id in ours]

    async def kinds(self, job_id):
        return [event.kind for event in (await show(self.pool, job_id)).history]

    async def expire_leases(self):
        """As if a lease's time had passed."""
        await self.pool.execute(
            "UPDATE mailroom.outbox_job SET lease_until = now() - interval '1 s' WHERE worker IS NOT NULL"
        )

    async def pass_time(self, seconds):
        """As if that much time had passed for the jobs in line."""
        await self.pool.execute(
            "UPDATE mailroom.outbox_job SET run_at = run_at - make_interval(secs => $1),"
            " turn_at = turn_at - make_interval(secs => $1)",
            float(seconds),
        )


def mail(name, **options):
    return NewJob("mail", name, backoff=options.pop("backoff", QUICK), **options)


def story(tell):
    """A test that is told as a coroutine over a `Box`."""

    def test(outbox_url):
        async def run():
            async with Box(outbox_url) as box:
                await tell(box)

        asyncio.run(run())

    test.__name__ = tell.__name__
    test.__doc__ = tell.__doc__
    return test


async def until(condition, seconds=10.0):
    """Wait until an async condition holds."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def connected(url):
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        connection.terminate()
