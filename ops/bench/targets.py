"""The ratios that are reported, and what each of them should be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mailroom.ops.bench.outbox.figures import typical

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One figure to reach. `at_most`: smaller is better."""

    bench: str
    name: str
    bound: float
    compute: Callable[[Figures], float | None]
    """Nothing where the run was too short to tell."""
    unit: str = "x"
    at_most: bool = False
    needs: tuple[str, ...] = ()
    """Contestants that not every run has."""


def _rate(ours: str, theirs: str, figure: str = "updates_per_second") -> Callable[[Figures], float]:
    return lambda found: float(found[ours][figure] / found[theirs][figure])


def _outbox(
    figure: str, peers: tuple[str, ...] = (), ours_is: str = "mailroom"
) -> Callable[[Figures], float | None]:
    """A figure of ours, to the greatest of these peers; nothing where it was not measured."""

    def compute(found: Figures) -> float | None:
        ours = typical(found[ours_is], figure)
        theirs = [typical(found[peer], figure) for peer in peers if peer in found]
        known = [one for one in theirs if one is not None]
        if ours is None or (peers and not known):
            return None
        return ours / max(known) if peers else ours

    return compute


TARGETS = (
    Target("spine", "updates a second, to stock aiogram", 1.3, _rate("mailroom", "aiogram")),
    Target(
        "spine", "updates a second, to aiogram with isolation", 2.0, _rate("mailroom", "aiogram_isolated")
    ),
    Target(
        "spine",
        "web and worker apart, to one process",
        1.0,
        _rate("mailroom_web_worker", "mailroom"),
        needs=("mailroom_web_worker",),
    ),
    Target("flood", "one chat, to aiogram with isolation", 20.0, _rate("mailroom", "aiogram_isolated")),
    Target(
        "neighbour",
        "reply p99 beside a flood, to quiet",
        1.5,
        lambda found: float(
            found["mailroom"]["flooded_reply_p99_ms"] / found["mailroom"]["quiet_reply_p99_ms"]
        ),
        at_most=True,
    ),
    Target(
        "accept", "durable accepts, to an echo", 0.75, _rate("mailroom_web", "echo", "accepts_per_second")
    ),
    Target(
        "ack",
        "ack p99 at half of the greatest rate",
        50.0,
        lambda found: float(found["mailroom"]["ack_p99_ms"]),
        unit="ms",
        at_most=True,
    ),
    Target("dispatch", "stock cost, to ours", 3.0, _rate("aiogram", "mailroom", "ms_per_update")),
    Target(
        "memory",
        "an idle resident chat",
        8192,
        lambda found: float(found["mailroom"]["bytes_per_resident_chat"]),
        unit="bytes",
        at_most=True,
    ),
    Target(
        "memory",
        "a passivated chat",
        200,  # what is left of a measurement's noise over some thousand chats
        lambda found: found["mailroom"]["bytes_per_passivated_chat"],
        unit="bytes",
        at_most=True,
    ),
    Target(
        "outbox",
        "64 callers that enqueue, to PgQueuer",
        5.0,
        _outbox("enqueue_64_callers_per_second", ("pgqueuer",)),
        needs=("pgqueuer",),
    ),
    Target(
        "outbox",
        "batches of 500 jobs like PgQueuer's, to PgQueuer",
        2.0,
        _outbox("enqueue_batch_500_per_second", ("pgqueuer",), "mailroom_plain"),
        needs=("pgqueuer", "mailroom_plain"),
    ),
    Target(
        "outbox",
        "batches with key, deduplication and origin on each job",
        2.0,
        _outbox("enqueue_batch_500_per_second", ("pgqueuer",)),
        needs=("pgqueuer",),
    ),
    Target(
        "outbox",
        "no-op jobs like PgQueuer's, to its best setting",
        2.0,
        _outbox("process_per_second", ("pgqueuer", "pgqueuer_500"), "mailroom_plain"),
        needs=("pgqueuer", "mailroom_plain"),
    ),
    Target(
        "outbox",
        "no-op jobs with key, deduplication and origin",
        2.0,
        _outbox("process_per_second", ("pgqueuer", "pgqueuer_500")),
        needs=("pgqueuer",),
    ),
    Target(
        "outbox",
        "pickup p50 on an idle queue, to PgQueuer",
        1.0,
        _outbox("pickup_p50_ms", ("pgqueuer",)),
        at_most=True,
        needs=("pgqueuer",),
    ),
    Target(
        "outbox",
        "p99 to the handler at 5 000 jobs a second",
        50.0,
        _outbox("at_5000_a_second_p99_ms"),
        unit="ms",
        at_most=True,
    ),
    Target(
        "outbox",
        "under an old snapshot, last jobs to first",
        0.7,
        _outbox("snapshot_last_to_first"),
    ),
)


def ratios(found: Figures) -> list[dict[str, Any]]:
    """Every target whose benchmark was run, with its figure and whether it is reached."""
    reached = []
    for target in TARGETS:
        if target.bench not in found or "failed" in found[target.bench]:
            continue
        if any(name not in found[target.bench] for name in target.needs):
            continue  # a quick run leaves it out
        value = target.compute(found[target.bench])
        if value is None:
            continue
        met = value <= target.bound if target.at_most else value >= target.bound
        reached.append(
            {
                "bench": target.bench,
                "name": target.name,
                "value": round(value, 2),
                "unit": target.unit,
                "target": f"{'<=' if target.at_most else '>='} {target.bound:g}",
                "met": met,
            }
        )
    return reached
