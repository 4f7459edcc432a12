"""What somebody may do who comes by a link."""

from datetime import datetime

import asyncpg

from mailroom.actors.pages.visit import Grant
from mailroom.actors.people.token import digest_of
from mailroom.storage.postgres import grants
from mailroom.storage.postgres.outbox.connection import answering


async def grant_of(database: asyncpg.Pool, bot: str, token: str, now: datetime) -> Grant | None:
    """What a link of a bot is for at `now`, by its room's clock. None for one that there never was, that is
    over, or that was revoked: nobody is told which.
    """
    digest = digest_of(token)
    if digest is None:
        return None
    with answering():
        found = await grants.find(database, digest, bot, now)
    return Grant(*found) if found is not None else None
