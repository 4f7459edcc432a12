"""What follows from an order that was paid."""

from mailroom.actors.bots.shop.jobs.patience import new_job
from mailroom.actors.bots.shop.jobs.receipt import ReceiptJob
from mailroom.actors.bots.shop.jobs.supplier import supplier_jobs
from mailroom.actors.bots.shop.order import Order
from mailroom.actors.bots.shop.orders import BONUS, DELIVER, RANK, RECEIPT, OrderJob
from mailroom.actors.bots.shop.telling import turned_jobs
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.job import NewJob


async def after_paid(connection: Connection, order: Order, payment_id: int | None) -> list[NewJob]:
    """The jobs to enqueue in the transaction that marks the order paid. The goods come first.

    `payment_id` is None for an order that the balance has paid for.
    """
    number = order.number
    return [
        new_job(DELIVER, OrderJob(order=number), number),
        new_job(RECEIPT, ReceiptJob(order=number, payment=payment_id), number),
        new_job(BONUS, OrderJob(order=number), number),
        new_job(RANK, OrderJob(order=number), number),
        *await supplier_jobs(connection, number, "sold"),
        *turned_jobs(order.bot, order.chat_id, number),
    ]
