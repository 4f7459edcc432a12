"""The mailboxes as a plain program sees them: for tests of the scripts, one call at a time."""

import asyncio
from itertools import count
from typing import Any

import redis

from mailroom.storage.redis.audit import Audit
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import DeadLetters
from mailroom.storage.redis.entry import PARTITIONS, Chat, Entry
from mailroom.storage.redis.mailbox import Changes, Committed, Following, Mailboxes, Offer, Receipt
from mailroom.storage.redis.suspensions import Suspensions

EPOCH = 5


class Box:
    """Mailboxes without await, with short names for what the tests do often."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.runner = asyncio.Runner()
        self.line = Line(url)
        self.mailboxes = Mailboxes(self.line, self.line)
        self.letters = DeadLetters(self.line)
        self.suspensions = Suspensions(self.line)
        self.audit = Audit(self.line)
        self.raw = redis.Redis.from_url(url)
        self.chat = Chat("shop", "7")
        self._attempts = count(1)
        self._attempt_of: dict[tuple[Chat, int], str] = {}

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
        group: str = "",
        kind: str = "message",
        queue: str = "chat",
        **options: Any,
    ) -> Receipt:
        if dedupe_id is None:
            dedupe_id = "" if order is None else str(order)
        offer = Offer(
            chat or self.chat,
            dedupe_id,
            order,
            kind,
            queue,
            f"trace-{order}",
            payload,
            expedited,
            group=group,
        )
        receipt: Receipt = self.call(self.mailboxes.accept(offer, **options))
        return receipt

    def begin(self, entry: Any, *, chat: Chat | None = None, epoch: int = EPOCH, **how: Any) -> Any:
        """Begin a further attempt."""
        chat = chat or self.chat
        attempt_id = self._attempt_of[chat, entry.seq] = f"attempt{next(self._attempts)}"
        return self.call(self.mailboxes.begin(chat, epoch, entry.seq, attempt_id, **how))

    def journal(
        self, entry: Any, number: int, record: bytes, *, chat: Chat | None = None, epoch: int = EPOCH
    ) -> None:
        """Record a call of the message."""
        trace = entry.trace
        self.call(self.mailboxes.journal(chat or self.chat, epoch, entry.seq, trace, number, record))

    def park(
        self,
        entry: Any,
        until_ms: int,
        *,
        take_back: bool = False,
        chat: Chat | None = None,
        epoch: int = EPOCH,
        **more: Any,
    ) -> None:
        """Let the message wait; with `take_back` the attempt that was begun last was none."""
        chat = chat or self.chat
        attempt_id = self._attempt_of.get((chat, entry.seq), "none") if take_back else ""
        self.call(self.mailboxes.park(chat, epoch, entry.seq, until_ms, take_back=attempt_id, **more))

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
        if isinstance(following := more.get("following"), Entry):
            more["following"] = Following(following, f"attempt{next(self._attempts)}")
        committed: Committed = self.call(
            self.mailboxes.commit(more.pop("chat", self.chat), epoch, done, changes or Changes(), **more)
        )
        return committed

    def die(self, entry: Entry, error: str = "ValueError: no", **more: Any) -> str:
        """Make a message a dead letter, as its owner does after the last attempt; returns the letter's id."""
        chat = more.pop("chat", self.chat)
        self.commit(entry, dead=dead_letter(chat, entry, error, **more.pop("letter", {})), chat=chat, **more)
        return f"{chat}:{entry.seq}"

    def key(self, name: str, chat: Chat | None = None) -> str:
        return f"mailroom:{{{(chat or self.chat).partition}}}:{name}"

    def suspend(self, whom: str = "shop:7") -> None:
        """Hold somebody without a note of it."""
        self._in_every_partition("SADD", whom)

    def resume(self, whom: str = "shop:7") -> None:
        self._in_every_partition("SREM", whom)

    def _in_every_partition(self, command: str, whom: str) -> None:
        with self.raw.pipeline(transaction=False) as pipe:
            for number in range(PARTITIONS):
                pipe.execute_command(command, f"mailroom:{{{number}}}:suspended", whom)
            pipe.execute()

    def left_behind(self) -> set[str]:
        """Every key there is, but for the fences and the ids remembered against duplicates."""
        found = {key.decode() for key in self.raw.keys("mailroom:*")}
        return {key for key in found if self.kind_of(key) not in ("fence", "seen", "seq")}

    @staticmethod
    def kind_of(key: str) -> str:
        """What a key holds: `box` of `mailroom:{7}:box:shop:1`."""
        return key.removeprefix("mailroom:").rpartition("}:")[2].partition(":")[0]

    def close(self) -> None:
        self.call(self.line.close())
        self.runner.close()
        self.raw.close()


def dead_letter(chat: Chat, entry: Entry, error: str, **more: Any) -> dict[str, Any]:
    """A letter as the owner of a chat writes it."""
    return {
        "bot": chat.bot,
        "chat": chat.id,
        "seq": entry.seq,
        "order": entry.order,
        "kind": entry.kind,
        "queue": entry.queue_and_group,
        "trace": entry.trace,
        "accepted_ms": entry.accepted_ms,
        "died_ms": 1_700_000_000_000,
        "attempts": 3,
        "epoch": EPOCH,
        "error": error,
        "traceback": f"Traceback\n{error}",
        "payload": entry.payload.decode(errors="replace"),
        "expedited": entry.expedited,
    } | more
