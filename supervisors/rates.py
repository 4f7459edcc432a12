"""Throughput and latency of this process, from its own Prometheus metrics: the difference of two readings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from prometheus_client import REGISTRY, CollectorRegistry
from pydantic import TypeAdapter

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


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process did in a while. `handling` and `waited` count attempts by the limit of their bucket in
    seconds, each attempt once; so those of several processes, and of several whiles, can be added.
    """

    accepted: int = 0
    handled: int = 0
    replies: int = 0
    handling: dict[float, int] = field(default_factory=dict)
    waited: dict[float, int] = field(default_factory=dict)


MEASURED = TypeAdapter(Measured)


class Rates:
    """Remembers the reading before."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._metrics = registry.restricted_registry([*_COUNTERS, *_HISTOGRAMS])
        self._before = self._read()

    def measure(self) -> Measured:
        """What was done since it was asked last."""
        before, now = self._before, self._read()
        self._before = now
        accepted, handled, replies = (
            max(int(now[0][name] - before[0][name]), 0) for name in _COUNTERS.values()
        )
        handling, waited = (_each(now[1][name], before[1][name]) for name in _HISTOGRAMS.values())
        return Measured(accepted, handled, replies, handling, waited)

    def _read(self) -> tuple[dict[str, float], dict[str, dict[float, float]]]:
        counters = dict.fromkeys(_COUNTERS.values(), 0.0)
        buckets: dict[str, dict[float, float]] = {name: {} for name in _HISTOGRAMS.values()}
        for sample in (sample for metric in self._metrics.collect() for sample in metric.samples):
            if (name := _COUNTERS.get(sample.name)) is not None:
                if sample.labels.get("status", "accepted") in IN_LINE:
                    counters[name] += sample.value
            elif (name := _HISTOGRAMS.get(sample.name)) is not None:
                limit = float(sample.labels["le"])
                buckets[name][limit] = buckets[name].get(limit, 0.0) + sample.value
        return counters, buckets


def together(measured: Iterable[Measured]) -> Measured:
    """What several did, or one in several whiles."""
    accepted = handled = replies = 0
    handling: dict[float, int] = {}
    waited: dict[float, int] = {}
    for one in measured:
        accepted, handled, replies = accepted + one.accepted, handled + one.handled, replies + one.replies
        for total, counts in ((handling, one.handling), (waited, one.waited)):
            for limit, count in counts.items():
                total[limit] = total.get(limit, 0) + count
    return Measured(accepted, handled, replies, handling, waited)


def quantile(share: float, counts: dict[float, int]) -> float | None:
    """Return the value below which this share of the observations lies, as Prometheus reckons it: evenly
    spread within a bucket, and the last limit for what is beyond it. None where there is none.
    """
    rank = share * sum(counts.values())
    lower, before = 0.0, 0
    for limit, count in sorted(counts.items()):
        if rank and before + count >= rank:
            return lower if limit == inf else lower + (limit - lower) * (rank - before) / count
        lower, before = limit, before + count
    return None


def _each(later: dict[float, float], earlier: dict[float, float]) -> dict[float, int]:
    """How many came into each bucket, from counts that include those of the smaller ones. An empty bucket is
    left out, but for the one below another: its limit says where that begins.
    """
    found: dict[float, int] = {}
    below, before = 0.0, None
    for limit in sorted(later):
        grown = later[limit] - earlier.get(limit, 0.0)
        if (count := round(grown - below)) > 0:
            if before is not None:
                found.setdefault(before, 0)
            found[limit] = count
        below, before = grown, limit
    return found
