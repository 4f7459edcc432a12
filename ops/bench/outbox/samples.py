"""What a worker notes of the jobs it handles, and the figures that come of it."""

import time
from array import array
from collections.abc import Sequence
from typing import Any

from mailroom.ops.bench.outbox.tally import Tally


class Samples:
    """When each job was handled, and how long after it was wanted."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._handled_at = array("d")
        self._latency_seconds = array("d")

    def handle(self, wanted_at: float) -> None:
        """The handler of every job."""
        now = time.monotonic()
        self._handled_at.append(now)
        self._latency_seconds.append(now - wanted_at)
        self._tally.set(len(self._handled_at))

    def forget(self) -> None:
        """Begin anew: what came so far was to warm up."""
        del self._handled_at[:], self._latency_seconds[:]
        self._tally.set(0)

    def report(self, segment: int = 0) -> dict[str, Any]:
        """The figures so far; `segment` asks for the rate of every so many jobs."""
        at = self._handled_at
        return {
            "handled": len(at),
            "first_at": at[0] if at else None,
            "last_at": at[-1] if at else None,
            "p50_ms": milliseconds(self._latency_seconds, 0.5),
            "p99_ms": milliseconds(self._latency_seconds, 0.99),
            "max_ms": milliseconds(self._latency_seconds, 1.0),
            "segments": rates(at, segment) if segment else [],
        }


def rates(at: Sequence[float], segment: int) -> list[float]:
    """Jobs a second of each full segment, from its first job to the first of the next."""
    return [
        round(segment / max(at[min(start + segment, len(at) - 1)] - at[start], 1e-9), 1)
        for start in range(0, len(at) - segment + 1, segment)
    ]


def milliseconds(seconds: Sequence[float], share: float) -> float | None:
    """The value below which this share of all lies; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 2)
