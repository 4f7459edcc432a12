"""Orders: placed exactly once with their goods reserved, and closed again when nothing comes of them.

Reading is in `order.py`; what payments do to orders is in `checkout.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailroom.actors.bots.shop.balance import give_back_balance, spend_on
from mailroom.actors.bots.shop.catalog import SQL as CATALOG
from mailroom.actors.bots.shop.catalog import quote_cart, read_discounts
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX, Cart
from mailroom.actors.bots.shop.domain.order import Order, Status
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.domain.quote import Quote, QuoteLine, lifted
from mailroom.actors.bots.shop.jobs.follow import after_paid
from mailroom.actors.bots.shop.jobs.kinds import EXPIRE, OrderJob
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import RECENT_ORDERS_MAX, SQL, find_order, find_order_of, recent_orders
from mailroom.actors.bots.shop.promo import give_back_promo, use_promo
from mailroom.actors.bots.shop.stock import hold, lock, lock_for, release, sell
from mailroom.actors.bots.shop.telling import tell_turned
from mailroom.actors.cause import Begins
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.paying.ways import Ways
from mailroom.actors.providers.sums import stepped
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.outbox.connection import Connection, Source

__all__ = [
    "RECENT_ORDERS_MAX", "Buyer", "QuoteChanged", "SoldOut",
    "cancel_order", "expire", "find_order", "find_order_of", "mark_delivered", "place_order",
    "recent_orders",
]  # fmt: skip

PLACED = "order"
"""What the effect of a message or question is called that places an order."""
WAITING_ORDERS_MAX = 3
"""Orders of one customer that wait for their payment: each holds goods that others want."""


class SoldOut(Exception):  # noqa: N818 - what happened, not a fault
    """There are fewer than the order wants. Nothing was written; tell the customer what there is."""

    def __init__(self, short: Sequence[tuple[str, int, int]]) -> None:
        super().__init__(", ".join(f"{title}: {wanted} wanted, {left} left" for title, wanted, left in short))
        self.short = list(short)
        """Title, how many were wanted, how many there are."""


class TooManyWaiting(Exception):  # noqa: N818 - what happened, not a fault
    """The customer has as many orders that wait for their payment as one may have. Nothing was written."""


class QuoteChanged(Exception):  # noqa: N818 - what happened, not a fault
    """The prices are not those of the quote any more. Nothing was written; show the customer a new one."""


@dataclass(frozen=True)
class Buyer:
    """Who orders: the bot and chat the order came through, and the person."""

    bot: str
    chat_id: int
    user_id: int
    language: Language
    contact: str
    comment: str


async def place_order(
    room: Room[Options],
    of: Begins,
    buyer: Buyer,
    quote: Quote,
    *,
    reserve_minutes: float,
    use_balance: bool,
    ways: Ways | None = None,
    to_pay_minor: int | None = None,
) -> Order:
    """Write the order of this message or question with its goods reserved, or find it written.

    The quote is what the customer agreed to: other prices by now raise `QuoteChanged`, too few goods
    `SoldOut`, a customer who lets many orders wait `TooManyWaiting`. An order that the balance pays for
    wholly is paid at once; what it does not pay is a sum that one of the `ways` takes, and `to_pay_minor`
    where the customer has seen which: another one is a `QuoteChanged` too. Whatever has placed its order
    gets that order, whatever has changed since.
    """
    _check(quote)
    effect_id = of.cause.effect(PLACED)
    order = await find_order_of(room.database, effect_id)
    if order is not None:
        return order
    try:
        async with room.database.acquire() as connection:
            await _refuse_hoarding(connection, buyer)
            # Most of those who come for the last items are told so here, before anything is locked.
            await _look(connection, buyer.language, quote)
        async with room.transaction(of) as tx:
            await _place(tx, buyer, quote, reserve_minutes, use_balance, ways or Ways(), to_pay_minor)
    except (SoldOut, QuoteChanged, TooManyWaiting):
        # Perhaps because this very effect, handled somewhere else too, got the last one.
        order = await find_order_of(room.database, effect_id)
        if order is None:
            raise
        return order
    order = await find_order_of(room.database, effect_id)
    if order is None:
        raise LookupError(f"the order of effect {effect_id} was deleted while it was being placed")
    return order


async def cancel_order(room: Room[Options], of: Begins, number: int, user_id: int) -> bool:
    """The customer does not want it any more. False if it is not theirs, or not waiting for its payment."""
    async with room.transaction(of) as tx:
        row = await tx.connection.fetchrow(SQL["lock"], number)
        if row is None or row["user_id"] != user_id or row["status"] != "awaiting_payment":
            return False
        await close(tx, number, "canceled")
        return True


async def expire(tx: Transaction, number: int) -> Order | None:
    """The reservation has run out: goods, balance and promo code are free again, in the caller's transaction.

    None if it has not run out yet, or the order does not wait for its payment any more.
    """
    row = await tx.connection.fetchrow(SQL["lock"], number)
    if row is None or row["status"] != "awaiting_payment" or not row["due"]:
        return None
    await close(tx, number, "expired")
    return await find_order(tx.connection, number)


async def mark_delivered(connection: Source, number: int) -> bool:
    """True for the one call that made a paid order delivered."""
    return await connection.fetchval(SQL["deliver"], number) is not None


async def close(tx: Transaction, number: int, status: Status) -> None:
    """Give back what an order that waits for its payment holds. Its row is locked."""
    connection = tx.connection
    await lock_for(connection, number)
    await release(connection, number)
    await give_back_promo(connection, number)
    await give_back_balance(connection, number)
    row = await connection.fetchrow(SQL["close"], number, status)
    assert row is not None, "its row is locked"
    await tell_turned(tx, row["chat_id"], number)


async def _place(
    tx: Transaction,
    buyer: Buyer,
    quote: Quote,
    reserve_minutes: float,
    use_balance: bool,
    ways: Ways,
    to_pay_minor: int | None,
) -> None:
    connection = tx.connection
    # The row of the effect comes first: its twin waits here, and finds the order written.
    placed = await connection.fetchrow(
        SQL["place"],
        tx.once(PLACED),
        buyer.bot,
        buyer.chat_id,
        buyer.user_id,
        buyer.language,
        buyer.contact,
        buyer.comment,
        quote.total_minor,
        quote.currency,
        quote.used_promo_code,
        reserve_minutes * 60,
        [line.product.id for line in quote.lines],
        [line.product.title for line in quote.lines],
        [line.quantity for line in quote.lines],
        [line.price_minor for line in quote.lines],
        [line.product.price_minor for line in quote.lines],
    )
    if placed is None:
        return
    number: int = placed["id"]
    spent_minor = 0
    if use_balance:
        spent_minor = await spend_on(
            connection,
            bot=buyer.bot,
            user_id=buyer.user_id,
            order_number=number,
            total_minor=quote.total_minor,
            ways=ways,
            currency=quote.currency,
        )
    if to_pay_minor not in (None, quote.total_minor - spent_minor):
        raise QuoteChanged("the balance is not what it was when the customer agreed")
    if spent_minor:
        await connection.execute(SQL["set_balance"], number, spent_minor)
    paid = spent_minor == quote.total_minor
    if not paid:
        await tx.enqueue(EXPIRE(OrderJob(order=number), bot=buyer.bot, run_at=placed["reserved_until"]))
    # As late as possible: other buyers of these products wait from here to the commit.
    await lock(connection, [line.product.id for line in quote.lines])
    await _check_prices(connection, buyer.language, quote)
    # After the prices, which would not count the last use any more.
    if quote.used_promo_code and not await use_promo(connection, number):
        raise QuoteChanged(f"the promo code {quote.used_promo_code} has been used up")
    lacks = await hold(connection, number, placed["reserved_until"])
    if lacks:
        raise SoldOut([(lack.title, lack.wanted, lack.available) for lack in lacks])
    if paid:
        await _paid_by_balance(tx, number)


async def _paid_by_balance(tx: Transaction, number: int) -> None:
    await sell(tx.connection, number)
    await tx.connection.execute(SQL["pay"], number)
    order = await find_order(tx.connection, number)
    assert order is not None, "it was written in this transaction"
    await after_paid(tx, order, None)


async def _look(connection: Connection, language: Language, quote: Quote) -> None:
    """Raise what speaks against an order of the quote at this moment, without locking anything."""
    cart = Cart(tuple((line.product.id, line.quantity) for line in quote.lines))
    now = await quote_cart(connection, language, cart, quote.promo_code, lambda _: quote.least_minor)
    if now.missing or now.fingerprint != quote.fingerprint:
        raise QuoteChanged("the prices of the quote are not those of this moment")
    if now.short:
        left = dict(now.short)
        raise SoldOut(
            [
                (line.product.title, line.quantity, left[line.product.id])
                for line in quote.lines
                if line.product.id in left
            ]
        )


async def _refuse_hoarding(connection: Connection, buyer: Buyer) -> None:
    waiting = await connection.fetchval(SQL["waiting"], buyer.bot, buyer.user_id)
    if waiting >= WAITING_ORDERS_MAX:
        raise TooManyWaiting(f"{waiting} orders wait for their payment")


async def _check_prices(connection: Connection, language: Language, quote: Quote) -> None:
    """The same for the prices alone, once the products are locked: nobody can change theirs any more."""
    rows = await connection.fetch(CATALOG["terms"], [line.product.id for line in quote.lines])
    terms = {row["product_id"]: row for row in rows}
    now: list[QuoteLine] = []
    for line in quote.lines:
        row = terms.get(line.product.id)
        if row is None or (stepped(row["price_minor"], row["currency"]), row["currency"]) != (
            line.product.price_minor,
            line.product.currency,
        ):
            raise QuoteChanged(f"{line.product.title} is not sold at this price any more")
        discounts = read_discounts(row["discounts"], language, row["currency"])
        product = replace(line.product, discounts=discounts)
        now.append(QuoteLine(product, line.quantity, *product.unit_price(line.quantity, quote.promo_code)))
    for line, again in zip(quote.lines, lifted(now, quote.least_minor), strict=True):
        if again.price_minor != line.price_minor:
            raise QuoteChanged(f"the discount on {line.product.title} is another one now")


def _check(quote: Quote) -> None:
    products: list[Product] = [line.product for line in quote.lines]
    if not products:
        raise ValueError("an order needs a line: look at the quote before it is ordered")
    if len({product.id for product in products}) < len(products):
        raise ValueError("a product is in two lines of the quote: its discount counts all of them together")
    if len(products) > LINES_MAX or any(line.quantity > QUANTITY_MAX for line in quote.lines):
        raise ValueError(f"an order has at most {LINES_MAX} products, and {QUANTITY_MAX} of each")
    if any(line.quantity < 1 for line in quote.lines):
        raise ValueError("a line of a quote is for one at least")
