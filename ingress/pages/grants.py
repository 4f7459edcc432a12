"""What somebody may do who comes by a link: `Authorization: grant TOKEN` of a page that was opened by it, or
the token in the address of a file.
"""

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Grant
from mailroom.actors.people.grant import grant_of
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.doing import problem_of
from mailroom.ingress.pages.bot_page import BotPage


async def granted(here: BotPage, token: str) -> Grant | None:
    """What a link is for; None for one that grants nothing, whyever. Raises `Problem`."""
    if "link" not in here.ways:
        return None
    try:
        room = here.room
        found: Grant | None = await aio(grant_of, room.database, room.bot, token, room.now())
    except Exception as error:
        raise problem_of(error, bot=here.bot, what="grant") from error
    return found


def link_over() -> Problem:
    """The link has ended, was revoked, or never was one."""
    return Problem("link_over", "unknown")
