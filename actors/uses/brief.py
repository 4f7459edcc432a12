"""A store that somebody waits for is asked briefly, and one that did not answer is left alone for a while:
whoever asks does without it meanwhile, at once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from structlog import get_logger

from mailroom.storage.errors import StoreError, StoreUnavailable

log = get_logger("mailroom.uses")

ANSWER_SECONDS = 0.5
"""For the store: a person waits behind it."""
AWAY_SECONDS = 5.0
"""After it did not answer; nobody waits for it meanwhile."""

T = TypeVar("T")


class Brief:
    """Asks one store for one purpose. `doing_without` is the log's word for what happens without it."""

    def __init__(self, doing_without: str, now: Callable[[], float] = time.monotonic) -> None:
        self._doing_without = doing_without
        self._now = now
        self._away_until = 0.0

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """What the store answers. Raises `StoreUnavailable` where it does not, or did not lately."""
        if self._now() < self._away_until:
            raise StoreUnavailable("it did not answer lately")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await call()
        except (StoreError, TimeoutError) as error:
            self._away_until = self._now() + AWAY_SECONDS
            why = str(error) or type(error).__name__
            log.warning(self._doing_without, why=why)
            raise StoreUnavailable(why) from error
