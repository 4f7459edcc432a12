"""What a chat is at: which message is being handled, and which attempt at it that is."""

from collections.abc import Awaitable, Callable
from itertools import count

import trio

from mailroom.actors.control import Control, Stopped
from mailroom.actors.journal import Journal
from mailroom.storage.redis.entry import Entry

_numbers = count(1)
"""Every actor of this process has a number: an attempt of one is no repetition of an attempt of another."""


class AtWork:
    """The attempts of one chat's actor, known to the store by names that begin with `taker`."""

    __slots__ = ("_ended", "_name", "_put_off_times", "message")

    def __init__(self, taker: str) -> None:
        self.message: tuple[Entry, Control] | None = None
        """The message of the box that is being handled, and the hand on it."""
        self._name = f"{taker}.{next(_numbers)}"
        # How often a message was put off, by its number: what tells its attempts apart.
        self._put_off_times: dict[int, int] = {}
        # Events exist only while somebody waits for them: a sleeping chat should cost little.
        self._ended: trio.Event | None = None

    def attempt_id(self, seq: int) -> str:
        """The name of the attempt at a message that comes next, the same however often it is asked for before
        that attempt has ended.
        """
        return f"{self._name}.{self._put_off_times.get(seq, 0)}"

    def begin(
        self, entry: Entry, decided: Callable[[], None], stop_begun: Callable[[Journal], Awaitable[Stopped]]
    ) -> Control:
        """An attempt begins. `decided` and `stop_begun` are for a message of the fast lane."""
        if entry.expedited:
            return Control(decided, stop_begun)
        control = Control()
        self.message = entry, control
        return control

    def end(self, entry: Entry, control: Control, *, again: bool) -> None:
        """The attempt has ended; `again`: there will be another one."""
        if again:
            self._put_off_times[entry.seq] = self._put_off_times.get(entry.seq, 0) + 1
        if not entry.expedited:
            self.message = None
        control.ended()
        if self._ended is not None:
            self._ended.set()
            self._ended = None

    def forget(self, seq: int) -> None:
        """The message has come to its end."""
        self._put_off_times.pop(seq, None)

    async def wait_for_end(self) -> None:
        """Wait until a message that is being handled has come to its end."""
        if self._ended is None:
            self._ended = trio.Event()
        await self._ended.wait()
