"""The mailboxes of a bot under test: the real scripts, over a clock that a test moves, with what is wanted
to go wrong.
"""

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Changes, Committed, Mailboxes, Offer, Receipt
from mailroom.storage.redis.scripts import NAMES, Script, script
from mailroom.storage.redis.wire import Argument

AHEAD = "mailroom:test:ahead"
"""By how many ms the store's clock is ahead."""
_NOW = "return time[1] * 1000 + math.floor(time[2] / 1000)"
_MOVED = f"{_NOW} + tonumber(redis.call('GET', '{AHEAD}') or 0)"


@cache
def moved(real: Script) -> Script:
    """The script, asking a clock that can be moved."""
    text = real.text.replace(_NOW, _MOVED, 1)
    assert text != real.text, "the scripts ask for the time in another way than this was written for"
    return Script(real.name, text, hashlib.sha1(text.encode()).hexdigest())  # noqa: S324 - as Redis does


class MovedLine(Line):
    """A connection whose scripts ask the moved clock. While it is `down`, Redis is away."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.down = False

    @property
    def waiting(self) -> int:
        """Commands without an answer yet."""
        return self._wire.waiting if self._wire is not None else 0

    async def run(self, chosen: Script, prefix: str, *args: Argument) -> Any:
        """Call a script on the partition with this prefix."""
        return await super().run(moved(chosen), prefix, *args)

    async def load(self) -> None:
        """Make the scripts known to this Redis, which keeps them until it ends."""
        for name in NAMES:
            await self.command("SCRIPT", "LOAD", moved(script(name)).text)

    def _scripts(self) -> tuple[str, ...]:
        """None: `load` has made them known once for all tests."""
        return ()

    async def command(self, *args: Argument) -> Any:
        """Send any one command and return its answer."""
        if self.down:
            raise StoreUnavailable("Redis does not answer: the test has it away")
        return await super().command(*args)


class WatchedMailboxes(Mailboxes):
    """Mailboxes that know which partitions a test has come to use, and are asked before each commit."""

    def __init__(self, line: MovedLine, epoch: int, used: set[int]) -> None:
        super().__init__(line, line)
        self.line = line
        self.used = used
        self._epoch = epoch
        self._mine: set[int] = set()
        self.at_commit: Callable[[Callable[[], Awaitable[Committed]], Entry], Awaitable[Committed]] | None = (
            None
        )
        """What a commit of a message goes through."""
        self.committed: Callable[[Chat, Entry, bool], None] = lambda *_: None
        """Told of each message that has come to its end, and whether it is dead."""

    async def accept(self, offer: Offer, **options: Any) -> Receipt:
        """Take a message in."""
        await self.own(offer.chat)
        return await super().accept(offer, **options)

    async def own(self, chat: Chat) -> None:
        """Raise the fence of a chat's partition, once."""
        if chat.partition not in self._mine:
            self._mine.add(chat.partition)
            self.used.add(chat.partition)
            await self.raise_fences([chat.partition], self._epoch)

    async def own_all(self) -> None:
        """Raise the fences of the partitions that were used by an earlier process."""
        self._mine |= self.used
        await self.raise_fences(tuple(self.used), self._epoch)

    async def commit(
        self, chat: Chat, epoch: int, done: Entry | None, changes: Changes, **options: Any
    ) -> Committed:
        """Write what a turn has come to."""
        commit = super().commit

        async def really() -> Committed:
            return await commit(chat, epoch, done, changes, **options)

        if done is None or self.at_commit is None:
            found = await really()
        else:
            found = await self.at_commit(really, done)
        if done is not None and not found.torn:
            self.committed(chat, done, options.get("dead") is not None)
        return found

    async def _owned(self, chosen: Any, chat: Chat, epoch: int, *args: Any) -> list[Any]:
        await self.own(chat)
        return await super()._owned(chosen, chat, epoch, *args)
