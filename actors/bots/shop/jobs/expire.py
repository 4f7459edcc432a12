"""A reservation has run out: the goods are for others, and the customer is told."""

from mailroom.actors.bots.shop.events import EXPIRED, AboutOrder
from mailroom.actors.bots.shop.jobs.kinds import EXPIRE, OrderJob
from mailroom.actors.bots.shop.jobs.sql import SQL
from mailroom.actors.bots.shop.orders import expire as close_if_due
from mailroom.actors.jobs.context import JobContext


async def expire(wanted: OrderJob, context: JobContext) -> None:
    """Close an order that still waits for its payment. If its time has been put off, come again then: by
    another job, as one that waits would hold up all others of the order.
    """
    async with context.ending() as tx:
        order = await close_if_due(tx, wanted.order)
        if order is not None:
            await tx.tell(order.chat_id, EXPIRED(AboutOrder(order=order.number)))
            return
        seconds = await tx.connection.fetchval(SQL["waits"], wanted.order)
        if seconds is not None:
            # Not at the moment: where the queue's clock is ahead of ours, that may be over there.
            await tx.enqueue(EXPIRE(wanted, bot=context.bot_name, delay_seconds=seconds))
