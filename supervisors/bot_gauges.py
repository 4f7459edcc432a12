"""What bots have counted of themselves; measured every few seconds beside the jobs.

A bot that cannot be counted stands alone: what it shows becomes NaN, its last numbers would look as if all
were well, and the counting of everything else goes on.
"""

from math import nan

import trio
from prometheus_client import Gauge
from structlog import get_logger

from mailroom.actors.hosting.measure import Measure
from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio

log = get_logger("mailroom.gauges")

COUNT_SECONDS_MAX = 5.0
"""Past this counting is given up: Postgres has better things to do."""

MEASURED = Gauge("mailroom_bot_measured", "Whether what a bot counts of itself could be counted", ["bot"])


class BotGauges:
    """The gauges of one bot."""

    def __init__(self, bot: str, measure: Measure) -> None:
        self._bot = bot
        self._measure = measure
        self._measured = True

    async def count(self) -> None:
        """Count once. The log is told when it becomes possible or impossible."""
        why = f"no answer within {COUNT_SECONDS_MAX:.0f} s"
        numbers = dict.fromkeys(self._measure.gauges, nan)
        try:
            with trio.move_on_after(COUNT_SECONDS_MAX):
                counted = await aio(self._measure.count)
                numbers = {name: counted[name] for name in numbers}
                why = ""
        except Exception as error:  # a bot's own mistake is no reason to stop measuring the others
            why = f"{type(error).__name__}: {error}"
        for name, number in numbers.items():
            self._measure.gauges[name].set(number)
        child(MEASURED, self._bot).set(not why)
        if why and self._measured:
            log.error("bot_not_measured", bot=self._bot, why=why)
        elif not why and not self._measured:
            log.info("bot_measured_again", bot=self._bot)
        self._measured = not why
