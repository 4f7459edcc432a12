"""Payments that are not over, of bots that ask for none here: renamed, or taken out of the settings.

What comes for them waits in the queue that the bot had, and is done when it is back. Told at the start of
each process, and on `/readyz` as long as it runs.
"""

from collections.abc import Sequence

import asyncpg
from structlog import get_logger

from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.payments import Gone, payments_of_gone

log = get_logger("mailroom.payment")

PENDING_SECONDS_MAX = 7 * 86_400.0
"""Whoever has not paid for a week has forgotten it, as for those that are asked for from time to time."""
ADVICE = (
    "configure a bot {name!r} again, with its room, until they are over: until then nobody asks for them, and"
    " no money of theirs goes back"
)


async def name_gone(database: asyncpg.Pool, rooms: Sequence[str]) -> Sequence[Gone]:
    """Tell of each bot with payments under way that is none of these. To be awaited on the asyncio side."""
    with answering():
        found = await payments_of_gone(database, rooms, PENDING_SECONDS_MAX)
    for one in found:
        log.warning(
            "payments_without_bot", bot=one.bot, under_way=one.under_way, todo=ADVICE.format(name=one.bot)
        )
    return found


async def told_of_gone(found: Sequence[Gone]) -> dict[str, str]:
    """The same as a warning of `/readyz`; none if there is nothing to tell."""
    told = [f"{one.under_way} payment{'s' * (one.under_way != 1)} of {one.bot!r}" for one in found]
    advice = "configure it again, with its room, until they are over"
    return (
        {"warning_bots": f"under way, and no such bot asks for payments: {'; '.join(told)}; {advice}"}
        if told
        else {}
    )
