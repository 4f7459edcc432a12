"""The goods go to their buyer: an event in the chat, whose handler reads and sends them."""

from structlog import get_logger

from mailroom.actors.bots.shop.events import DELIVERED, AboutOrder
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.jobs.kinds import OrderJob
from mailroom.actors.bots.shop.jobs.sql import SQL
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import mark_delivered
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.context import JobContext

log = get_logger("mailroom.shop")


async def deliver(room: Room[Options], wanted: OrderJob, context: JobContext) -> None:
    """Put the event into the chat, and call the order delivered.

    First of all `delivered_at` is set: from then on somebody may have seen the goods, and a refund does not
    put them back into stock.
    """
    order = await context.database.fetchrow(SQL["begin_delivery"], wanted.order)
    if order is None:
        log.info("nothing to deliver", order=wanted.order, why="it is not paid (any more)")
        return
    await context.put_event(order["bot"], order["chat_id"], *DELIVERED(AboutOrder(order=wanted.order)))
    async with context.ending() as tx:
        await mark_delivered(tx.connection, wanted.order)
    tell(room, "delivered", order["user_id"])
    log.info("delivered", order=wanted.order, trace=context.trace)
