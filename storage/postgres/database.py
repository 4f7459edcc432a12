"""The connections to Postgres, shared by everybody on the asyncio side."""

import asyncpg

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.opening import open_pool

CONNECTIONS_MAX = 10
"""For a program that is not the service, such as the command line of on-call."""

UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises when the database is not there or not ready: worth trying again."""


def unavailable(error: Exception) -> StoreUnavailable:
    """The same in the words of the stores."""
    return StoreUnavailable(f"Postgres does not answer: {str(error) or type(error).__name__}")


async def connect(url: str, connections: int = CONNECTIONS_MAX) -> asyncpg.Pool:
    """Open the pool. Raises `StoreUnavailable` when the database cannot be reached."""
    try:
        return await open_pool(url, tried=True, most=connections)
    except UNAVAILABLE as error:
        raise unavailable(error) from error
