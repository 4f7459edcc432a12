"""What may be done only so often, counted for all processes together: a key each, which ends by itself."""

from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.scripts import script

_ALLOW = script("allow")

KEY = "mailroom:allowance:"


class Allowances:
    """The counts of one Redis. A call that fails may have counted."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def take(self, key: str, most: int, interval_ms: float) -> int:
        """Take one of `most`, which come back one after each interval. 0, or how many ms there is none."""
        return await self._run(key, most, interval_ms, "take")

    async def look(self, key: str, most: int, interval_ms: float) -> int:
        """The same, without taking it."""
        return await self._run(key, most, interval_ms, "look")

    async def _run(self, key: str, most: int, interval_ms: float, what: str) -> int:
        return int(await self._line.run(_ALLOW, KEY + key, most, interval_ms, what))
