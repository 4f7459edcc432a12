"""What all chats of this process work with: the mailboxes, the right to work on them, and how store calls are
made until they have an answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from mailroom.actors.journal import Doubts
from mailroom.actors.policy import Policy
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Mailboxes

T = TypeVar("T")

STORE_PAUSE_SECONDS = 0.05
STORE_PAUSE_MAX_SECONDS = 1.0


class Ownership(Protocol):
    """What says whether this process may work the chats."""

    @property
    def epoch(self) -> int:
        """The number of our ownership; raises `Fenced` once it has ended."""

    @property
    def held(self) -> bool:
        """Whether the chats are ours now."""

    @property
    def in_doubt(self) -> bool:
        """Whether our time is over by our own clock: another may have taken over, and the fence knows."""

    @property
    def partitions(self) -> Sequence[int]:
        """Which partitions are ours."""


@dataclass(slots=True)
class Worker:
    """What all attempts share."""

    mailboxes: Mailboxes
    ownership: Ownership
    policy: Policy
    doubts: Doubts = field(default_factory=Doubts)

    async def persist(self, call: Callable[[], Awaitable[T]], *, fact: bool = False) -> T:
        """Make a store call until it has an answer. The calls are safe to repeat. Raises `Fenced` once we are
        not the owner any more; a `fact` is told once all the same.
        """
        pause = STORE_PAUSE_SECONDS
        while True:
            if not fact:
                _ = self.ownership.epoch
            try:
                return await call()
            except StoreUnavailable:
                fact = False
                await asyncio.sleep(pause)
                pause = min(pause * 2, STORE_PAUSE_MAX_SECONDS)

    def permit(self, chat: Chat, epoch: int) -> Callable[[], Awaitable[None]]:
        """What is asked right before a call of a turn leaves: the lease by our own clock, and where that has
        run out the fence. Only a call that is leaving already may be made twice.
        """

        async def permit() -> None:
            ours = self.ownership.epoch == epoch
            if ours and self.ownership.in_doubt:
                ours = await self.persist(lambda: self.mailboxes.stands(chat, epoch))
            if not ours:
                raise Fenced(f"{chat}: epoch {epoch} is not the owner's any more", epoch)

        return permit

    def recorder(
        self, chat: Chat, epoch: int, entry: Entry
    ) -> Callable[[int, bytes], Coroutine[Any, Any, None]]:
        """What keeps the calls of a message in its journal, by number."""

        async def record(number: int, kept: bytes) -> None:
            await self.persist(
                lambda: self.mailboxes.journal(chat, epoch, entry.seq, entry.trace, number, kept), fact=True
            )

        return record
