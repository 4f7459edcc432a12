"""Throughput and latency from the process's own metrics, and what was made of them in the last hours."""

import time

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.history import PAGE_STEPS, STEP_SECONDS
from mailroom.supervisors.history import PENDING_MAX, Recorder
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.rates import MEASURED, Measured, Rates, quantile, together

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


def test_it_is_what_came_since_the_last_reading(metrics) -> None:
    metrics.updates.labels("shop", "accepted").inc(1000)
    rates = Rates(metrics)
    metrics.updates.labels("shop", "accepted").inc(6)
    metrics.updates.labels("chat", "suspended").inc(2)
    metrics.updates.labels("shop", "duplicate").inc(50)
    metrics.handled.labels("shop", "done").inc(4)
    metrics.replies.labels("shop").inc(3)
    assert rates.measure() == Measured(8, 4, 3)
    assert rates.measure() == Measured()


def test_percentiles_are_of_all_bots_and_of_all_processes(metrics) -> None:
    rates = Rates(metrics)
    for bot, seconds in (("shop", 0.03), ("stars", 0.03), ("shop", 0.3), ("shop", 99.0)):
        metrics.handling.labels(bot).observe(seconds)
    one = rates.measure()
    assert one.handling == {0.025: 0, 0.05: 2, 0.25: 0, 0.5: 1, 10.0: 0, INF: 1}
    assert quantile(0.5, one.handling) == 0.05
    both = together([one, Measured(handling={0.25: 0, 0.5: 4})])
    assert 0.25 < quantile(0.5, both.handling) < 0.5
    assert quantile(0.99, both.handling) == 10.0
    assert quantile(0.5, {}) is None


def test_what_is_written_can_be_read_with_what_lies_beyond_the_last_limit() -> None:
    measured = Measured(1, handling={10.0: 0, INF: 2})
    assert MEASURED.validate_json(MEASURED.dump_json(measured, exclude_defaults=True)) == measured
    assert MEASURED.dump_json(Measured(), exclude_defaults=True) == b"{}"


def test_each_process_counts_and_a_time_without_any_is_a_gap(clean_redis_url, metrics) -> None:
    async def main():
        line = Line(clean_redis_url)
        one, two = Recorder(line, Rates(metrics)), Recorder(line, Rates(metrics))
        step = int(time.time() // STEP_SECONDS) - 100
        metrics.updates.labels("shop", "accepted").inc(20)
        await one.write(step)
        await two.write(step)
        await one.write(step + PAGE_STEPS)  # idle, on another page
        past = await aio(lambda: OnCall.over(line).past.points(3600, most=360))
        later = await aio(
            lambda: OnCall.over(line).past.points(3600, most=360, since_ms=(step + 1) * STEP_SECONDS * 1000)
        )
        await aio(line.close)
        return step, past, later

    step, past, later = host.run(main)
    assert past.step_seconds == STEP_SECONDS
    first, idle = past.points
    assert (first.at_ms, first.accepted, first.waited_p50) == (step * STEP_SECONDS * 1000, 4.0, None)
    assert (idle.accepted, later.points) == (0.0, [idle])


def test_what_redis_did_not_take_is_written_when_it_is_back(clean_redis_url, metrics) -> None:
    async def main():
        away, line = Line("redis://127.0.0.1:1/0"), Line(clean_redis_url)
        recorder = Recorder(away, Rates(metrics))
        step = int(time.time() // STEP_SECONDS) - 2
        metrics.replies.labels("shop").inc(10)
        await recorder.write(step)
        assert len(recorder._pending) == 1
        recorder._history._line = line
        await recorder.write(step + 1)
        past = await aio(lambda: OnCall.over(line).past.points(60))
        for one in range(PENDING_MAX + 5):
            recorder._pending[one] = b"{}"
        recorder._history._line = away
        await recorder.write(step + 2)
        assert len(recorder._pending) == PENDING_MAX
        await aio(away.close)
        await aio(line.close)
        return past

    past = host.run(main)
    assert past.points[0].replies == 1.0
