"""Browsers in which somebody has proved who they are, by the digest of what their cookie holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load
from mailroom.storage.postgres.subscriptions import end_with

SQL = load(Path(__file__).with_name("sessions.sql"))


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of somebody's."""

    id: int
    """What it is called where somebody's sessions are listed; it opens nothing."""
    bot: str
    person: str
    addresses: tuple[str, ...]
    """What was proved in it."""
    about: str
    """What the browser calls itself."""
    made_at: datetime
    seen_at: datetime
    until: datetime
    stale: bool = False
    """Whether it was last seen so long ago that it is to be noted again."""


async def put(
    connection: Connection,
    digest: bytes,
    *,
    bot: str,
    person: str,
    addresses: Sequence[str],
    about: str,
    seconds: float,
    most: int,
) -> None:
    """Remember somebody in one more browser; of more than `most` the oldest are ended."""
    await connection.execute(SQL["prune"])
    await connection.fetchval(SQL["open"], digest, bot, person, list(addresses), about, seconds)
    await _ended(connection, bot, await connection.fetch(SQL["most"], bot, person, most))


async def find(source: Source, digest: bytes, bot: str, *, stale_seconds: float) -> Session | None:
    """The session of this digest at a bot; None if there is none, or it is over."""
    row = await source.fetchrow(SQL["find"], digest, bot, stale_seconds)
    return Session(**{**row, "addresses": tuple(row["addresses"])}) if row is not None else None


async def see(source: Source, session: int, *, seconds: float) -> None:
    """It was used just now, and is remembered for so long from now on."""
    await source.execute(SQL["see"], session, seconds)


async def add(connection: Connection, session: int, address: str) -> None:
    """One more address was proved in it."""
    await connection.execute(SQL["add"], session, address)


async def sessions_of(source: Source, bot: str, person: str) -> list[Session]:
    """All of somebody's, the one that was seen last first."""
    rows = await source.fetch(SQL["of_person"], bot, person)
    return [Session(**{**row, "addresses": tuple(row["addresses"])}) for row in rows]


async def end(connection: Connection, bot: str, person: str, session: int) -> bool:
    """End one of somebody's, with the notices it gets. False if there is no such one of theirs."""
    return bool(await _ended(connection, bot, await connection.fetch(SQL["end"], bot, person, session)))


async def end_all(connection: Connection, bot: str, person: str, *, but: int | None = None) -> int:
    """End all of somebody's, perhaps but for one; how many it were."""
    rows = await connection.fetch(SQL["end_all"], bot, person, but)
    return len(await _ended(connection, bot, rows))


async def _ended(connection: Connection, bot: str, rows: Sequence[asyncpg.Record]) -> list[int]:
    ended = [row["id"] for row in rows]
    if ended:
        await end_with(connection, bot, ended)
    return ended
