"""What bots keep for a while, in Redis: each bot so many bytes and no more, each value with its end."""

from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.scripts import script

_CACHE = script("cache")


class Caches:
    """The caches of one Redis. A call that fails may have taken effect."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def get(self, bot: str, key: str) -> bytes | None:
        """What is kept; None where there is nothing, or no more."""
        found: bytes | None = await self._line.command("GET", f"{_prefix(bot)}value:{key}")
        return found

    async def put(self, bot: str, key: str, value: bytes, ms: int, bytes_max: int) -> None:
        """Keep a value for so many ms. What ends first goes first, where the bot would have more bytes."""
        await self._line.run(_CACHE, _prefix(bot), key, bytes_max, value, ms)

    async def drop(self, bot: str, key: str, bytes_max: int) -> None:
        """Keep it no longer."""
        await self._line.run(_CACHE, _prefix(bot), key, bytes_max)


def _prefix(bot: str) -> str:
    return f"mailroom:{{cache:{bot}}}:"
