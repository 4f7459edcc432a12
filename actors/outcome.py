"""How an attempt at a message may end, for the actor of its chat, which decides what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailroom.actors.judge import Verdict
from mailroom.storage.redis.entry import Entry
from mailroom.storage.redis.mailbox import Committed, Following, Incomplete


@dataclass(frozen=True, slots=True)
class Done:
    """Finished and committed. `others` are the further parts of a media group."""

    verdict: Verdict
    committed: Committed
    attempt: int
    following: Entry | None = None
    """The message that was begun with the commit; `committed.next` is the attempt at it."""
    error: BaseException | None = None
    others: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """To be run again, in so many seconds."""

    verdict: Verdict
    seconds: float
    attempt: int
    error: BaseException | None


SUSPENDED = "suspended"
GONE = "gone"
"""On-call took the message away before it was begun."""
BEHIND = "behind"
"""Another message stands before it, of which its actor did not know."""
TORN = "torn"
"""On-call took a part of a media group away while it was handled; the others are in line still."""
BACK = "back"
"""It is not urgent after all: it is in line now, and no attempt was made."""
Outcome = Done | Later | Incomplete | str
NextAfter = Callable[[Sequence[Entry]], Following | None]
"""Names the message to begin with the commit of these."""
