"""The connections to Postgres, shared by everybody on the asyncio side."""

import asyncpg

from storage.errors import StoreUnavailable

CONNECTIONS_MAX = 10
"""Two busy processors and short queries: more connections would only wait inside Postgres instead of here."""
COMMAND_TIMEOUT_SECONDS = 10.0
"""Nothing on the way of a message takes longer; a query that does is stuck."""

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


async def connect(url: str) -> asyncpg.Pool:
    """Open the pool. Raises `StoreUnavailable` when the database cannot be reached."""
    try:
        return await asyncpg.create_pool(
            url, min_size=1, max_size=CONNECTIONS_MAX, command_timeout=COMMAND_TIMEOUT_SECONDS, timeout=5
        )
    except UNAVAILABLE as error:
        raise unavailable(error) from error
