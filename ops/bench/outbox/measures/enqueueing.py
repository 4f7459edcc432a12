"""How many jobs a second can be enqueued: by one caller, by 64 at once, in batches of 500."""

from mailroom.ops.bench.outbox.entrant import BATCH, Entrant
from mailroom.ops.bench.outbox.measures import Figures
from mailroom.ops.bench.outbox.plan import Plan

CALLERS = 64


def one_caller(entrant: Entrant, plan: Plan) -> Figures:
    """Who waits for every job before the next."""
    return _enqueue(entrant, "enqueue_1_caller", "concurrently", callers=1, seconds=plan.enqueue_seconds)


def many_callers(entrant: Entrant, plan: Plan) -> Figures:
    """As the handlers of a busy process do it."""
    seconds = plan.enqueue_seconds
    return _enqueue(entrant, f"enqueue_{CALLERS}_callers", "concurrently", callers=CALLERS, seconds=seconds)


def in_batches(entrant: Entrant, plan: Plan) -> Figures:
    """Where somebody has many jobs at once."""
    if not entrant.contestant.has_batches:
        return {}
    return _enqueue(entrant, f"enqueue_batch_{BATCH}", "in_batches", size=BATCH, seconds=plan.enqueue_seconds)


def _enqueue(entrant: Entrant, what: str, do: str, **how: float) -> Figures:
    entrant.clear()
    began = entrant.producer.cpu_seconds()
    did = entrant.producer.ask(do, **how)
    spent = entrant.producer.cpu_seconds() - began
    return {
        f"{what}_per_second": did["jobs"] / did["seconds"],
        f"{what}_producer_cpu_us": spent / did["jobs"] * 1e6,
    }
