"""What the tests of messages hold: their tables, and short words for publishing, claiming and ending."""

from datetime import UTC, datetime

from mailroom.storage.postgres.outbox.claim import Claimer
from mailroom.storage.postgres.outbox.complete import complete_within
from mailroom.storage.postgres.outbox.outcome import Done, Finished, Rejected, Retry
from mailroom.storage.postgres.qstash import lanes
from mailroom.storage.postgres.qstash.ending import Attempt, State, write_ends
from mailroom.storage.postgres.qstash.publish import Limits, NewMessage, publish

TABLES = (
    "qstash_message", "qstash_attempt", "qstash_dead", "qstash_lane", "qstash_place", "qstash_dedup",
    "qstash_group", "qstash_key",
    "outbox_job", "outbox_dead", "outbox_event",
)  # fmt: skip
URL = "https://example.com/hook"


def message(text="x", **options):
    return NewMessage(
        **{"url": URL, "method": "POST", "headers": [("X-Text", text)], "body": text.encode(), "config": {},
           "retries": 3, "timeout_seconds": 30, **options}
    )  # fmt: skip


def limited(key, text="x", *, parallelism=None, rate=None, period_seconds=1, **options):
    limits = Limits(parallelism=parallelism, rate=rate, period_seconds=period_seconds)
    return message(text, flow=key, limits=limits, **options)


class Messages:
    """The rows, and a worker called `one`."""

    def __init__(self, pool, claims):
        self.pool, self.claims = pool, claims
        self._claimers = {}

    async def publish(self, *messages):
        return [one.id for one in await publish(self.pool, messages)]

    async def claim(self, worker="one", most=100, lease_seconds=30.0):
        """All that may go: of lanes, and what has no limit or holds its place already."""
        jobs = await lanes.claim(self.claims, worker, most, lease_seconds)
        claimer = Claimer(self.claims, lanes.QUEUE, worker, lease_seconds=lease_seconds)
        return jobs + await claimer.sweep(most - len(jobs))

    async def ids(self, **options):
        return [job.id for job in await self.claim(**options)]

    async def end(self, jobs, ended=State.DELIVERED, *, worker="one", after_seconds=0.0, callbacks=None):
        """An attempt at each comes to its end, as far as the job is still the worker's."""
        outcomes = {State.DELIVERED: Done(), State.WAITING: Retry("503", after_seconds=after_seconds)}
        outcome = outcomes.get(ended, Rejected("404"))
        async with self.pool.acquire() as connection, connection.transaction():
            ours = await complete_within(connection, worker, [Finished(job, outcome) for job in jobs])
            await write_ends(
                connection,
                [
                    Attempt(
                        message_id=job.id,
                        next_at=datetime.now(UTC), ended=ended, at=datetime.now(UTC), seconds=0.1, status=200,
                        body=b"ok",
                        dlq_id=f"1-{job.id}", callbacks=(callbacks or {}).get(job.id, ()),
                    )
                    for job in jobs if job.id in ours
                ],
            )  # fmt: skip
        return ours

    async def value(self, query, *arguments):
        return await self.pool.fetchval(query, *arguments)

    async def state(self, id_):
        return State(await self.value("SELECT state FROM mailroom.qstash_message WHERE id = $1", id_))

    async def running(self, lane):
        return await self.value("SELECT running FROM mailroom.qstash_lane WHERE lane = $1", lane)

    async def run_out(self):
        """The leases of all that is in hand run out."""
        await self.pool.execute(
            "UPDATE mailroom.outbox_job SET lease_until = now() - interval '1 s' WHERE worker IS NOT NULL"
        )
