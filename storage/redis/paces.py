"""How often outside accounts are called, by all processes together: a key each, which ends by itself."""

from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.scripts import script

_PACE = script("pace")

KEY = "mailroom:pace:"


class Paces:
    """The paces of one Redis. A call that fails may have taken a place."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def take(self, account: str, most: int, interval_ms: float, cost: int, longest_ms: int) -> int:
        """Take a place among calls of which `most` go at once, one more after each interval: in how many ms
        it is. Where that is longer than `longest_ms` none is taken, and the answer is -1 less so many.
        """
        return int(await self._line.run(_PACE, KEY + account, most, interval_ms, cost, longest_ms))

    async def pause(self, account: str, ms: int) -> None:
        """Let nobody call for so long; places that were taken stay as they are."""
        await self._line.run(_PACE, KEY + account, "pause", ms)
