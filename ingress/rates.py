"""Throughput and latency of this process, from its own Prometheus metrics: the difference of two readings."""

from collections import deque
from dataclasses import dataclass, field
from math import inf

from prometheus_client import REGISTRY, CollectorRegistry

_COUNTERS = {
    "mailroom_updates_total": "accepted",
    "mailroom_messages_handled_total": "handled",
    "mailroom_replies_total": "replies",
}
_HISTOGRAMS = {
    "mailroom_handling_seconds_bucket": "handling",
    "mailroom_waited_seconds_bucket": "waited",
}
IN_LINE = frozenset({"accepted", "suspended"})
"""What became of an update that is now in line; the other updates are not counted."""
LATENCY_SECONDS = 10.0
"""Percentiles are of so long: of a single second there are too few to speak of."""
POINTS_MAX = 300
"""Five minutes at one a second: what a chart shows."""


@dataclass(frozen=True, slots=True)
class Point:
    """One second. Rates are per second, percentiles in seconds; None where there was nothing to measure."""

    at_ms: int
    accepted: float
    handled: float
    replies: float
    handling_p50: float | None
    handling_p99: float | None
    waited_p50: float | None
    waited_p99: float | None


@dataclass(slots=True)
class _Reading:
    at: float
    counters: dict[str, float] = field(default_factory=dict)
    buckets: dict[str, dict[float, float]] = field(default_factory=dict)


class Rates:
    """Remembers earlier readings, and what was made of them: `points`, oldest first."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._metrics = registry.restricted_registry([*_COUNTERS, *_HISTOGRAMS])
        self._readings: deque[_Reading] = deque()
        self.points: deque[Point] = deque(maxlen=POINTS_MAX)

    def measure(self, now: float, at_ms: int) -> Point | None:
        """Take a reading; None for the first, also after a pause: an average over it would say nothing."""
        reading = self._read(now)
        if self._readings and now - self._readings[-1].at > LATENCY_SECONDS:
            self._readings.clear()
        while len(self._readings) > 1 and self._readings[1].at <= now - LATENCY_SECONDS:
            self._readings.popleft()
        self._readings.append(reading)
        if len(self._readings) == 1:
            return None
        last, far = self._readings[-2], self._readings[0]
        rate = {
            name: max(0.0, (reading.counters[name] - last.counters[name]) / max(now - last.at, 1e-3))
            for name in _COUNTERS.values()
        }
        percentile = {
            f"{name}_p{percent}": quantile(percent / 100, _grown(reading.buckets[name], far.buckets[name]))
            for name in _HISTOGRAMS.values()
            for percent in (50, 99)
        }
        point = Point(at_ms, **rate, **percentile)  # type: ignore[arg-type] # the rates are never None
        self.points.append(point)
        return point

    def _read(self, now: float) -> _Reading:
        reading = _Reading(
            now, dict.fromkeys(_COUNTERS.values(), 0.0), {name: {} for name in _HISTOGRAMS.values()}
        )
        for sample in (sample for metric in self._metrics.collect() for sample in metric.samples):
            if (name := _COUNTERS.get(sample.name)) is not None:
                if sample.labels.get("status", "accepted") in IN_LINE:
                    reading.counters[name] += sample.value
            elif (name := _HISTOGRAMS.get(sample.name)) is not None:
                limit = float(sample.labels["le"])
                reading.buckets[name][limit] = reading.buckets[name].get(limit, 0.0) + sample.value
        return reading


def quantile(share: float, buckets: list[tuple[float, float]]) -> float | None:
    """Return the value below which this share of the observations lies, as Prometheus reckons it: evenly
    spread within a bucket, and the last limit for what is beyond it. `buckets` are cumulative, by limit.
    """
    buckets = sorted(buckets)
    rank = share * buckets[-1][1] if buckets else 0.0
    lower, before = 0.0, 0.0
    for limit, count in buckets:
        if rank and count >= rank:
            return lower if limit == inf else lower + (limit - lower) * (rank - before) / (count - before)
        lower, before = limit, count
    return None


def _grown(later: dict[float, float], earlier: dict[float, float]) -> list[tuple[float, float]]:
    return [(limit, count - earlier.get(limit, 0.0)) for limit, count in later.items()]
