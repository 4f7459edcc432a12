"""A message as it waits in a mailbox, and the order in which messages of one chat stand in line."""

import zlib
from collections.abc import MutableSequence
from dataclasses import dataclass
from typing import NamedTuple

PARTITIONS = 256
"""How many parts the chats are divided into. Stored at the first start: a later start with another number is
refused.
"""


NOWHERE = "0"
"""In place of a chat's id: of a message in which none could be read. No platform gives it to a chat."""


class Chat(NamedTuple):
    """The address of a chat: which bot, and which conversation of that bot."""

    bot: str
    id: str

    @property
    def partition(self) -> int:
        """The partition the chat lives in, for ever."""
        return zlib.crc32(f"{self.bot}:{self.id}".encode()) % PARTITIONS

    def __str__(self) -> str:
        return f"{self.bot}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Chat":
        """Read an address as `str` writes it; a bot's name has no colon."""
        bot, _, chat_id = text.partition(":")
        return cls(bot, chat_id)


def prefix(partition: int) -> str:
    """Where the keys of a partition begin. The hash tag keeps them in one slot of a Redis Cluster."""
    return f"mailroom:{{{partition}}}:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One waiting message. `order` is Telegram's update_id where there is one; `seq` grows with every accept
    of the partition.
    """

    seq: int
    order: int | None
    accepted_ms: int
    kind: str
    queue: str
    trace: str
    payload: bytes
    expedited: bool = False
    group: str = ""
    """The media group that the message is a part of, as Telegram names it; mostly it is of none."""

    @property
    def queue_and_group(self) -> str:
        """As the mailbox holds it, and a dead letter."""
        return queue_and_group(self.queue, self.group)

    @classmethod
    def parse(cls, raw: bytes, *, expedited: bool = False) -> "Entry":
        """Read an entry as `accept.lua` writes it."""
        head, _, payload = raw.partition(b"\n")
        seq, order, accepted_ms, kind, way, trace = head.decode().split(" ")
        queue, _, group = way.partition("/")
        return cls(
            int(seq),
            None if order == "-" else int(order),
            int(accepted_ms),
            kind,
            queue,
            trace,
            payload,
            expedited,
            group,
        )


def queue_and_group(queue: str, group: str) -> str:
    """Both in the one field that an entry has for them."""
    return f"{queue}/{group}" if group else queue


def place(waiting: MutableSequence[Entry], entry: Entry) -> int:
    """Where `entry` stands among `waiting`: before the first with a higher order, else last. The same rule as
    `append` in `common.lua`.
    """
    position = len(waiting)
    if entry.order is None:
        return position
    for index in range(len(waiting) - 1, -1, -1):
        other = waiting[index].order
        if other is None:
            continue
        if other < entry.order:
            break
        position = index
    return position
