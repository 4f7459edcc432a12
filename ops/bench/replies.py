"""Watches the simulator's log of calls for the replies of one contestant."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Self

from mailroom.ops.bench import wire

LOOK_SECONDS = 0.004
"""How often to look: the closed loop waits for it, and a look costs the simulator 0.1 ms."""
PAGE = 1000
FAILURE_LOOK_SECONDS = 0.2


class Replies:
    """Replies by the number of their message, with the time they took effect. `came` is called for each."""

    def __init__(self, port: int, token: str, first_id: int, count: int, came: Callable[[], None]) -> None:
        self.at: dict[int, float] = {}
        self.inversions = 0
        self.last_count = 0
        self._highest: dict[int, int] = {}
        self._port = port
        self._token = token
        self._first_id = first_id
        self._count = count
        self._came = came
        self._since = 0
        self._newest = time.monotonic()
        self._complete = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._line = await wire.connect(self._port)
        # A page of nobody's calls ends at the number that the next call will get.
        self._since = (await self._page("1:nobody"))["next"]
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watching.cancel()
        self._line.close()

    async def wait_until_complete(
        self, stall_seconds: float, posting: Sequence["asyncio.Task[None]"]
    ) -> None:
        """Return when every message has its reply, or none came for so long; raise what posting raised."""
        self._newest = time.monotonic()
        while not self._complete.is_set() and time.monotonic() - self._newest < stall_seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._complete.wait(), FAILURE_LOOK_SECONDS)
            for task in (self._watching, *posting):
                if task.done():
                    task.result()

    async def _watch(self) -> None:
        while True:
            page = await self._page(self._token)
            self._since = page["next"]
            for call in page["calls"]:
                if call["method"] == "sendMessage" and call["ok"]:
                    self._note(call)
            await asyncio.sleep(LOOK_SECONDS)

    def _note(self, call: dict[str, Any]) -> None:
        text, _, count = call["args"]["text"].partition(" ")
        number = int(text[1:]) - self._first_id
        if 0 <= number < self._count and number not in self.at:
            self.at[number] = call["at"]
            self._newest = time.monotonic()
            self.last_count = max(self.last_count, int(count))
            highest = self._highest.setdefault(call["chat_id"], number)
            self.inversions += number < highest
            self._highest[call["chat_id"]] = max(number, highest)
            self._came()
            if len(self.at) == self._count:
                self._complete.set()

    async def _page(self, token: str) -> dict[str, Any]:
        path = f"/sim/calls?token={token}&since={self._since}&limit={PAGE}"
        found: dict[str, Any] = json.loads((await self._line.request(wire.get(path))).body)
        return found
