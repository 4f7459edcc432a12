"""What many jobs leave behind: the size of the tables, and whether the queue is as quick as it was."""

from mailroom.ops.bench.outbox.entrant import BATCH, Entrant
from mailroom.ops.bench.outbox.measures import Figures
from mailroom.ops.bench.outbox.plan import Plan

PARTS = 10
AHEAD_JOBS = 5_000
"""The producer stays this far ahead of the worker, so that there is always work and never a mountain."""
THROUGH_SECONDS_MAX = 3_600.0


def through(entrant: Entrant, plan: Plan) -> Figures:
    """Jobs are enqueued and worked at the same time."""
    contestant = entrant.contestant
    jobs = plan.affordable(plan.through_jobs, contestant.speed)
    entrant.clear()
    with entrant.worker(warm=True) as worker:
        # Told, not asked: if the worker dies, somebody has to notice.
        entrant.producer.tell("in_batches", size=BATCH, jobs=jobs, ahead=AHEAD_JOBS)
        entrant.wait_for(worker, jobs, THROUGH_SECONDS_MAX)
        entrant.producer.answer()
        entrant.wait_until_finished(worker)
        rates = worker.ask("report", segment=jobs // PARTS)["segments"]
        work_bytes = entrant.bytes_of(contestant.work_tables)
        history_bytes = entrant.bytes_of(contestant.history_tables)
    return {
        "through_jobs": jobs,
        "through_first_tenth_per_second": rates[0],
        "through_last_tenth_per_second": rates[-1],
        "through_last_to_first": rates[-1] / rates[0],
        "through_work_tables_mb": work_bytes / 1e6,
        "through_history_mb": history_bytes / 1e6,
        "through_bytes_kept_per_job": (work_bytes + history_bytes) / jobs,
    }
