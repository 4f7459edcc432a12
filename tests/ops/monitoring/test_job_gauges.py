"""The jobs of the outbox are counted as they are, and not shown as they were."""

import asyncio
import math

import pytest
from prometheus_client import REGISTRY

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.supervisors import job_gauges


class Absent:
    async def fetch(self, _query, *_values):
        raise ConnectionRefusedError("nobody listens")


class Silent:
    async def fetch(self, _query, *_values):
        await asyncio.Event().wait()


def jobs(queue, state):
    return REGISTRY.get_sample_value("mailroom_outbox_jobs", {"queue": queue, "state": state})


def count(database, *queues):
    host.run(lambda: job_gauges.count_jobs(database, queues))


@pytest.fixture
def counted(clean_postgres_url):
    """Count once with these jobs in the outbox."""
    asyncio.run(apply_migrations(clean_postgres_url))

    def counted(*new):
        async def main():
            pool = await aio(connect, clean_postgres_url)
            await aio(pool.execute, "DELETE FROM mailroom.outbox_job")
            await aio(enqueue, pool, list(new))
            await job_gauges.count_jobs(pool)
            pool.terminate()

        host.run(main)

    return counted


def test_jobs_are_counted_by_queue_and_state_and_fall_to_zero(counted) -> None:
    counted(NewJob("gauge", "a"), NewJob("gauge", "b"), NewJob("gauge", "c", delay_seconds=60))
    assert (jobs("gauge", "waiting"), jobs("gauge", "scheduled"), jobs("gauge", "dead")) == (2, 1, 0)
    assert REGISTRY.get_sample_value("mailroom_jobs_waiting", {"queue": "gauge"}) == 2
    counted()
    assert (jobs("gauge", "waiting"), jobs("gauge", "scheduled")) == (0, 0)


@pytest.mark.parametrize("database", [Absent(), Silent()])
def test_what_cannot_be_counted_is_not_shown_as_it_was(database, monkeypatch) -> None:
    monkeypatch.setattr(job_gauges, "COUNT_SECONDS_MAX", 0.05)
    count(database, "unseen")
    assert math.isnan(jobs("unseen", "waiting"))
