"""Looking at what is shown live: once for all who look on at the same name, and not at all while none do.

On the asyncio side, with the room's own functions. A signal of the room has it looked at anew, in whichever
process it was given; lost ones cost the wait of `Live.every_seconds`.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from structlog import get_logger

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Live, Problem
from mailroom.ingress.asks.doing import problem_of
from mailroom.storage.texts import as_json

log = get_logger("mailroom.asks")

LOOK_SECONDS_MAX = 10.0
APART_SECONDS_MIN = 0.2
"""Between two looks, however much is signalled."""


@dataclass(frozen=True, slots=True)
class News:
    """What is shown, or why nothing can be."""

    number: int
    shown: bytes
    problem: Problem | None = None


class Looking:
    """Those who look on at one name of a room."""

    def __init__(self, room: Room[Any], live: Live) -> None:
        self._room = room
        self._live = live
        self._news = News(0, b"")
        self._changed = asyncio.Event()
        self.onlookers = 0

    async def run(self) -> None:
        """Look, until cancelled; with signals that are none it is over at once, and told."""
        try:
            with self._room.signals.listen(*self._live.signals) as heard:
                while True:
                    await self._look()
                    await asyncio.sleep(APART_SECONDS_MIN)
                    await heard.wait(max(0.0, self._live.every_seconds - APART_SECONDS_MIN))
        except ValueError as error:
            self._tell(b"", problem_of(error, bot=self._room.bot, what=self._live.name))

    async def after(self, number: int, seconds: float) -> News | None:
        """What is shown once there is something newer; None if there is nothing after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._news.number <= number:
                    await self._changed.wait()
                return self._news
        return None

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS_MAX):
                shown, problem = as_json(await self._live.look()), None
        except Exception as error:
            shown, problem = b"", problem_of(error, bot=self._room.bot, what=self._live.name)
        self._tell(shown, problem)

    def _tell(self, shown: bytes, problem: Problem | None) -> None:
        before = self._news
        same = (
            before.problem.code == problem.code if before.problem and problem else before.problem is problem
        )
        if before.number and same and before.shown == shown:
            return
        self._news = News(before.number + 1, shown, problem)
        self._changed.set()
        self._changed = asyncio.Event()
