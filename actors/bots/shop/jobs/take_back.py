"""The money of an order goes back: so does what others got for it."""

from structlog import get_logger

from mailroom.actors.bots.shop import checkout
from mailroom.actors.bots.shop.balance import add_entry
from mailroom.actors.bots.shop.jobs.follow import supplier_jobs
from mailroom.actors.bots.shop.jobs.kinds import TAKE_BACK, OrderJob
from mailroom.actors.bots.shop.jobs.sql import SQL
from mailroom.actors.bots.shop.leaderboard import uncount_order
from mailroom.actors.bots.shop.order import SQL as ORDERS
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.transaction import Transaction

log = get_logger("mailroom.shop")


async def go_back(tx: Transaction, number: int, *, by_bank: bool = False) -> None:
    """The money of an order has gone back: the order is over, and the job that is enqueued does the rest.

    If its owner had not begun that here, somebody did it at the provider: then goods that nobody can have
    seen are put back into stock. Or the buyer's bank took it, `by_bank`.
    """
    # The lock first: a delivery that begins now waits, and one that has begun is seen.
    await tx.connection.fetchrow(ORDERS["lock"], number)
    order = await find_order(tx.connection, number)
    unseen = order is not None and order.delivered_at is None
    await checkout.begin_refund(tx, number, "owner", goods_back=unseen)
    # Who goes to the bank with goods in hand is not given the rest as well.
    await checkout.finish_refund(tx, number, balance_back=unseen or not by_bank)
    await tx.enqueue(TAKE_BACK(OrderJob(order=number), bot=tx.cause.bot))


async def take_back(wanted: OrderJob, context: JobContext) -> None:
    """Revoke bonuses, take the order off the leaderboard, and tell the suppliers.

    Goods that nobody has seen, and the buyer's own balance, are not its matter: they go with the order.
    """
    async with context.ending() as tx:
        connection = tx.connection
        row = await connection.fetchrow(ORDERS["lock"], wanted.order)
        if row is None or row["status"] not in ("refunding", "refunded"):
            log.warning("nothing to take back", order=wanted.order, why="its money does not go back")
            return
        for bonus in await connection.fetch(SQL["bonuses"], wanted.order):
            await add_entry(
                connection,
                bot=bonus["bot"],
                user_id=bonus["user_id"],
                kind="revoked",
                order_number=wanted.order,
                level=bonus["level"],
                amount_minor=-bonus["amount_minor"],
                currency=bonus["currency"],
            )
        await uncount_order(connection, wanted.order)
        await tx.enqueue(*await supplier_jobs(connection, context.bot_name, wanted.order, "returned"))
