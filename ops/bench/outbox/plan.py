"""How much is measured: in full, and in short."""

from dataclasses import dataclass

SPEED_OF_LONG_RUNS = 4_000
"""Who does fewer jobs a second gets fewer of them in the long runs, which would take it an hour otherwise."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of a run."""

    rounds: int = 3
    enqueue_seconds: float = 1.5
    process_seconds: float = 2.0
    """A backlog is as large as a contestant is expected to do in this time."""
    pickups: int = 100
    pickups_per_second: float = 20.0
    rates: tuple[int, ...] = (2_000, 5_000)
    rate_seconds: float = 8.0
    snapshot_jobs: int = 120_000
    through_jobs: int = 100_000
    long_seconds_max: float = 180.0
    """A contestant that takes longer is judged by what it did till then."""

    def affordable(self, jobs: int, speed: float) -> int:
        """As many of these jobs as a contestant gets."""
        return max(60, int(jobs * min(1.0, speed / SPEED_OF_LONG_RUNS)))


FULL = Plan()
QUICK = Plan(
    rounds=1,
    enqueue_seconds=0.5,
    process_seconds=0.5,
    pickups=30,
    rate_seconds=2.0,
    snapshot_jobs=12_000,
    through_jobs=10_000,
    long_seconds_max=30.0,
)
