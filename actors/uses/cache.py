"""What is dear to find out and may be a little old, kept for a while for all processes: an answer of another
server, a list that many look at.

Nothing may depend on its being there: it ends with its time, goes earlier where a bot keeps too much, and
where the store is away there is nothing, and nothing is kept.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from prometheus_client import Counter

from mailroom.actors.metrics import child
from mailroom.actors.uses.brief import Brief
from mailroom.storage.errors import StoreUnavailable

KEY_BYTES_MAX = 200
VALUE_BYTES_MAX = 256 * 1024
BOT_BYTES_MAX = 16 * 2**20
"""Of one bot, each value with 256 for itself: the store holds the mailboxes, and they come first."""
SECONDS_MAX = 24 * 3600.0

LOOKS = Counter("mailroom_cache_looks_total", "Looks into the cache of a bot, by outcome", ["bot", "outcome"])


class Kept(Protocol):
    """What all processes have (`storage/redis/caches.py`)."""

    async def get(self, bot: str, key: str) -> bytes | None:
        """What is kept."""

    async def put(self, bot: str, key: str, value: bytes, ms: int, bytes_max: int) -> None:
        """Keep it."""

    async def drop(self, bot: str, key: str, bytes_max: int) -> None:
        """Keep it no longer."""


class Cache:
    """The caches of all bots of a process; without `kept` there is never anything."""

    def __init__(self, kept: Kept | None = None) -> None:
        self.kept = kept
        self.brief = Brief("cache_away")


class RoomCache:
    """The cache of one bot: no other's has the same keys."""

    def __init__(self, cache: Cache, bot: str) -> None:
        self._kept = cache.kept
        self._brief = cache.brief
        self._bot = bot

    async def get(self, key: str) -> bytes | None:
        """What is kept under this key; None where there is nothing, or the store is away."""
        _require_key(key)
        if (kept := self._kept) is None:
            return None
        try:
            found = await self._brief.ask(lambda: kept.get(self._bot, key))
        except StoreUnavailable:
            child(LOOKS, self._bot, "away").inc()
            return None
        child(LOOKS, self._bot, "miss" if found is None else "hit").inc()
        return found

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value for so long. Raises `ValueError` for a key or a value that is too large, and for a
        time that is none, or longer than a day.
        """
        _require_key(key)
        if len(value) > VALUE_BYTES_MAX:
            raise ValueError(f"a value of {len(value)} bytes; the cache takes {VALUE_BYTES_MAX} at most")
        if not 0.001 <= seconds <= SECONDS_MAX:
            raise ValueError(f"to be kept for {seconds:g} s; the cache keeps things for a day at most")
        if (kept := self._kept) is not None:
            await self._do(lambda: kept.put(self._bot, key, value, round(seconds * 1000), BOT_BYTES_MAX))

    async def drop(self, key: str) -> None:
        """Keep it no longer. Where the store is away it stays until its time is over."""
        _require_key(key)
        if (kept := self._kept) is not None:
            await self._do(lambda: kept.drop(self._bot, key, BOT_BYTES_MAX))

    async def _do(self, call: Callable[[], Awaitable[None]]) -> None:
        with suppress(StoreUnavailable):  # said already
            await self._brief.ask(call)


def _require_key(key: str) -> None:
    size = len(key.encode("utf-8", "surrogatepass"))
    if not 1 <= size <= KEY_BYTES_MAX:
        raise ValueError(f"a key of {size} bytes; the cache takes 1 to {KEY_BYTES_MAX}")
