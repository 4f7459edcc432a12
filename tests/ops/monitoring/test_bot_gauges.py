"""What bots count of themselves is shown as it is, not as it was; one that cannot be counted stands alone."""

import asyncio
import math

import pytest
import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from mailroom.actors.hosting.measure import Measure
from mailroom.actors.runtime import host
from mailroom.supervisors import bot_gauges
from mailroom.supervisors.bot_gauges import BotGauges
from tests.ops.monitoring.test_gauges import Present, quick, value, watch_until

__all__ = ["quick"]


class Stall:
    """A bot that counts its apples; told an error it fails with it, told `...` it never answers."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.gauge = Gauge("apples", "Apples on the stall", registry=CollectorRegistry())
        self.measure = Measure({"apples": self.gauge}, self.count)

    async def count(self):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if answer is ...:
            await asyncio.Event().wait()
        return {"apples": answer}

    @property
    def shown(self):
        return self.gauge._value.get()


def count(stall, times=1):
    """Count so often; what was logged."""

    async def main():
        counted = BotGauges("stall", stall.measure)
        for _ in range(times):
            await counted.count()

    with structlog.testing.capture_logs() as lines:
        host.run(main)
    return [line["event"] for line in lines]


def measured(bot="stall"):
    return REGISTRY.get_sample_value("mailroom_bot_measured", {"bot": bot})


def test_what_a_bot_counts_is_shown() -> None:
    stall = Stall(3, 0)
    assert count(stall) == []
    assert (stall.shown, measured()) == (3, 1)
    count(stall)
    assert stall.shown == 0


@pytest.mark.parametrize("trouble", [RuntimeError("the apples fell"), ConnectionRefusedError("nobody"), ...])
def test_what_cannot_be_counted_is_not_shown_as_it_was_and_said_once(trouble, monkeypatch) -> None:
    monkeypatch.setattr(bot_gauges, "COUNT_SECONDS_MAX", 0.05)
    stall = Stall(3, trouble, trouble)
    assert count(stall, times=3) == ["bot_not_measured"]
    assert math.isnan(stall.shown)
    assert measured() == 0


def test_a_bot_that_leaves_out_what_it_promised_is_not_measured() -> None:
    stall = Stall(3)
    stall.measure = Measure({"apples": stall.gauge, "pears": stall.gauge}, stall.count)
    assert count(stall) == ["bot_not_measured"]
    assert math.isnan(stall.shown)


def test_a_bot_that_can_be_counted_again_is() -> None:
    stall = Stall(RuntimeError("the apples fell"), 2)
    assert count(stall, times=2) == ["bot_not_measured", "bot_measured_again"]
    assert (stall.shown, measured()) == (2, 1)


def test_one_bot_that_fails_every_time_leaves_the_others_measured(quick, clean_redis_url) -> None:
    broken, well = Stall(RuntimeError("the apples fell")), Stall(*range(5))

    def seen():
        return well.shown == 4 and measured("broken") == 0 and value("mailroom_store_up", store="redis") == 1

    measures = {"broken": broken.measure, "well": well.measure}
    assert watch_until(seen, clean_redis_url, Present(), measures=measures)
