"""A queue that a bot has for itself: how it is called in its room, and how much of it is run at once.

    DELIVERY = Queue("delivery", Limits(concurrency=200))
    DELIVERY.of("shop")    # "shop.delivery": that of the bot `shop`, and nobody else's

Two bots of one kind have two queues of the same limits: what hangs, floods or is paused in one is nothing to
the other.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailroom.actors.jobs.limits import Limits

DOT = "."
"""Between a bot's name, which has none, and that of its queue."""
NAME = re.compile(r"[A-Za-z0-9_-]{1,35}")
"""With a bot's name before it, it has to fit into the hundred characters of a queue."""


class QueueError(ValueError):
    """There is no such queue; the message says why. A mistake in the program."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What a queue is called, and its limits. One that is not `of_bots` is of nobody's but its own name."""

    name: str
    limits: Limits = field(default=Limits())
    of_bots: bool = True

    def __post_init__(self) -> None:
        if self.of_bots and NAME.fullmatch(self.name) is None:
            raise QueueError(f"the queue {self.name!r} must be 1 to 35 of the characters A-Z a-z 0-9 _ -")

    def of(self, bot: str = "") -> str:
        """Its full name: that of this bot. Raises `QueueError` without one, or where there is to be none."""
        if self.of_bots != bool(bot):
            whose = "every bot has its own: say of which bot" if self.of_bots else "it belongs to no bot"
            raise QueueError(f"the queue {self.name}: {whose}")
        return f"{bot}{DOT}{self.name}" if bot else self.name


def bot_of(queue: str) -> str:
    """The bot whose queue it is; empty for one that belongs to none."""
    return queue.partition(DOT)[0] if DOT in queue else ""


def name_in_room(queue: str) -> str:
    """What a bot's queue is called in its room: the same for all bots of a kind."""
    return queue.partition(DOT)[2] or queue


SHARED_ONCE = frozenset({"delivery", "notification", "payment"})
"""What queues were called when all bots shared them; somebody may still enqueue by these names."""
KEPT_OF = {"accounts": "payment"}
"""What the platform has kept of one of them: by this name, because the old one is nobody's any more."""


def former_of(queue: str) -> str | None:
    """What a queue was called then."""
    name = name_in_room(queue)
    if DOT not in queue:
        return KEPT_OF.get(queue)
    return name if name in SHARED_ONCE else None


def took_over(queues: Iterable[str]) -> dict[str, list[str]]:
    """By the old name, the queues that have taken over from it."""
    found: dict[str, list[str]] = {}
    for queue in queues:
        if (former := former_of(queue)) is not None:
            found.setdefault(former, []).append(queue)
    return found
