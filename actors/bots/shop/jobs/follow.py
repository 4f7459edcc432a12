"""What follows from an order that was paid, and what its suppliers are told."""

from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.jobs.kinds import (
    BONUS,
    DELIVER,
    RANK,
    RECEIPT,
    TELL_SUPPLIER,
    About,
    OrderJob,
    ReceiptJob,
    TellSupplier,
)
from mailroom.actors.bots.shop.jobs.sql import SQL
from mailroom.actors.bots.shop.telling import tell_turned
from mailroom.actors.jobs.transaction import Transaction
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.job import NewJob


async def after_paid(tx: Transaction, order: Order, payment_id: int | None) -> None:
    """What follows in the transaction that marks the order paid. The goods come first.

    `payment_id` is None for an order that the balance has paid for.
    """
    bot, number = order.bot, order.number
    await tx.enqueue(
        DELIVER(OrderJob(order=number), bot=bot),
        RECEIPT(ReceiptJob(order=number, payment=payment_id), bot=bot),
        BONUS(OrderJob(order=number), bot=bot),
        RANK(OrderJob(order=number), bot=bot),
        *await supplier_jobs(tx.connection, bot, number, "sold"),
    )
    await tell_turned(tx, order.chat_id, number)


async def supplier_jobs(connection: Connection, bot: str, number: int, about: About) -> list[NewJob]:
    """The jobs that tell each supplier of an order's goods."""
    return [
        TELL_SUPPLIER(TellSupplier(order=number, supplier=row["id"], about=about), bot=bot)
        for row in await connection.fetch(SQL["suppliers"], number)
    ]


async def replaced_jobs(connection: Connection, order: Order, product_id: int, item_id: int) -> list[NewJob]:
    """The job that tells a product's supplier that `item_id` was given for one that did not work."""
    return [
        TELL_SUPPLIER(
            TellSupplier(order=order.number, supplier=row["id"], about="replaced", item=item_id),
            bot=order.bot,
        )
        for row in await connection.fetch(SQL["supplier_of"], product_id)
    ]
