"""The lane of a chat for messages that must not wait: one at a time, in the order of their ids, beside
whatever else the chat is at.

They need no slot, and wait neither for the handler that is at work nor for what the head of the box waits
for. What bounds them is that a chat runs one of them at a time, and the length of the lane in the store.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import trio

from mailroom.actors.runtime.bridge import aio
from mailroom.actors.window import Window
from mailroom.storage.redis.entry import Entry


class FastLane:
    """Works through what `window` has of expedited messages, while it `may_run`. `turn` and `read` (what
    stands in the lane by the store) are awaited on the asyncio side; `ended` is told what broke it, if
    anything did.
    """

    __slots__ = (
        "_ended",
        "_look",
        "_may_run",
        "_pausing",
        "_read",
        "_scope",
        "_spawn",
        "_turn",
        "_window",
        "decided",
    )

    def __init__(
        self,
        window: Window,
        spawn: Callable[[Callable[[], Awaitable[None]]], None],
        may_run: Callable[[], bool],
        turn: Callable[[Entry], Awaitable[Any]],
        read: Callable[[], Awaitable[list[Entry]]],
        ended: Callable[[Exception | None], None],
    ) -> None:
        self._window = window
        self._spawn = spawn
        self._may_run = may_run
        self._turn = turn
        self._read = read
        self._ended = ended
        self.decided: set[int] = set()
        """Messages of which it is sure that they need not wait in line."""
        self._look = False
        self._pausing: set[int] = set()
        self._scope: trio.CancelScope | None = None

    def start(self, *, look: bool = False) -> None:
        """Begin, if there is something to do and it is not at it already. `look`: there may be more in the
        store than the window shows.
        """
        self._look = self._look or look
        if self._scope is None and self._has_work():
            self._scope = trio.CancelScope()
            self._spawn(self._work)

    def cancel(self, reason: str) -> None:
        """Leave what is being handled."""
        if self._scope is not None:
            self._scope.cancel(reason=reason)

    def again(self, entry: Entry, seconds: float) -> None:
        """Try a message again after a pause that holds nobody else up."""
        self._pausing.add(entry.seq)
        self._spawn(lambda: self._pause(entry, seconds))

    async def _pause(self, entry: Entry, seconds: float) -> None:
        await trio.sleep(seconds)
        self._pausing.discard(entry.seq)
        self.start()

    def _has_work(self) -> bool:
        return self._may_run() and (self._look or self._window.next_expedited(self._pausing) is not None)

    async def _work(self) -> None:
        error: Exception | None = None
        assert self._scope is not None, "it is entered by `start` alone"
        try:
            with self._scope:
                while self._has_work():
                    if self._look:
                        self._look = False
                        self._window.saw_expedited(await aio(self._read))
                    elif entry := self._window.next_expedited(self._pausing):
                        await aio(self._turn, entry)
                        self.decided.discard(entry.seq)
        except Exception as raised:
            error = raised  # the chat's actor must fail of it, not the nursery that everybody shares
        finally:
            self._scope = None
        self._ended(error)
