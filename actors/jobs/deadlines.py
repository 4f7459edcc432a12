"""Cuts off attempts whose time is up: one timer for all of a worker's attempts.

A timer for each would cost as much as an attempt of a handler that does not wait.
"""

import asyncio
from collections.abc import Collection

from mailroom.actors.jobs.held import Held

TICK_SECONDS = 0.001
"""Timers may fire that much too early."""


class Deadlines:
    """Watches over the deadlines of the attempts in a collection that changes."""

    def __init__(self, held: Collection[Held]) -> None:
        self._held = held
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, deadline: float) -> None:
        """An attempt with this deadline has begun."""
        if self._timer is None or deadline < self._timer.when():
            self.close()
            self._timer = asyncio.get_running_loop().call_at(deadline, self._fire)

    def close(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time() + TICK_SECONDS
        later = []
        for one in self._held:
            if one.context.deadline <= now:
                one.time_is_up()
            else:
                later.append(one.context.deadline)
        if later:
            self.watch(min(later))
