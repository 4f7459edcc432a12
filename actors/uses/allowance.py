"""What somebody may do only so often: calls of a page, orders, wrong tokens.

It is taken before the act, in one step, from a count that all processes share, so that whoever asks two of
them has not twice as much. While that count is away each process goes by one of its own, with the same
limits: nobody is shut out, on-call least of all, and nobody has more than the limit times the processes.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

from prometheus_client import Counter

from mailroom.actors.metrics import child
from mailroom.actors.uses.brief import Brief
from mailroom.storage.errors import StoreUnavailable

REMEMBERED_MAX = 20_000
"""Keys of a process's own count, some megabytes; the one not seen for longest begins anew."""

TAKEN = Counter(
    "mailroom_allowances_total", "Looks at what may be done only so often, by outcome", ["kind", "outcome"]
)


class Counts(Protocol):
    """A count that all processes share (`storage/redis/allowances.py`)."""

    async def take(self, key: str, most: int, interval_ms: float) -> int:
        """Take one; 0, or how many ms until there is one."""

    async def look(self, key: str, most: int, interval_ms: float) -> int:
        """The same, without taking it."""


class Allowance:
    """All allowances of a process. `name` says what for, `key` whose it is. `most` may be taken at once; each
    comes back by itself, all of them within `seconds`.
    """

    def __init__(self, counts: Counts | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._counts = counts
        self._now = now
        self._own: OrderedDict[str, float] = OrderedDict()
        """When each is whole again, as far as this process has taken from it."""
        self._brief = Brief("allowance_counted_here", now)

    async def take(self, name: str, key: str, *, most: int, seconds: float) -> float:
        """Take one; 0, or for how many seconds there is none."""
        whose, interval = f"{name}:{key}", seconds / most
        wait = self._take_here(whose, most, interval)
        if wait == 0 and (shared := await self._shared(whose, most, interval, take=True)):
            self._own[whose] = self._own.get(whose, 0.0) - interval  # it was not to be had
            wait = shared
        child(TAKEN, name, "refused" if wait else "taken").inc()
        return wait

    async def look(self, name: str, key: str, *, most: int, seconds: float) -> float:
        """For how many seconds there is none; 0 where there is one, which stays."""
        whose, interval = f"{name}:{key}", seconds / most
        return self._wait_here(whose, most, interval) or await self._shared(whose, most, interval, take=False)

    def _wait_here(self, whose: str, most: int, interval: float) -> float:
        now = self._now()
        return max(0.0, max(self._own.get(whose, now), now) + interval * (1 - most) - now)

    def _take_here(self, whose: str, most: int, interval: float) -> float:
        now = self._now()
        whole = max(self._own.pop(whose, now), now)
        wait = max(0.0, whole + interval * (1 - most) - now)
        self._own[whose] = whole if wait else whole + interval
        if len(self._own) > REMEMBERED_MAX:
            self._own.popitem(last=False)
        return wait

    async def _shared(self, whose: str, most: int, interval: float, *, take: bool) -> float:
        if self._counts is None:
            return 0.0
        asked: Callable[[str, int, float], Awaitable[int]] = self._counts.take if take else self._counts.look
        try:
            return await self._brief.ask(lambda: asked(whose, most, interval * 1000)) / 1000
        except StoreUnavailable:
            return 0.0


class RoomAllowance:
    """The allowances of one bot: no other's, and none of the platform's, has the same names."""

    def __init__(self, allowance: Allowance, bot: str) -> None:
        self._allowance = allowance
        self._bot = bot

    async def take(self, name: str, key: str, *, most: int, seconds: float) -> float:
        """Take one; 0, or for how many seconds there is none."""
        return await self._allowance.take(f"room_{name}", f"{self._bot}:{key}", most=most, seconds=seconds)

    async def look(self, name: str, key: str, *, most: int, seconds: float) -> float:
        """For how many seconds there is none; 0 where there is one, which stays."""
        return await self._allowance.look(f"room_{name}", f"{self._bot}:{key}", most=most, seconds=seconds)
