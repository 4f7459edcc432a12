"""The mailboxes as a plain program sees them: for tests of the scripts, one call at a time."""

import asyncio
from typing import Any

import redis

from storage.redis.batch import Line
from storage.redis.entry import PARTITIONS, Chat, Entry
from storage.redis.mailbox import Changes, Committed, Mailboxes, Offer, Receipt

EPOCH = 5


class Box:
    """Mailboxes without await, with short names for what the tests do often."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.line = Line(url)
        self.mailboxes = Mailboxes(self.line, self.line)
        self.raw = redis.Redis.from_url(url)
        self.chat = Chat("shop", "7")

    def call(self, answer: Any) -> Any:
        """Wait for a call on the mailboxes."""

        async def wait() -> Any:
            return await answer

        return self.runner.run(wait())

    def own(self, epoch: int = EPOCH, chat: Chat | None = None) -> None:
        """Raise the fence of the chat's partition."""
        self.call(self.mailboxes.raise_fences([(chat or self.chat).partition], epoch))

    def accept(
        self,
        order: int | None,
        *,
        dedupe_id: str | None = None,
        chat: Chat | None = None,
        payload: bytes = b"{}",
        expedited: bool = False,
        **options: Any,
    ) -> Receipt:
        if dedupe_id is None:
            dedupe_id = "" if order is None else str(order)
        offer = Offer(
            chat or self.chat, dedupe_id, order, "message", "chat", f"trace-{order}", payload, expedited
        )
        receipt: Receipt = self.call(self.mailboxes.accept(offer, **options))
        return receipt

    def waiting(self, chat: Chat | None = None, epoch: int = EPOCH) -> list[Entry]:
        """The mailbox, first to last."""
        entries: list[Entry] = self.call(self.mailboxes.load(chat or self.chat, epoch, 1000)).box
        return entries

    def orders(self, chat: Chat | None = None) -> list[int | None]:
        return [entry.order for entry in self.waiting(chat)]

    def state(self, chat: Chat | None = None, epoch: int = EPOCH) -> dict[str, str]:
        state: dict[str, str] = self.call(self.mailboxes.load(chat or self.chat, epoch, 1)).state
        return state

    def commit(
        self, done: Entry | None, changes: Changes | None = None, epoch: int = EPOCH, **more: Any
    ) -> Committed:
        committed: Committed = self.call(
            self.mailboxes.commit(more.pop("chat", self.chat), epoch, done, changes or Changes(), **more)
        )
        return committed

    def key(self, name: str, chat: Chat | None = None) -> str:
        return f"mailroom:{{{(chat or self.chat).partition}}}:{name}"

    def suspend(self, whom: str = "shop:7") -> None:
        for number in range(PARTITIONS):
            self.raw.sadd(f"mailroom:{{{number}}}:suspended", whom)

    def resume(self, whom: str = "shop:7") -> None:
        for number in range(PARTITIONS):
            self.raw.srem(f"mailroom:{{{number}}}:suspended", whom)

    def left_behind(self) -> set[str]:
        """Every key there is, but for the fences and the ids remembered against duplicates."""
        found = {key.decode() for key in self.raw.keys("mailroom:*")}
        return {key for key in found if key.split(":", 2)[2].split(":")[0] not in ("fence", "seen", "seq")}

    def close(self) -> None:
        self.call(self.line.close())
        self.runner.close()
        self.raw.close()
