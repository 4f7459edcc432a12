"""The ratios that are reported, and what each of them should be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
