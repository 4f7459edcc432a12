"""Throughput and latency from the process's own metrics."""

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram

from ingress.rates import LATENCY_SECONDS, POINTS_MAX, Rates, quantile

INF = float("inf")


@pytest.fixture
def metrics():
    registry = CollectorRegistry()
    registry.updates = Counter("mailroom_updates_total", "-", ["bot", "status"], registry=registry)
    registry.handled = Counter("mailroom_messages_handled_total", "-", ["bot", "verdict"], registry=registry)
    registry.replies = Counter("mailroom_replies_total", "-", ["bot"], registry=registry)
    registry.handling = Histogram("mailroom_handling_seconds", "-", ["bot"], registry=registry)
    registry.waited = Histogram("mailroom_waited_seconds", "-", ["bot"], registry=registry)
    return registry


def test_rates_are_what_came_since_the_last_reading(metrics) -> None:
    metrics.updates.labels("shop", "accepted").inc(1000)
    rates = Rates(metrics)
    assert rates.measure(0.0, 0) is None
    metrics.updates.labels("shop", "accepted").inc(6)
    metrics.updates.labels("chat", "suspended").inc(2)
    metrics.updates.labels("shop", "duplicate").inc(50)
    metrics.handled.labels("shop", "done").inc(4)
    metrics.replies.labels("shop").inc(3)
    point = rates.measure(2.0, 2000)
    assert (point.at_ms, point.accepted, point.handled, point.replies) == (2000, 4.0, 2.0, 1.5)
    assert rates.measure(3.0, 3000).accepted == 0


def test_percentiles_are_of_the_last_seconds_and_of_all_bots(metrics) -> None:
    rates = Rates(metrics)
    for _ in range(1000):
        metrics.handling.labels("shop").observe(9.0)
    rates.measure(0.0, 0)
    for _ in range(99):
        metrics.handling.labels("shop").observe(0.06)
    metrics.handling.labels("chat").observe(4.0)
    point = rates.measure(1.0, 1000)
    assert 0.05 < point.handling_p50 < 0.075
    assert point.handling_p99 == pytest.approx(0.075)
    assert (point.waited_p50, point.waited_p99) == (None, None)
    for second in range(2, int(LATENCY_SECONDS) + 2):
        point = rates.measure(float(second), second * 1000)
    assert point.handling_p50 is None


def test_after_a_pause_nothing_is_averaged_over_it(metrics) -> None:
    rates = Rates(metrics)
    rates.measure(0.0, 0)
    metrics.replies.labels("shop").inc(3600)
    assert rates.measure(3600.0, 0) is None
    assert rates.measure(3601.0, 0).replies == 0


def test_the_memory_of_points_is_bounded(metrics) -> None:
    rates = Rates(metrics)
    for second in range(POINTS_MAX + 5):
        rates.measure(float(second), second)
    assert len(rates.points) == POINTS_MAX


@pytest.mark.parametrize(
    ("share", "buckets", "value"),
    [
        (0.5, [], None),
        (0.5, [(1.0, 0), (INF, 0)], None),
        (0.5, [(1.0, 10), (2.0, 10), (INF, 10)], 0.5),
        (0.5, [(1.0, 0), (2.0, 10), (INF, 10)], 1.5),
        (0.99, [(1.0, 0), (2.0, 10), (INF, 1000)], 2.0),
        (0.99, [(INF, 100), (2.0, 100), (1.0, 100)], 0.99),
    ],
)
def test_a_quantile_is_reckoned_as_prometheus_does(share, buckets, value) -> None:
    assert quantile(share, buckets) == (value if value is None else pytest.approx(value))
