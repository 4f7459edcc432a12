"""On-call's way to the outbox in Postgres: opened when it is needed first, and its refusals in words.

Nothing of it is imported before: most commands need Redis alone, and the driver takes a while to load.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from mailroom.supervisors.oncall.errors import OnCallError

if TYPE_CHECKING:
    import asyncpg

    from mailroom.storage.postgres.outbox.oncall import OutboxAdmin

Database: TypeAlias = "asyncpg.Pool | Callable[[], Awaitable[asyncpg.Pool]] | None"
"""The connections to Postgres, or what opens them when it is called first, and gives the same ones then."""


class Outbox:
    """The jobs in Postgres, where there is one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def is_there(self) -> bool:
        """Whether a Postgres was given at all."""
        return self._database is not None

    @asynccontextmanager
    async def look(self) -> "AsyncIterator[asyncpg.Pool]":
        """Connections to look with. Raises `OnCallError` where there is no outbox, `StoreUnavailable` where
        it does not answer.
        """
        if self._database is None:
            raise OnCallError(
                "Jobs are kept in Postgres, and none was given: set DATABASE_URL, or give --data of a"
                " running `mailroom up`."
            )
        import asyncpg

        pool = await self._database() if callable(self._database) else self._database
        try:
            yield pool
        except asyncpg.UndefinedTableError:
            raise OnCallError("The database has no outbox yet: run `mailroom migrate` first.") from None
        except asyncpg.CharacterNotInRepertoireError:
            raise OnCallError("Postgres keeps no NUL characters: leave them out.") from None

    @asynccontextmanager
    async def act(self) -> "AsyncIterator[OutboxAdmin]":
        """Act with the admin; whoever waits for jobs has heard of it when this ends."""
        from mailroom.storage.postgres.outbox.notifier import QueueNotifier
        from mailroom.storage.postgres.outbox.oncall import OutboxAdmin

        async with self.look() as pool:
            notifier = QueueNotifier(pool)
            yield OutboxAdmin(pool, notifier)
            await notifier.flushed()
