"""The buyer is told that money of theirs goes back: at once if that takes a while, and when it is there."""

from mailroom.actors.bots.shop.events import REFUNDED, REFUNDING, Refunded, Refunding
from mailroom.actors.bots.shop.jobs.kinds import Apology
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.events import NewEvent
from mailroom.actors.jobs.context import JobContext
from mailroom.storage.postgres.refunds import find_refund

PATIENCE_SECONDS = 15.0
"""A refund takes a second or two; who is told of its end that soon need not be told of its beginning."""


async def apologise(wanted: Apology, context: JobContext) -> None:
    """Put the event into the chat. That the money is under way is told only while it is."""
    order = await find_order(context.database, wanted.order)
    if order is None or order.forgotten:
        return
    if not wanted.over and wanted.payment is not None:
        refund = await find_refund(context.database, wanted.payment)
        if refund is None or refund.status != "pending":
            return
    await context.put_event(order.bot, order.chat_id, *_told(wanted))


def _told(wanted: Apology) -> NewEvent:
    if wanted.over:
        return REFUNDED(Refunded.model_validate(wanted, from_attributes=True))
    return REFUNDING(Refunding.model_validate(wanted, from_attributes=True))
