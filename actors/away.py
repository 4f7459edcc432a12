"""What of a handler's errors means that a store is away: our stores' table of whose a failure is.

Handlers talk to Postgres and Redis by the drivers' own calls, so the drivers' errors come out of them raw.
Some of these say nothing by themselves: an `OSError` is a refused connection if it comes out of a driver, and
a missing file if it does not. So a row may ask where an error comes from, and what it says.
"""

from collections.abc import Iterator
from types import TracebackType

import asyncpg
from redis import exceptions as redis

from mailroom.actors.owners import Owner, Row, fault_in
from mailroom.storage.errors import StoreUnavailable

DRIVERS = ("asyncpg.", "redis.", "mailroom.storage.")
"""Modules whose connections are connections to a store."""


def _away(
    raised: type[BaseException],
    *,
    says: tuple[str, ...] = (),
    of_driver: bool = False,
    owner: Owner = Owner.US,
) -> Row:
    """`says`: only with one of these words; `of_driver`: only out of a driver."""

    def only(error: BaseException) -> bool:
        said = str(error)
        return (not says or any(words in said for words in says)) and (
            not of_driver or any(name.startswith(DRIVERS) for name in _modules(error.__traceback__))
        )

    return Row(raised, owner, only if says or of_driver else None)


OWNERS = (
    _away(StoreUnavailable),
    # Postgres: cut, starting, stopping, full, or failing over
    _away(asyncpg.PostgresConnectionError),
    _away(asyncpg.CannotConnectNowError),
    _away(asyncpg.AdminShutdownError),
    _away(asyncpg.CrashShutdownError),
    _away(asyncpg.InsufficientResourcesError),  # too many connections among them
    _away(asyncpg.ReadOnlySQLTransactionError),
    _away(asyncpg.InterfaceError, says=("is closed", "is closing", "was closed")),
    _away(asyncpg.InternalClientError, owner=Owner.PERHAPS_US),
    # Redis: likewise
    _away(redis.ConnectionError),
    _away(redis.TimeoutError),
    _away(redis.ReadOnlyError),
    _away(redis.ClusterDownError),
    _away(redis.MasterDownError),
    _away(redis.TryAgainError),
    _away(redis.OutOfMemoryError),
    # Either
    _away(TimeoutError, of_driver=True, owner=Owner.PERHAPS_US),
    _away(OSError, of_driver=True),
)
"""The first row that fits decides; what none fits is the handler's."""


def owner_of(error: BaseException) -> Owner:
    """Whose an error is that a store may have raised."""
    return fault_in(OWNERS, error).owner


def is_certain(error: BaseException) -> bool:
    """Whether a store is away and nothing else can be meant: no handler brings this about by itself."""
    return owner_of(error) is Owner.US


def _modules(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        yield trace.tb_frame.f_globals.get("__name__", "")
        trace = trace.tb_next
