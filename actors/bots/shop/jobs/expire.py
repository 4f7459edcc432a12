"""A reservation has run out: the goods are for others, and the customer is told."""

from mailroom.actors.bots.shop.events import EXPIRED, AboutOrder
from mailroom.actors.bots.shop.jobs.kinds import EXPIRE, OrderJob
from mailroom.actors.bots.shop.jobs.sql import SQL
from mailroom.actors.bots.shop.orders import expire as close_if_due
from mailroom.actors.bots.shop.telling import event_job
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.paying.purpose import carry


async def expire(wanted: OrderJob, context: JobContext) -> None:
    """Close an order that still waits for its payment. If its time has been put off, come again then: by
    another job, as one that waits would hold up all others of the order.
    """
    async with context.ending() as connection:
        order = await close_if_due(connection, wanted.order)
        if order is not None:
            told = event_job(order.bot, order.chat_id, EXPIRED(AboutOrder(order=order.number)))
            await context.enqueue(connection, carry([told], context.trace))
            return
        until = await connection.fetchval(SQL["waits_until"], wanted.order)
        if until is not None:
            again = EXPIRE(wanted, bot=context.bot_name, run_at=until)
            await context.enqueue(connection, carry([again], context.trace))
