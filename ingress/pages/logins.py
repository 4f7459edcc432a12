"""Where somebody is logged in, and logging out. Awaited on the asyncio side."""

from pydantic import Field

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Asked
from mailroom.actors.people.session import end, end_others, leave
from mailroom.ingress.pages.caller import Caller, Told
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.sessions import sessions_of


class AskedLeave(Asked):
    """Here, or in all browsers."""

    everywhere: bool = False


class OfLogin(Asked):
    """One of the browsers."""

    id: int = Field(ge=1, le=2**63 - 1)


async def leave_page(caller: Caller, asked: AskedLeave) -> Told:
    """Log out; whoever is not logged in is so afterwards."""
    database, who = caller.here.room.database, caller.who
    if who.person is not None and asked.everywhere:
        await end_others(database, caller.here.bot, who.person, None)
    elif who.session is not None:
        await leave(database, who.session)
    return Told({}, "")


async def logins(caller: Caller, _asked: Asked) -> Told:
    """The browsers in which somebody is logged in, the one that was used last first."""
    here, who = caller.here, caller.who
    with answering():
        found = await sessions_of(here.room.database, here.bot, who.person or "")
    own = who.session.id if who.session is not None else None
    return Told(
        [
            {
                "id": one.id,
                "about": one.about,
                "since": one.made_at.isoformat(),
                "seen": one.seen_at.isoformat(),
                "here": one.id == own,
            }
            for one in found
        ]
    )


async def end_login(caller: Caller, asked: OfLogin) -> Told:
    """Log out of another browser. Raises `Problem` where it is none of theirs."""
    here, who = caller.here, caller.who
    if not await end(here.room.database, here.bot, who.person or "", asked.id):
        raise Problem("not_found", "absent")
    return Told({}, "" if who.session is not None and who.session.id == asked.id else None)
