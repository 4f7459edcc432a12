"""From the values of the rounds to the figures that are reported."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any


def summary(values: Sequence[float]) -> float | Mapping[str, float]:
    """The median of the rounds, and the least; the value itself if there was one round."""
    if len(values) == 1:
        return _rounded(values[0])
    return {"median": _rounded(median(values)), "min": _rounded(min(values))}


def typical(figures: Mapping[str, Any], name: str) -> float | None:
    """One figure of a contestant, the median if there were rounds; None if it was not measured."""
    value = figures.get(name)
    return None if value is None else float(value["median"] if isinstance(value, Mapping) else value)


def _rounded(value: float) -> float:
    return round(value) if abs(value) >= 100 else round(value, 2)
