"""From the rounds of a contestant to the figures that are reported."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from mailroom.ops.bench.load import Round


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """Medians, and the raw figure of every round."""
    first = rounds[0]
    return {
        "updates_per_second": round(median(one.per_second for one in rounds), 1),
        "rounds": [round(one.per_second, 1) for one in rounds],
        "ack_p99_ms": milliseconds([seconds for one in rounds for seconds in one.ack_seconds], 0.99),
        "reply_p50_ms": milliseconds([seconds for one in rounds for seconds in one.reply_seconds], 0.5),
        "reply_p99_ms": milliseconds([seconds for one in rounds for seconds in one.reply_seconds], 0.99),
        "cpu_ms_per_update": {
            part: round(median(one.cpu_seconds[part] for one in rounds) / first.updates * 1000, 3)
            for part in first.cpu_seconds
            if part != "others"
        },
        "other_processes_cores": round(
            sum(one.cpu_seconds["others"] for one in rounds) / sum(one.seconds for one in rounds), 2
        ),
        "refused": sum(one.refused for one in rounds),
        "lost": sum(one.lost for one in rounds),
    }


def milliseconds(seconds: Sequence[float], share: float) -> float | None:
    """The value below which this share of all lies, in milliseconds; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1)
