"""The errors of a connection in the words of the stores."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from mailroom.storage.postgres.database import UNAVAILABLE, unavailable
from mailroom.storage.postgres.schemas import SchemaConnection

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy | SchemaConnection
"""A connection, whether it came from a pool or not."""
Source = asyncpg.Pool | Connection
"""Where one statement may be run."""

TRY_AGAIN = (
    *UNAVAILABLE,
    asyncpg.InternalClientError,  # what asyncpg says when a connection is cut between two statements
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
"""Postgres does not answer, or asked for the same transaction once more."""


@contextmanager
def answering() -> Iterator[None]:
    """Raise `StoreUnavailable` for what is worth trying again; what is not passes unchanged."""
    try:
        yield
    except TRY_AGAIN as error:
        raise unavailable(error) from error
