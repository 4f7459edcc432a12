"""Databases of a test's own: copies of one that is made once in a session, which takes a tenth of the time.

Whoever makes and drops them stays connected: 1 600 tests have one.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

import asyncpg

CUT = (asyncpg.ConnectionDoesNotExistError, asyncpg.InterfaceError, asyncpg.AdminShutdownError, OSError)
T = TypeVar("T")
_numbers = itertools.count(1)


class Admin:
    """A connection to the session's Postgres, on a loop of its own that runs while it is asked something."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection | None = None

    def execute(self, statement: str) -> None:
        """Once more over another connection, where a test has cut all there were."""
        try:
            self.run(self._execute(statement))
        except CUT:
            self._connection = None
            self.run(self._execute(statement))

    def run(self, work: Awaitable[T]) -> T:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self.run(asyncio.sleep(0))
        self._loop.close()

    async def _execute(self, statement: str) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url)
        await self._connection.execute(statement)


@cache
def admin(url: str) -> Admin:
    """That of a server."""
    return Admin(url)


def sibling(url: str, name: str) -> str:
    """The address of another database of the server."""
    return url.replace("@/mailroom?", f"@/{name}?")


@cache
def template(url: str, name: str, make: Callable[[str], Awaitable[object]]) -> str:
    """The name of a database that is made once, by what is given its address."""
    admin(url).execute(f"CREATE DATABASE {name}")
    admin(url).run(make(sibling(url, name)))
    return name


@contextmanager
def copied(url: str, of: str = "template1") -> Iterator[str]:
    """The address of a database that is there for the block, with all that a template has; of none it is
    empty.
    """
    name = f"test_{next(_numbers)}"
    admin(url).execute(f"CREATE DATABASE {name} TEMPLATE {of}")
    yield sibling(url, name)
    admin(url).execute(f"DROP DATABASE {name} WITH (FORCE)")
