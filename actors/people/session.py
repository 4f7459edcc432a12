"""Who has a browser's cookie, and how long it is remembered."""

from contextlib import suppress

import asyncpg

from mailroom.actors.people.enter import SEEN_SECONDS, SESSION_SECONDS
from mailroom.actors.people.token import digest_of
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres import sessions
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.sessions import Session


async def session_of(database: asyncpg.Pool, bot: str, token: str) -> Session | None:
    """The session that a cookie stands for at a bot; it is good for a month from now on. None for what is no
    session, is over, or was ended.
    """
    digest = digest_of(token)
    if digest is None:
        return None
    with answering():
        found = await sessions.find(database, digest, bot, stale_seconds=SEEN_SECONDS)
    if found is not None and found.stale:
        with suppress(StoreUnavailable), answering():  # the next time will do
            await sessions.see(database, found.id, seconds=SESSION_SECONDS)
    return found


async def leave(database: asyncpg.Pool, session: Session) -> None:
    """End a session, here and not only in the browser."""
    await end(database, session.bot, session.person, session.id)


async def end(database: asyncpg.Pool, bot: str, person: str, session: int) -> bool:
    """End one of somebody's sessions. False if there is no such one of theirs."""
    with answering():
        async with database.acquire() as connection, connection.transaction():
            return await sessions.end(connection, bot, person, session)


async def end_others(database: asyncpg.Pool, bot: str, person: str, but: int | None) -> int:
    """End all of somebody's sessions but for one; how many it were."""
    with answering():
        async with database.acquire() as connection, connection.transaction():
            return await sessions.end_all(connection, bot, person, but=but)
