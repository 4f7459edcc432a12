"""How far behind the queues are, as the metrics tell it."""

from math import isnan

from prometheus_client import REGISTRY

from mailroom.actors.jobs.depth import measure_queues
from mailroom.actors.runtime.bridge import aio
from tests.actors.jobs.queue_harness import LetterHandlers


def value(name, queue="mail"):
    return REGISTRY.get_sample_value(name, {"queue": queue})


def test_the_depth_and_the_age_of_every_queue_are_measured(play):
    letters = LetterHandlers()

    async def scenario(queues):
        await queues.enqueue(letters.new("a"), letters.new("b"), letters.new("later", delay_seconds=60))
        await queues.execute("UPDATE mailroom.outbox_job SET run_at = run_at - interval '100 s' WHERE id = 1")
        await aio(measure_queues, queues.pool, ["mail", "idle"])
        assert value("mailroom_jobs_waiting") == 2
        assert 100 <= value("mailroom_oldest_job_age_seconds") < 160
        assert value("mailroom_jobs_waiting", "idle") == 0
        await aio(queues.on_call().pause, "mail", "ann", "why")
        await queues.execute("DELETE FROM mailroom.outbox_job")
        await aio(measure_queues, queues.pool, ["mail"])
        assert value("mailroom_jobs_waiting") == 0
        assert value("mailroom_oldest_job_age_seconds") == 0
        assert value("mailroom_queue_paused") == 1
        queues.pool.terminate()
        await aio(measure_queues, queues.pool, ["mail"])
        assert isnan(value("mailroom_jobs_waiting"))

    play(scenario)
