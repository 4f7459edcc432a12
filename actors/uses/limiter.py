"""Calls to somebody else's server that lets an account call it only so often: whoever calls waits his turn.

A place is taken before the call, in one step, from what all processes share; so together they call no oftener
than one alone would. Where that is away each process keeps the pace for itself: too many may call then, and
the account is for a while where it would be without us.
"""

import asyncio
import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from prometheus_client import Counter

from mailroom.actors.metrics import child
from mailroom.actors.uses.brief import Brief
from mailroom.storage.errors import StoreUnavailable

NAME = re.compile(r"[\w.:@-]{1,100}")
MOST_MAX = 1_000_000
WAIT_SECONDS = 30.0
"""For a place, unless whoever calls says otherwise: as long as a job has by itself."""
PAUSE_SECONDS_MAX = 24 * 3600.0
REMEMBERED_MAX = 10_000
"""Accounts in a process's own pace; the one not called for longest begins anew."""

PLACES = Counter(
    "mailroom_limiter_places_total", "Places of a bot's calls to outside accounts", ["bot", "outcome"]
)


class LimitedError(Exception):
    """The account may not be called soon enough: try again in `retry_seconds`. No place was taken."""

    def __init__(self, account: str, retry_seconds: float) -> None:
        super().__init__(f"{account} may be called again in {retry_seconds:.1f} s")
        self.retry_seconds = retry_seconds


class Paces(Protocol):
    """What all processes share (`storage/redis/paces.py`)."""

    async def take(self, account: str, most: int, interval_ms: float, cost: int, longest_ms: int) -> int:
        """Take a place: in how many ms it is; below 0 where that is too long."""

    async def pause(self, account: str, ms: int) -> None:
        """Let nobody call for so long."""


class Limiter:
    """The paces of all bots of a process; without `paces` each is this process's own."""

    def __init__(self, paces: Paces | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._paces = paces
        self._now = now
        self._brief = Brief("limiter_paced_here", now)
        self._own: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """When all may be taken again, and before when nobody may call, as far as this process knows."""

    async def take(self, account: str, most: int, interval: float, cost: int, longest: float) -> float:
        """In how many seconds the call may go, its place being taken; below 0 the same, where it was not."""
        if (paces := self._paces) is not None:
            longest_ms = math.floor(longest * 1000)
            try:
                ms = await self._brief.ask(
                    lambda: paces.take(account, most, interval * 1000, cost, longest_ms)
                )
            except StoreUnavailable:
                pass
            else:
                if ms >= 0:
                    self._take_here(account, most, interval, cost, math.inf)
                return ms / 1000
        return self._take_here(account, most, interval, cost, longest)

    async def pause(self, account: str, seconds: float) -> None:
        """Let nobody call for so long."""
        whole, until = self._own.pop(account, (0.0, 0.0))
        self._remember(account, whole, max(until, self._now() + seconds))
        if (paces := self._paces) is not None:
            try:
                await self._brief.ask(lambda: paces.pause(account, math.ceil(seconds * 1000)))
            except StoreUnavailable:
                return

    def _take_here(self, account: str, most: int, interval: float, cost: int, longest: float) -> float:
        now = self._now()
        whole, until = self._own.pop(account, (now, now))
        start = max(whole, until, now)
        wait = max(start + (cost - most) * interval, until, now) - now
        taken = wait <= longest
        self._remember(account, start + cost * interval if taken else whole, until)
        return wait if taken else -wait

    def _remember(self, account: str, whole: float, until: float) -> None:
        self._own[account] = whole, until
        if len(self._own) > REMEMBERED_MAX:
            self._own.popitem(last=False)


class RoomLimiter:
    """The outside accounts of one bot: no other's has the same names."""

    def __init__(self, limiter: Limiter, bot: str) -> None:
        self._limiter = limiter
        self._bot = bot

    async def take(
        self, account: str, cost: int = 1, *, most: int, seconds: float, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        """Wait until the account may be called: `most` calls at once, each making up for itself, all of them
        within `seconds`. A call may cost several. Whoever is cancelled while he waits has had his place.

        Raises `LimitedError` where the wait would be longer than it may, and `ValueError` for what is no name
        or no pace.
        """
        _require_name(account)
        if (
            not 1 <= cost <= most <= MOST_MAX
            or not 0 < seconds < math.inf
            or not 0 <= wait_seconds < math.inf
        ):
            raise ValueError(
                f"no pace: {cost} of {most} in {seconds:g} s, waited for {wait_seconds:g} s; the cost is 1 to"
                f" what may be taken at once, which is {MOST_MAX} at most"
            )
        wait = await self._limiter.take(f"{self._bot}:{account}", most, seconds / most, cost, wait_seconds)
        if wait < 0:
            child(PLACES, self._bot, "refused").inc()
            raise LimitedError(account, -wait)
        child(PLACES, self._bot, "waited" if wait else "at_once").inc()
        if wait:
            await asyncio.sleep(wait)

    async def pause(self, account: str, seconds: float) -> None:
        """Let nobody call the account for so long: its server has said so (`Retry-After`). Raises
        `ValueError` for what is no name, and for more than a day.
        """
        _require_name(account)
        if not 0 <= seconds <= PAUSE_SECONDS_MAX:
            raise ValueError(f"a pause of {seconds:g} s; it is 0 to {PAUSE_SECONDS_MAX:g}")
        await self._limiter.pause(f"{self._bot}:{account}", seconds)


def _require_name(account: str) -> None:
    if NAME.fullmatch(account) is None:
        raise ValueError(
            f"no name of an account: {account[:120]!r}; it is up to 100 letters, digits and . : @ _ -"
        )
