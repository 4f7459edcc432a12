"""What a forgotten transaction does to the claims.

Jobs that are done cannot be removed from disk while somebody may still want to see them.
"""

from mailroom.ops.bench.outbox.entrant import Entrant
from mailroom.ops.bench.outbox.measures import Figures
from mailroom.ops.bench.outbox.plan import Plan

PARTS = 6


def snapshot(entrant: Entrant, plan: Plan) -> Figures:
    """A backlog that is worked off under an old snapshot: its last sixth beside its first."""
    jobs = plan.affordable(plan.snapshot_jobs, entrant.contestant.speed)
    entrant.clear()
    with entrant.old_snapshot():
        entrant.load(jobs)
        with entrant.worker(warm=False) as worker:
            entrant.wait_for(worker, jobs, plan.long_seconds_max)
            found = worker.ask("report", segment=jobs // PARTS)
    rates = found["segments"]
    if len(rates) < 2:
        return {"snapshot_jobs": found["handled"]}
    return {
        "snapshot_jobs": found["handled"],
        "snapshot_first_sixth_per_second": rates[0],
        "snapshot_last_sixth_per_second": rates[-1],
        "snapshot_last_to_first": rates[-1] / rates[0],
    }
