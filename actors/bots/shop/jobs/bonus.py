"""Those who brought the buyer get their part of what was paid."""

from mailroom.actors.bots.shop.balance import add_entry
from mailroom.actors.bots.shop.customers import find_customer, referrers_of
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.events import BONUS, Bonus
from mailroom.actors.bots.shop.jobs.kinds import OrderJob
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import SQL as ORDERS
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.transaction import Transaction


async def pay_bonus(room: Room[Options], wanted: OrderJob, context: JobContext) -> None:
    """Add to their balances, and tell each of them: all of it with the end of the job."""
    async with context.ending() as tx:
        # From here to the commit no refund can begin, or it has, and there is nothing to add.
        await tx.connection.fetchrow(ORDERS["lock"], wanted.order)
        order = await find_order(tx.connection, wanted.order)
        if order is not None and order.status in ("paid", "delivered"):
            await _give_bonuses(tx, order, room.options)


async def _give_bonuses(tx: Transaction, order: Order, options: Options) -> None:
    """Percents are of what was paid with money: what came from a balance has earned its bonus before."""
    connection, percents = tx.connection, options.bonus_percent
    buyer = await find_customer(connection, order.bot, order.user_id)
    # Whom each of them knows: their own friend, and not the friends of friends.
    friend = buyer.name if buyer else ""
    referrers = await referrers_of(connection, order.bot, order.user_id, len(percents))
    for level, (referrer, percent) in enumerate(zip(referrers, percents, strict=False), start=1):
        amount_minor = order.to_pay_minor * percent // 100
        if amount_minor > 0 and await add_entry(
            connection,
            bot=order.bot,
            user_id=referrer.user_id,
            kind="bonus",
            order_number=order.number,
            level=level,
            amount_minor=amount_minor,
            currency=order.currency,
        ):
            told = Bonus(
                order=order.number,
                level=level,
                amount_minor=amount_minor,
                currency=order.currency,
                friend=friend,
            )
            await tx.tell(referrer.chat_id, BONUS(told))
        friend = referrer.name
