"""How far Postgres has come, and what it knows of the Redis that it works with."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.console_people import end_all_sessions
from mailroom.storage.postgres.leap import leap
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("pair.sql"))


@dataclass(frozen=True, slots=True)
class InPostgres:
    """What Postgres says of the pair, in the order of the columns."""

    id: str
    """Whose database this is."""
    mark: int
    """How far it has come: one more with each beat of the installation; 0 where it was never used."""
    redis: int
    """How far Redis had come when it was last looked at."""
    seen_at: datetime
    """When the mark was last set, by the database's clock."""
    held: str | None
    """Why nothing acts, as JSON; None where everything may."""
    lost: str | None
    """What Redis was last found to have lost, as JSON."""
    now: datetime
    ask_from: datetime | None = None
    """From when on the gateways are still to be asked what they have; None where nothing is to be asked."""
    asked: str | None = None
    """What came of asking them, as JSON."""


class PostgresPair:
    """The pair as one database has it. Every call may be repeated, and raises `StoreUnavailable` where
    Postgres does not answer.
    """

    def __init__(self, database: asyncpg.Pool) -> None:
        self._database = database

    async def read(self) -> InPostgres:
        """What stands there."""
        row = await self._ask("read")
        if row is None or row["id"] is None:
            raise StoreError(
                "the database does not say whose it is: a row of `installation` or `pair` is gone"
            )
        return InPostgres(*row)

    async def advance(self, mark: int, silence_seconds: float) -> tuple[int, datetime] | None:
        """Go one further than `mark`: the new mark, and when it was set. None where it is another by now.
        After so long a silence the gateways are to be asked what happened in it.
        """
        row = await self._ask("advance", mark, silence_seconds)
        return None if row is None else (row["mark"], row["seen_at"])

    async def remember(self, own: int) -> None:
        """Note how far Redis has come."""
        await self._ask("remember", own)

    async def hold(self, reason: str, mark: int) -> bool:
        """Have nothing act, for this reason (JSON), leave out the numbers that may have been given since what
        is known, and log people out of the console: whoever had logged out since would be in again. False
        where there is a reason already, or the mark is not that one any more.
        """
        with answering():
            async with self._database.acquire() as connection, connection.transaction():
                fresh = await connection.fetchrow(SQL["hold"], reason, mark) is not None
                if fresh:
                    await leap(connection)
                    await end_all_sessions(connection)
        return fresh

    async def note_lost(self, lost: str) -> None:
        """Note what Redis has lost (JSON)."""
        await self._ask("lose", lost)

    async def note_asked(self, ask_from: datetime, asked: str, *, done: bool) -> None:
        """Note what came of asking the gateways from then on (JSON); `done` where nothing is left to ask."""
        await self._ask("asked", ask_from, asked, done)

    async def rename(self, id_: str) -> None:
        """Be another installation from now on, which knows of no Redis."""
        await self._ask("rename", id_)

    async def go(self, past: int) -> bool:
        """End a hold. False where there was none. `past` is what Redis remembers of the mark."""
        return await self._ask("go", past) is not None

    async def _ask(self, name: str, *args: object) -> asyncpg.Record | None:
        with answering():
            row: asyncpg.Record | None = await self._database.fetchrow(SQL[name], *args)
        return row
