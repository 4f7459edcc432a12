"""What is measured: each function has one contestant do something once, and returns the figures of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailroom.ops.bench.outbox.entrant import Entrant
from mailroom.ops.bench.outbox.plan import Plan

Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured, in as many rounds as the plan says, or once where it is long by itself."""

    name: str
    run: Callable[[Entrant, Plan], Figures]
    once: bool = False
