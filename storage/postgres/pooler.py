"""What is between us and Postgres, found out by looking: nothing, or a pooler such as PgBouncer.

Managed databases put one in front without saying so, and its mode is a line of somebody else's configuration.
A pooler shows itself by the process id that it makes up for the server. In session mode a client keeps its
server connection; in transaction mode whatever a statement leaves in a session (a setting, a lock, LISTEN) is
the next client's, and a prepared statement is there again only if the pooler sees to that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from secrets import token_hex

import asyncpg

LOOKS_MAX = 8
"""How often to look when others use the pooler too, and the connections are dealt anew in between."""
LOOK_SECONDS_MAX = 1.0
"""A pooler with a single connection lets the second one wait for the first: no answer is an answer."""
CONNECT_SECONDS_MAX = 5.0

PROCESS = "SELECT pg_backend_pid()"


class Pooler(Enum):
    """What there is."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a database."""

    pooler: Pooler
    statements_kept: bool
    """Whether a statement that was prepared once can be run later."""

    @property
    def sessions_kept(self) -> bool:
        """Whether LISTEN is heard. Settings are made for a transaction through any pooler: in session mode
        they would be the next client's where the pooler resets nothing.
        """
        return self.pooler is not Pooler.TRANSACTION


DIRECT = Way(Pooler.NONE, statements_kept=True)
IN_SESSION_MODE = Way(Pooler.SESSION, statements_kept=True)
IN_TRANSACTION_MODE = Way(Pooler.TRANSACTION, statements_kept=False)
KEEPING_STATEMENTS = Way(Pooler.TRANSACTION, statements_kept=True)

_known: dict[str, Way] = {}
"""The ways of this process by URL: the two connections that a look takes are not to be had each time."""


async def way_to(url: str) -> Way:
    """The way there; looked for once, and again after `forget`. Raises what asyncpg raises."""
    if (way := _known.get(url)) is None:
        way = _known[url] = await look(url)
    return way


def forget(url: str) -> None:
    """What was known may not be true any more: a database that was away can come back behind a pooler."""
    _known.pop(url, None)


async def look(url: str) -> Way:
    """Find out what is there, over connections of our own that leave nothing behind."""
    async with _connected(url) as first:
        if await first.fetchval(PROCESS) == first.get_server_pid():
            return DIRECT
        async with _connected(url) as second:
            try:
                async with asyncio.timeout(LOOK_SECONDS_MAX * LOOKS_MAX):
                    return await _mode(first, second)
            except TimeoutError:
                return IN_TRANSACTION_MODE


async def _mode(first: asyncpg.Connection, second: asyncpg.Connection) -> Way:
    """Have the second connection occupy, by a transaction, the server connection that the first one had last.
    In session mode it never gets it. Without proof, the mode in which the least works is assumed.
    """
    homes: set[int] = set()
    for _ in range(LOOKS_MAX):
        name = f"mailroom_{token_hex(8)}"
        async with first.transaction():  # or others who use the pooler part the one from the other
            statement = await first.prepare("SELECT 1", name=name)
            home = await first.fetchval(PROCESS)
        homes.add(home)
        async with second.transaction():
            taken = await second.fetchval(PROCESS) == home
            if taken:
                if await _kept(statement):
                    return KEEPING_STATEMENTS
                with suppress(asyncpg.PostgresError):
                    await second.execute(f"DEALLOCATE {name}")
                return IN_TRANSACTION_MODE
    return IN_SESSION_MODE if len(homes) == 1 else IN_TRANSACTION_MODE


async def _kept(statement: asyncpg.prepared_stmt.PreparedStatement) -> bool:
    """Whether a statement is found though its client has another server connection now."""
    try:
        async with asyncio.timeout(LOOK_SECONDS_MAX):
            await statement.fetchval()
    except (asyncpg.InvalidSQLStatementNameError, TimeoutError):
        return False
    return True


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX, statement_cache_size=0)
    try:
        yield connection
    finally:
        connection.terminate()
