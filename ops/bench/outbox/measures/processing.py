"""How many jobs a second one worker gets through that do nothing, from a backlog."""

from mailroom.ops.bench.outbox.entrant import Entrant
from mailroom.ops.bench.outbox.measures import Figures
from mailroom.ops.bench.outbox.plan import Plan


def processing(entrant: Entrant, plan: Plan) -> Figures:
    """From the first job's handler until the end of the last is on disk."""
    jobs = int(entrant.contestant.speed * plan.process_seconds)
    entrant.clear()
    entrant.load(jobs)
    with entrant.worker(warm=False) as worker:
        began = worker.cpu_seconds()
        entrant.wait_for(worker, jobs, plan.long_seconds_max)
        ended_at = entrant.wait_until_finished(worker)
        spent = worker.cpu_seconds() - began
        first_at: float = worker.ask("report", segment=0)["first_at"]
    return {
        "process_per_second": jobs / (ended_at - first_at),
        "process_worker_cpu_us": spent / jobs * 1e6,
    }
