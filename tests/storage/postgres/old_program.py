"""A program of the version before, as far as its SQL goes: it names tables without a schema, keeps its
connections and prepared statements, tries again what a cut connection broke, and counts what it has done.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

import asyncpg

from mailroom.storage.postgres.outbox.connection import TRY_AGAIN

ENQUEUE = """
INSERT INTO outbox_job (
    created_at, run_at, turn_at, priority, attempts_max, timeout_seconds, backoff_seconds, backoff_factor,
    backoff_max_seconds, backoff_jitter, queue, name, payload
)
SELECT now(), now(), now(), 1, 3, 10, 1, 2, 60, 0, 'mail', 'deed', $1
"""
FINISH = """
DELETE FROM outbox_job WHERE id IN (
    SELECT id FROM outbox_job WHERE queue = 'mail' ORDER BY turn_at LIMIT 5 FOR UPDATE SKIP LOCKED
)
RETURNING id, name, queue
"""
NOTE = "INSERT INTO outbox_event (job_id, attempt, kind, queue, name) VALUES ($1, 1, 'done', $2, $3)"
SEEN = "SELECT state, count(*) FROM outbox_seen GROUP BY state"
ORDERS = "SELECT o.id, p.id FROM shop.orders AS o JOIN payment AS p ON p.reference = o.id::text"


class OldProgram:
    """Enqueues jobs, finishes them and looks at them, until it is told to stop."""

    def __init__(self, url: str, *, statements: int = 100) -> None:
        self._url = url
        self._statements = statements
        self.enqueued = 0
        self.finished = 0
        self.cuts = 0
        self.errors: list[Exception] = []
        self._stopping = False

    async def __aenter__(self) -> Self:
        works = (self._enqueue, self._finish, self._look)
        self._tasks = [asyncio.create_task(self._over_and_over(work)) for work in works]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping = True
        await asyncio.gather(*self._tasks)

    async def does(self, more: int) -> None:
        """Wait until so many more jobs are finished."""
        wanted = self.finished + more
        async with asyncio.timeout(30):
            while self.finished < wanted and not self.errors:  # noqa: ASYNC110 - a number that others count up
                await asyncio.sleep(0.01)

    async def check_the_books(self) -> None:
        """What it did is there, each thing once. It cannot know whether what was cut off had counted."""
        assert not self.errors, self.errors
        connection = await asyncpg.connect(self._url, statement_cache_size=0)
        try:
            left = await connection.fetchval("SELECT count(*) FROM mailroom.outbox_job WHERE queue = 'mail'")
            rows = await connection.fetch("SELECT job_id FROM mailroom.outbox_event WHERE queue = 'mail'")
        finally:
            connection.terminate()
        done = [row["job_id"] for row in rows]
        assert len(done) == len(set(done))
        assert self.enqueued <= left + len(done) <= self.enqueued + self.cuts

    async def _over_and_over(self, work: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
        connection: asyncpg.Connection | None = None
        while not self._stopping:
            try:
                if connection is None:
                    connection = await asyncpg.connect(self._url, statement_cache_size=self._statements)
                await work(connection)
            except asyncpg.DeadlockDetectedError:
                continue  # with whoever locks the tables: undone, and tried again
            except (*TRY_AGAIN, asyncpg.InvalidSQLStatementNameError):
                # The latter where a pooler's connection was cut between the two halves of a statement.
                self.cuts += 1
                if connection is not None:
                    connection.terminate()
                connection = None
            except Exception as error:
                self.errors.append(error)
                return
            await asyncio.sleep(0.001)
        if connection is not None:
            connection.terminate()

    async def _enqueue(self, connection: asyncpg.Connection) -> None:
        await connection.execute(ENQUEUE, str(self.enqueued))
        self.enqueued += 1

    async def _finish(self, connection: asyncpg.Connection) -> None:
        async with connection.transaction():
            rows = await connection.fetch(FINISH)
            for row in rows:
                await connection.execute(NOTE, row["id"], row["queue"], row["name"])
        self.finished += len(rows)

    async def _look(self, connection: asyncpg.Connection) -> None:
        await connection.fetch(SEEN)
        await connection.fetch(ORDERS)
