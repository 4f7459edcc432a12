"""What is found in both stores, and what is to be done about it: one table.

Each store counts how far it has come and remembers how far the other had. A beat sets Postgres' mark first,
then tells Redis, then tells Postgres of Redis, so that whatever is remembered was there before: a process
that dies between these steps leaves a store that remembers too little, which is nothing to worry about. A
store that has come less far than the other remembers has lost something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mailroom.storage.postgres.pair import InPostgres
from mailroom.storage.redis.pair import InRedis

BEATS_LOST_MAX = 2
"""What of Redis may be behind without a word: as much as `appendfsync everysec` loses with a power cut."""
GAP_SECONDS_MAX = 60.0
"""What Postgres may have lost so that it goes on by itself, once the gateways say that no payment is among
it: more than an asynchronous fail-over loses, and less than anybody's backup.
"""

What = Literal["foreign", "unpaired", "new", "emptied", "went_back", "behind", "fits"]
Deed = Literal["refuse", "pair", "warn", "hold", "beat"]


@dataclass(frozen=True, slots=True)
class Found:
    """Both stores, as one look found them. Redis' memory of Postgres was read before Postgres' mark, and how
    far Redis has come after what Postgres remembers of it: whoever beats meanwhile changes nothing.
    """

    postgres: InPostgres
    redis: InRedis | None
    keys: bool = False
    """Whether Redis has keys of ours, where it does not say whose it is."""
    known: bool = False
    """Whether this process has seen in this Redis whose it is: then it was emptied under us, and the keys are
    those that we have written since.
    """
    seen: tuple[int, int] = (0, 0)
    """The last mark of Postgres that this process saw, and when that was set (ms): it remembers what both
    stores have forgotten that were restored from one night under it.
    """


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: what is found, how it is recognised, and what is done about it."""

    what: What
    deed: Deed
    holds: Callable[[Found], bool]


ROWS = (
    Row("foreign", "refuse", lambda it: it.redis is not None and it.redis.id != it.postgres.id),
    # The first start of this version finds such a Redis too, and a Postgres without a mark.
    Row("unpaired", "refuse", lambda it: it.redis is None and _used(it) and it.keys and not it.known),
    Row("went_back", "hold", lambda it: it.postgres.mark < last_known(it)[0]),
    Row("emptied", "warn", lambda it: it.redis is None and _used(it)),
    Row("new", "pair", lambda it: it.redis is None),
    Row("behind", "warn", lambda it: beats_lost(it) > BEATS_LOST_MAX),
    Row("fits", "beat", lambda it: True),  # noqa: ARG005 - the last row
)
"""The first row that holds is the verdict."""


def judge(found: Found) -> Row:
    """What the stores are to each other."""
    return next(row for row in ROWS if row.holds(found))


def beats_lost(found: Found) -> int:
    """By how many beats Redis is behind what Postgres remembers of it."""
    return found.postgres.redis - found.redis.own if found.redis is not None else 0


def last_known(found: Found) -> tuple[int, int]:
    """The last mark of Postgres that is remembered outside of it, and when that was set (ms)."""
    return max(found.seen, (found.redis.postgres, found.redis.seen_ms) if found.redis is not None else (0, 0))


def seconds_lost(found: Found) -> float | None:
    """How much is missing in the store that went back, by Postgres' clock: the time between the last beats
    that the two know of. None where one of them knows of none.
    """
    at_ms = found.redis.seen_ms if found.redis is not None else 0
    if found.postgres.mark < last_known(found)[0]:
        at_ms = last_known(found)[1]
    if not at_ms or not found.postgres.mark:
        return None
    return abs(at_ms / 1000 - found.postgres.seen_at.timestamp())


def _used(found: Found) -> bool:
    return found.postgres.mark > 0
