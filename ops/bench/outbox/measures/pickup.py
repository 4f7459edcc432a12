"""How soon a job starts when there is nothing else to do: from the call that enqueues it to its handler."""

from mailroom.ops.bench.outbox.entrant import Entrant
from mailroom.ops.bench.outbox.measures import Figures
from mailroom.ops.bench.outbox.plan import Plan

PATIENCE_SECONDS = 15.0


def pickup(entrant: Entrant, plan: Plan) -> Figures:
    """One job at a time, the queue empty before each."""
    entrant.clear()
    with entrant.worker(warm=True) as worker:
        entrant.producer.ask(
            "at_a_rate",
            per_second=plan.pickups_per_second,
            jobs=plan.pickups,
            seconds_max=PATIENCE_SECONDS,
            evenly=True,
        )
        entrant.wait_for(worker, plan.pickups, PATIENCE_SECONDS)
        found = worker.ask("report", segment=0)
    return {"pickup_p50_ms": found["p50_ms"], "pickup_p99_ms": found["p99_ms"]}
