"""The buyer is shown what was paid."""

from mailroom.actors.bots.shop.events import RECEIPT, Receipt
from mailroom.actors.bots.shop.jobs.kinds import ReceiptJob
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.jobs.context import JobContext


async def send_receipt(wanted: ReceiptJob, context: JobContext) -> None:
    """Put the event into the chat; also of an order whose money is on its way back: it was paid."""
    order = await find_order(context.database, wanted.order)
    if order is not None:
        told = Receipt(order=wanted.order, payment=wanted.payment)
        await context.put_event(order.bot, order.chat_id, *RECEIPT(told))
