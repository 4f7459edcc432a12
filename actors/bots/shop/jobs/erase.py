"""A customer is forgotten, once their orders are over; what a day has cost is nobody's after it."""

from mailroom.actors.bots.shop import erasure
from mailroom.actors.bots.shop.erasure import ERASURE
from mailroom.actors.bots.shop.jobs.kinds import UsageOf
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.kit.erasure.wish import Wish
from mailroom.storage.postgres.outbox.outcome import Outcome


async def erase(room: Room[Options], wanted: Wish, context: JobContext) -> Outcome:
    """Look whether they are."""
    return await ERASURE.look(room, wanted, context)


async def erase_usage(wanted: UsageOf, context: JobContext) -> None:
    """The limits of that day are over."""
    await erasure.erase_usage(context.database, wanted)
