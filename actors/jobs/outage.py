"""Waiting for Postgres to come back: who waits says so once, and not at every try."""

import asyncio

from structlog import get_logger

log = get_logger("mailroom.jobs")

PAUSE_SECONDS = 0.05
PAUSE_MAX_SECONDS = 1.0
"""The pause after Postgres did not answer; it doubles with each time in a row."""


def never_mind_if_cancelled() -> None:
    """End the task if it was asked to. asyncpg, cancelled while its connection breaks, may raise an error of
    its own instead: whoever takes that for an outage and goes on is never asked again.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class Outage:
    """The times in a row that Postgres did not answer somebody."""

    def __init__(self, queue: str, what: str) -> None:
        self._queue = queue
        self._what = what
        self._times = 0

    @property
    def lasts(self) -> bool:
        """Whether the last try was in vain."""
        return self._times > 0

    async def wait(self, error: Exception) -> None:
        """It did not answer: wait before the next try."""
        never_mind_if_cancelled()
        if self._times == 0:
            log.error("queue_stands_still", queue=self._queue, what=self._what, why=str(error))
        pause = min(PAUSE_SECONDS * 2**self._times, PAUSE_MAX_SECONDS)
        self._times = min(self._times + 1, 10)
        await asyncio.sleep(pause)

    def over(self) -> None:
        """It has answered."""
        if self._times:
            self._times = 0
            log.info("queue_goes_on", queue=self._queue, what=self._what)
