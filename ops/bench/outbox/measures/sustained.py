"""How long a job takes from being wanted to its handler, while so many a second are wanted."""

from mailroom.ops.bench.outbox.contestants import OURS
from mailroom.ops.bench.outbox.entrant import Entrant
from mailroom.ops.bench.outbox.measures import Figures
from mailroom.ops.bench.outbox.plan import Plan

PATIENCE_SECONDS = 5.0
"""For whoever does not keep up: the rest is not waited for."""
LAG_SECONDS_MAX = 1.0
"""Who is done so soon after the last job was wanted has kept up."""


def sustained(entrant: Entrant, plan: Plan) -> Figures:
    """One rate after the other. Who does not keep up with one is spared the next."""
    figures: dict[str, float | None] = {}
    for rate in plan.rates:
        at_rate, kept_up = _at(entrant, rate, int(rate * plan.rate_seconds))
        figures |= {f"at_{rate}_a_second_{name}": value for name, value in at_rate.items()}
        if not kept_up and entrant.name != OURS:
            break
    return figures


def _at(entrant: Entrant, rate: int, jobs: int) -> tuple[dict[str, float | None], bool]:
    entrant.clear()
    with entrant.worker(warm=True) as worker:
        did = entrant.producer.ask(
            "at_a_rate", per_second=rate, jobs=jobs, seconds_max=PATIENCE_SECONDS, answer_seconds_max=300
        )
        entrant.wait_for(worker, jobs, PATIENCE_SECONDS)
        found = worker.ask("report", segment=0)
    last_at = found["last_at"] or did["ended_at"]
    took = last_at - (did["ended_at"] - did["seconds"])
    kept_up = found["handled"] >= jobs and last_at - did["ended_at"] < LAG_SECONDS_MAX
    return {
        "done_per_second": found["handled"] / took,
        "p50_ms": found["p50_ms"],
        "p99_ms": found["p99_ms"],
        "max_ms": found["max_ms"],
    }, kept_up
