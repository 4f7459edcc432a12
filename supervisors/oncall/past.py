"""On-call looks back: throughput and latency of the whole installation over the last hours."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from mailroom.storage.redis.history import KEPT_SECONDS, STEP_SECONDS, History
from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.registry import now_ms
from mailroom.supervisors.rates import MEASURED, Measured, quantile, together

POINTS_MAX = 360
"""What a chart can show."""


@dataclass(frozen=True, slots=True)
class Point:
    """A while of all processes, from `at_ms` on. Rates are per second, percentiles in seconds; they are None
    where there was nothing to measure.
    """

    at_ms: int
    accepted: float
    handled: float
    replies: float
    handling_p50: float | None
    handling_p99: float | None
    waited_p50: float | None
    waited_p99: float | None


@dataclass(frozen=True, slots=True)
class Past:
    """Points, the oldest first, each of so many seconds. A while in which no process ran has none."""

    step_seconds: int
    points: list[Point]


class LookingBack:
    """What on-call can see of the time before it came."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def points(self, seconds: int = KEPT_SECONDS, *, most: int = POINTS_MAX, since_ms: int = 0) -> Past:
        """The last so many seconds in at most so many points; with `since_ms` only those from then on."""
        seconds = min(max(seconds, STEP_SECONDS), KEPT_SECONDS)
        of_steps = max(1, -(-seconds // (STEP_SECONDS * max(most, 1))))
        step_ms = STEP_SECONDS * 1000
        until = await now_ms(self._context.line) // step_ms
        first = max(until - seconds // STEP_SECONDS, since_ms // step_ms)
        first -= first % of_steps  # else a point would be another each time
        found = await History(self._context.line).read(first, until)
        measured = {step: [*_read(all_)] for step, all_ in found.items()}
        points = []
        for start in range(first, until + 1, of_steps):
            steps = [step for step in range(start, start + of_steps) if step in measured]
            if steps:
                whole = together(one for step in steps for one in measured[step])
                points.append(_point(start * step_ms, len(steps) * STEP_SECONDS, whole))
        return Past(of_steps * STEP_SECONDS, points)


def _read(all_: list[bytes]) -> Iterator[Measured]:
    for text in all_:
        try:
            yield MEASURED.validate_json(text)
        except ValidationError:  # of another version
            continue


def _point(at_ms: int, seconds: int, whole: Measured) -> Point:
    return Point(
        at_ms,
        round(whole.accepted / seconds, 3),
        round(whole.handled / seconds, 3),
        round(whole.replies / seconds, 3),
        quantile(0.5, whole.handling),
        quantile(0.99, whole.handling),
        quantile(0.5, whole.waited),
        quantile(0.99, whole.waited),
    )
