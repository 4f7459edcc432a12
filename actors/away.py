"""What of a handler's errors means that a store is away, and no attempt at its job or message: one table.

Handlers talk to Postgres and Redis by the drivers' own calls, so the drivers' errors come out of them raw.
Some of these say nothing by themselves: an `OSError` is a refused connection if it comes out of a driver, and
a missing file if it does not. So a row may ask where an error comes from, and what it says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import asyncpg
from redis import exceptions as redis

from mailroom.storage.errors import StoreUnavailable

DRIVERS = ("asyncpg.", "redis.", "mailroom.storage.")
"""Modules whose connections are connections to a store."""
TIMES_MAX = 1_000
"""For so many times in a row a store may be away from one job: most of a day. After that it is the job."""
DOUBTFUL_TIMES_MAX = 20
"""The same for what a handler can bring about itself: a statement that takes too long, say."""
PAUSE_SECONDS = 1.0
PAUSE_SECONDS_MAX = 60.0
"""Before the job is run again; the pause doubles with each time."""


@dataclass(frozen=True, slots=True)
class Row:
    """An error that means it. `says`: only with one of these words; `of_driver`: only out of a driver."""

    raised: type[BaseException]
    says: tuple[str, ...] = ()
    of_driver: bool = False
    times_max: int = TIMES_MAX


AWAY = (
    Row(StoreUnavailable),
    # Postgres: cut, starting, stopping, full, or failing over
    Row(asyncpg.PostgresConnectionError),
    Row(asyncpg.CannotConnectNowError),
    Row(asyncpg.AdminShutdownError),
    Row(asyncpg.CrashShutdownError),
    Row(asyncpg.InsufficientResourcesError),  # too many connections among them
    Row(asyncpg.ReadOnlySQLTransactionError),
    Row(asyncpg.InterfaceError, says=("is closed", "is closing", "was closed")),
    Row(asyncpg.InternalClientError, times_max=DOUBTFUL_TIMES_MAX),
    # Redis: likewise
    Row(redis.ConnectionError),
    Row(redis.TimeoutError),
    Row(redis.ReadOnlyError),
    Row(redis.ClusterDownError),
    Row(redis.MasterDownError),
    Row(redis.TryAgainError),
    Row(redis.OutOfMemoryError),
    # Either
    Row(TimeoutError, of_driver=True, times_max=DOUBTFUL_TIMES_MAX),
    Row(OSError, of_driver=True),
)
"""The first row that fits decides; what none fits is an attempt."""


def times_max(error: BaseException) -> int:
    """How many times in a row this error is no attempt; 0 for one that always is."""
    if isinstance(error, BaseExceptionGroup):
        return min(times_max(one) for one in error.exceptions)
    said = str(error)
    for row in AWAY:
        if (
            isinstance(error, row.raised)
            and (not row.says or any(words in said for words in row.says))
            and (not row.of_driver or any(name.startswith(DRIVERS) for name in _modules(error.__traceback__)))
        ):
            return row.times_max
    return 0


def is_certain(error: BaseException) -> bool:
    """Whether a store is away and nothing else can be meant: no handler brings this about by itself."""
    return times_max(error) == TIMES_MAX


def pause_seconds(times: int) -> float:
    """How long to wait after so many times before."""
    return float(min(PAUSE_SECONDS * 2 ** min(times, 10), PAUSE_SECONDS_MAX))


def _modules(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        yield trace.tb_frame.f_globals.get("__name__", "")
        trace = trace.tb_next
