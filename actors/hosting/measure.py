"""What a bot has counted of itself every few seconds, because no single event tells of it.

    SOLD_OUT = Gauge("mailroom_shop_products_sold_out", "Products on sale of which none is left", ["bot"])

    def measure(room: Room[Options]) -> Measure:
        return Measure({"sold_out": child(SOLD_OUT, room.bot)}, partial(count, room.database))

    PARTS = Parts(..., measure=measure)

Every process counts, and it is the same number whoever does: queries take `max` over the processes.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from prometheus_client import Gauge


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted of one bot, and how."""

    gauges: Mapping[str, Gauge]
    """What is shown, by a name of the bot's own; each for the one value of its labels."""
    count: Callable[[], Awaitable[Mapping[str, float]]]
    """Awaited on the asyncio side: the numbers by the same names, 0 where there is none of it. When it fails,
    or takes longer than the platform waits, all of them become NaN.
    """
