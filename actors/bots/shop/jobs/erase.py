"""A customer is forgotten, once their orders are over; what a day has cost is nobody's after it."""

from datetime import timedelta

from mailroom.actors.bots.shop import erasure
from mailroom.actors.bots.shop.erasure import AGAIN_SECONDS
from mailroom.actors.bots.shop.events import ERASED
from mailroom.actors.bots.shop.jobs.kinds import Erasure, UsageOf
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.context import JobContext
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Snoozed


async def erase(room: Room[Options], wanted: Erasure, context: JobContext) -> Outcome:
    """Put the event into the chat, whose turn it then is; what waits there before it is handled before."""
    found = await erasure.find(context.database, wanted)
    if found is None:
        return Done()
    bot, chat_id, open_orders = found
    if open_orders:
        until = room.now() + timedelta(seconds=AGAIN_SECONDS)
        return Snoozed(until, f"still open: {', '.join(f'order {number}' for number in open_orders)}")
    await context.put_event(bot, chat_id, *ERASED(wanted))
    return Done()


async def erase_usage(wanted: UsageOf, context: JobContext) -> None:
    """The limits of that day are over."""
    await erasure.erase_usage(context.database, wanted)
