"""Metrics with labels, cheaply: the child of each combination of labels is looked up once."""

from functools import cache
from typing import TypeVar, cast

from prometheus_client.metrics import MetricWrapperBase

M = TypeVar("M", bound=MetricWrapperBase)


def child(metric: M, *labels: str) -> M:
    """The metric for these labels. `metric.labels` takes a lock and makes a tuple each time, and a message
    counts eight.
    """
    return cast(M, _child(metric, *labels))


@cache
def _child(metric: MetricWrapperBase, *labels: str) -> MetricWrapperBase:
    return metric.labels(*labels)
