"""The tables of a room under test: one database for all tests of a session, emptied for each."""

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from mailroom.storage.postgres.histories import History
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.opening import open_connection, open_pool
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("tables.sql"))
CONNECTIONS_MAX = 4
CUT_SECONDS = 5.0
"""How long connections that were ended may take to hear of it."""
_numbers = count(1)


class Tables:
    """A database with a room's tables, and the connections to it, for as long as the loop lives."""

    def __init__(self, url: str, history: History | None) -> None:
        self._server = url
        self._history = history
        self.name = f"kit_{next(_numbers)}"
        self.url = url.replace("@/mailroom?", f"@/{self.name}?")
        self.pool: asyncpg.Pool
        self._watch: asyncpg.Connection
        self._emptying = ""
        self.away = False
        self._refused = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Make it, or empty it; to be awaited on the loop of the bot."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._loop is None:
                await self._make()
            self._loop = loop
            self._watch = await open_connection(self.url)
            self.pool = await open_pool(self.url, most=CONNECTIONS_MAX)
            self._let_connect(self.pool)
        if not self._emptying:
            self._emptying = await self._how_to_empty()
        async with self._watch.transaction():
            await self._watch.execute(self._emptying)
        await self._watch.execute(SQL["begin_again"])

    @property
    def in_use(self) -> bool:
        """Whether anybody has a connection of the pool in hand."""
        return self.pool.get_size() > self.pool.get_idle_size()

    async def hurry(self) -> None:
        """Have what has failed tried again now."""
        await self._watch.execute(SQL["hurry"])

    async def go_away(self) -> None:
        """End all connections but ours, and take no new one."""
        self.away, self._refused = True, 0
        await self._watch.execute(SQL["cut"])
        async with asyncio.timeout(CUT_SECONDS):
            while self.pool.get_size():  # noqa: ASYNC110 - until ours know of it; nobody says when that is
                await asyncio.sleep(0.001)

    def come_back(self) -> int:
        """Be there again; how often somebody was refused."""
        self.away = False
        return self._refused

    def _let_connect(self, pool: Any) -> None:
        connect = pool._connect  # noqa: SLF001 - what it was made with

        async def connected(*args: Any, **options: Any) -> asyncpg.Connection:
            if self.away:
                self._refused += 1
                raise ConnectionRefusedError("the test has Postgres away")
            made: asyncpg.Connection = await connect(*args, **options)
            return made

        pool._connect = connected  # noqa: SLF001

    async def close(self) -> None:
        """Close the connections."""
        if self._loop is asyncio.get_running_loop():
            self.pool.terminate()
            self._watch.terminate()

    async def _make(self) -> None:
        server = await open_connection(self._server)
        try:
            await server.execute(f"CREATE DATABASE {self.name}")
        finally:
            await server.close()
        await apply_migrations(self.url, [self._history] if self._history else [])

    async def _how_to_empty(self) -> str:
        """The statements for it. What has rows before any test, such as what was migrated, keeps them."""
        names = [str(row[0]) for row in await self._watch.fetch(SQL["tables"])]
        empty = [
            one
            for one in names
            if not await self._watch.fetchval(f"SELECT EXISTS (SELECT FROM {one})")  # noqa: S608
        ]
        # Nobody's foreign keys are looked at meanwhile: all rows go.
        deletions = [f"DELETE FROM {one};" for one in empty]  # noqa: S608
        return "".join(["SET LOCAL session_replication_role = replica;", *deletions])
