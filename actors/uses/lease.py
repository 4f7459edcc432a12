"""What one process of a bot does at a time: whoever holds the name does it, the others do not, or wait.

A lease is renewed while its holder works. One that cannot be renewed in time is lost: the work is cut before
anybody else takes the name. But a process may have slept meanwhile, and a call of its may be on the way: so
each holder has a fence, a number larger than any before. What is written elsewhere is written with it, and
not over a larger one (`UPDATE … WHERE fence <= $1`).

LeaseError
├── LeaseHeldError   somebody else holds the name: try again later
└── LeaseLostError   it was held, and is no more: the work was cut, and may be begun again
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.storage.errors import StoreUnavailable

log = get_logger("mailroom.lease")

NAME = re.compile(r"[\w.:-]{1,100}")
SECONDS_MIN = 1.0
SECONDS_MAX = 3600.0
WAIT_SECONDS_MAX = 3600.0
LOOK_SECONDS = 0.5
"""Between two tries of whoever waits for a name."""
KEPT_PART = 0.9
"""Of its time a lease counts on for its holder: the rest is for work that takes a moment to be cut."""
RELEASE_SECONDS = 2.0

LEASES = Counter(
    "mailroom_room_leases_total", "Leases that a bot asked for, by what became", ["bot", "outcome"]
)


class LeaseError(Exception):
    """The work under a lease was not done to its end."""


class LeaseHeldError(LeaseError):
    """Somebody else holds the name: it was not begun. Try again later."""


class LeaseLostError(LeaseError):
    """The lease could not be renewed in time, or somebody else took it: the work was cut. Begin it again."""


class Rows(Protocol):
    """Who holds which name (`storage/postgres/room_lease.py`)."""

    async def take(self, bot: str, name: str, seconds: float) -> int | None:
        """Hold a name that nobody holds."""

    async def renew(self, bot: str, name: str, fence: int, seconds: float) -> bool:
        """Hold it on."""

    async def release(self, bot: str, name: str, fence: int) -> None:
        """Hold it no longer."""


class RoomLease:
    """The leases of one bot: no other's has the same names."""

    def __init__(self, rows: Rows, bot: str) -> None:
        self._rows = rows
        self._bot = bot

    @asynccontextmanager
    async def hold(
        self, name: str, *, seconds: float = 30.0, wait_seconds: float = 0.0
    ) -> AsyncIterator[int]:
        """Hold a name while the block runs, which gets the fence. A process that dies lets go of it within
        these `seconds`. Whoever finds it held waits so long for it, and not at all unless it says so.

        Raises `LeaseHeldError`, `LeaseLostError`, `StoreUnavailable`, and `ValueError` for what is no name or
        no such time.
        """
        if NAME.fullmatch(name) is None:
            raise ValueError(
                f"no name of a lease: {name[:120]!r}; it is up to 100 letters, digits and . : _ -"
            )
        if not SECONDS_MIN <= seconds <= SECONDS_MAX:
            raise ValueError(f"a lease of {seconds:g} s; it takes {SECONDS_MIN:g} to {SECONDS_MAX:g}")
        if not 0 <= wait_seconds <= WAIT_SECONDS_MAX:
            raise ValueError(f"to be waited for {wait_seconds:g} s; that may be 0 to {WAIT_SECONDS_MAX:g}")
        fence, until = await self._taken(name, seconds, wait_seconds)
        limit = asyncio.timeout_at(until)
        try:
            async with limit:
                keeping = asyncio.create_task(self._keep(name, fence, seconds, limit), name=f"lease {name}")
                try:
                    yield fence
                finally:
                    keeping.cancel()
                    await asyncio.wait((keeping,))
        except TimeoutError:
            if not limit.expired():
                raise  # the block's own
        finally:
            await self._release(name, fence)
        if limit.expired():  # also where the block has passed over that it was cut
            child(LEASES, self._bot, "lost").inc()
            raise LeaseLostError(f"the lease of {name} was lost")

    async def _taken(self, name: str, seconds: float, wait_seconds: float) -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        gives_up = loop.time() + wait_seconds
        while True:
            began = loop.time()
            fence = await self._rows.take(self._bot, name, seconds)
            if fence is not None:
                child(LEASES, self._bot, "held").inc()
                return fence, began + seconds * KEPT_PART
            if loop.time() >= gives_up:
                child(LEASES, self._bot, "refused").inc()
                raise LeaseHeldError(f"somebody else holds {name}")
            await asyncio.sleep(min(LOOK_SECONDS, max(0.0, gives_up - loop.time())))

    async def _keep(self, name: str, fence: int, seconds: float, limit: asyncio.Timeout) -> None:
        """Renew it; cut the work where somebody else has it."""
        loop = asyncio.get_running_loop()
        pause = seconds / 3
        while True:
            await asyncio.sleep(pause)
            began = loop.time()
            try:
                async with asyncio.timeout(seconds / 3):
                    ours = await self._rows.renew(self._bot, name, fence, seconds)
            except (StoreUnavailable, TimeoutError) as error:
                log.warning("lease_not_renewed", name=name, why=str(error) or type(error).__name__)
                pause = seconds / 10
                continue
            if limit.expired():
                return
            limit.reschedule(began + seconds * KEPT_PART if ours else began)
            pause = seconds / 3

    async def _release(self, name: str, fence: int) -> None:
        with suppress(StoreUnavailable, TimeoutError):  # it ends by itself
            async with asyncio.timeout(RELEASE_SECONDS):
                await self._rows.release(self._bot, name, fence)
