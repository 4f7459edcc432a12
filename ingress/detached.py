"""Actions under way: once begun they go on to their end, whoever still waits for the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Detached:
    """Holds actions that were begun. Awaited on the asyncio side, whose end is the only thing that ends them.

    A browser that is closed would otherwise break a bulk action off halfway. And an action may end the very
    connection it came by: a restart of the listener waits until its connections are done, so none of them may
    wait for the restart.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Future[Any]] = set()

    async def finish(self, action: Callable[[], Awaitable[T]]) -> T:
        """Do it, and return what came of it to whoever still waits."""
        task = asyncio.ensure_future(action())
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return await asyncio.shield(task)

    def _over(self, task: "asyncio.Future[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen: it is in the audit, and with whoever still waited
