"""Orders and money: the link that pays for an order, and what payments and refunds do to it.

A payment's reference is the number of its order. A payment is never refused for being late: whoever pays for
an order that has been closed gets the goods if all that the order held can be had again (goods, promo code,
balance), and the money back if not.
"""

from dataclasses import dataclass
from typing import Literal

from structlog import get_logger

from mailroom.actors.bots.shop.balance import give_back_balance, spend_again
from mailroom.actors.bots.shop.domain.item_ranges import ranges
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import SQL, find_order
from mailroom.actors.bots.shop.orders import close
from mailroom.actors.bots.shop.promo import use_promo
from mailroom.actors.bots.shop.stock import held, hold, lock_for, sell, take_back
from mailroom.actors.bots.shop.telling import tell_turned
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.waiting import minutes_left
from mailroom.actors.cause import Begins
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.pages.address import page_url
from mailroom.actors.paying.link import made_at
from mailroom.actors.paying.ways import Ways
from mailroom.actors.providers.payments import Money, PaymentProvider, ProviderRefusedError
from mailroom.actors.providers.receipts import Receipt, ReceiptItem
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.payments import Payment, is_expired, mark_canceled, open_payment

log = get_logger("mailroom.shop")

PURPOSE = "shop.order"
PAY_LINK_TRIES_MAX = 3
"""A link that has expired at its provider is replaced; a new one that has expired is the provider's fault."""

Settled = Literal["paid", "twice", "too_late"]


@dataclass(frozen=True)
class PayLink:
    """Where an order is paid."""

    provider: str
    url: str
    payment_id: int


class OrderClosed(Exception):  # noqa: N818 - what happened, not a fault
    """The order does not wait for a payment; tell the customer how it stands."""

    def __init__(self, status: str) -> None:
        super().__init__(f"the order is {status}")
        self.status = status
        """The order's status; `expired` also when the reservation has run out and nobody has tidied yet."""


class NotOffered(Exception):  # noqa: N818 - what happened, not a fault
    """An order is not paid this way, or not any more: the owner offers others. Show the customer which."""


class _GoneError(Exception):
    """What a closed order held cannot be had again."""


async def pay_link(
    room: Room[Options], of: Begins, ways: Ways, order: Order, account: str, *, chat_url: str = ""
) -> PayLink:
    """Where to pay for an order at an account: the same link however often it is asked for. From there the
    customer comes back to the shop's page, or to the chat where no browser reaches the page.

    Raises `OrderClosed`; `NotOffered` for an account that is none of the `ways`, or does not take this sum;
    `PaymentProviderError` when it does not answer or refuses.
    """
    if account not in ways.offered(order.to_pay_minor, order.currency):
        if await minutes_left(room.database, order.number) is None:
            raise OrderClosed("expired" if order.status == "awaiting_payment" else order.status)
        raise NotOffered(f"{account} is not offered for order {order.number}")
    provider = ways.providers[account]
    for _ in range(PAY_LINK_TRIES_MAX):
        payment = await _open(room, of, order, provider)
        payment = await _create(room, provider, payment, order, chat_url)
        if payment.pay_url is not None and not await is_expired(room.database, payment.id):
            return PayLink(provider.name, payment.pay_url, payment.id)
        # It counts all the same if somebody has paid there: a canceled payment can become paid.
        await mark_canceled(room.database, payment.id)
    raise ProviderRefusedError(f"{provider.name} gives links for order {order.number} that have expired")


async def settle(tx: Transaction, payment: Payment) -> Settled:
    """What a payment means for its order, in the transaction that marks the payment paid.

    `paid`: the goods are the customer's, and what follows is to be enqueued. `twice`: the order was paid for
    already. `too_late`: it was closed, and what it held is gone, or its customer is. For the last two the
    money has to go back.
    Raises `LookupError` for a payment of no order of ours: a person has to look.
    """
    number = int(payment.reference) if payment.reference.isdecimal() else 0
    connection = tx.connection
    row = await connection.fetchrow(SQL["lock"], number)
    order = await find_order(connection, number)
    if payment.purpose != PURPOSE or row is None or order is None or order.bot != payment.bot:
        about = f"{payment.purpose} {payment.reference} of {payment.bot}"
        raise LookupError(f"payment {payment.id} is for {about}: no such order")
    if (payment.amount_minor, payment.currency) != (order.to_pay_minor, order.currency):
        raise LookupError(
            f"payment {payment.id} is about {Money(payment.amount_minor, payment.currency)}, "
            f"but order {number} about {Money(order.to_pay_minor, order.currency)}"
        )
    if order.status not in ("awaiting_payment", "expired", "canceled"):
        return "twice"
    if order.forgotten:
        return "too_late"
    try:
        async with connection.transaction():
            await _hold_again(connection, order, payment.id)
            await sell(connection, number)
            await connection.execute(SQL["pay"], number)
    except _GoneError as error:
        log.info("paid too late", order=number, payment=payment.id, gone=str(error))
        if order.status == "awaiting_payment":
            await close(tx, number, "expired")
        return "too_late"
    return "paid"


async def begin_refund(tx: Transaction, number: int, why: str, *, goods_back: bool) -> Order | None:
    """The money of a paid order is to go back; None if it is not paid, or goes back already.

    With `goods_back` its goods can be sold again: only right for goods that nobody has seen.
    """
    connection = tx.connection
    row = await connection.fetchrow(SQL["lock"], number)
    if row is None or row["status"] not in ("paid", "delivered"):
        return None
    if goods_back:
        await lock_for(connection, number)
        await take_back(connection, number)
    await connection.execute(SQL["begin_refund"], number)
    log.info("refund begun", order=number, why=why, goods_back=goods_back)
    return await _turned(tx, number)


async def finish_refund(tx: Transaction, number: int, *, balance_back: bool = True) -> Order | None:
    """The money has gone back: the order is over, and the part from the balance is there again. None if no
    refund was under way.

    Without `balance_back` that part stays spent: a bank takes back what it knows of, and the goods are kept.
    """
    row = await tx.connection.fetchrow(SQL["lock"], number)
    if row is None or row["status"] != "refunding":
        return None
    if balance_back:
        await give_back_balance(tx.connection, number)
    await tx.connection.execute(SQL["finish_refund"], number)
    return await _turned(tx, number)


def receipt_of(order: Order) -> Receipt:
    """What a fiscal receipt says of an order, and to which address it is sent if the customer left one."""
    phone = order.contact if order.contact.lstrip("+").isdecimal() else None
    email = order.contact if "@" in order.contact[1:] else None
    items = tuple(ReceiptItem(line.title, line.quantity, line.price_minor) for line in order.lines)
    return Receipt(items, email=email, phone=phone)


async def _turned(tx: Transaction, number: int) -> Order:
    order = await find_order(tx.connection, number)
    assert order is not None, "its row is locked"
    await tell_turned(tx, order.chat_id, number)
    return order


async def _open(room: Room[Options], of: Begins, order: Order, provider: PaymentProvider) -> Payment:
    if not order.to_pay_minor:  # the balance has paid for it
        raise OrderClosed(order.status)
    async with room.transaction(of) as tx:
        # The payment's row before the order's, as whoever settles the payment takes them.
        payment = await open_payment(
            tx.connection,
            bot=order.bot,
            provider=provider.name,
            formerly=provider.names[1:],
            purpose=PURPOSE,
            reference=str(order.number),
            amount_minor=order.to_pay_minor,
            currency=order.currency,
            about=await _about(tx.connection, order),
        )
        row = await tx.connection.fetchrow(SQL["lock"], order.number)
        if row is None:
            raise OrderClosed("unknown")
        if row["status"] != "awaiting_payment" or row["due"]:
            raise OrderClosed(
                "expired" if row["due"] and row["status"] == "awaiting_payment" else row["status"]
            )
        return payment


async def _about(connection: Connection, order: Order) -> dict[str, str]:
    """What the provider keeps with the payment, for the day on which our own rows are lost: whose it is, and
    which goods must not be sold to anybody else.
    """
    return {
        "for": f"{PURPOSE} {order.number}",
        "bot": order.bot,
        "chat": str(order.chat_id),
        "items": ranges(await held(connection, order.number)),
    }


async def _create(
    room: Room[Options], provider: PaymentProvider, payment: Payment, order: Order, chat_url: str
) -> Payment:
    return await made_at(
        provider,
        payment,
        room.database,
        description=TEXTS[order.language].notices.description(number=order.number),
        return_url=page_url(room.public_url, order.bot, order=order.number) if room.public_url else chat_url,
        language=order.language,
        receipt=receipt_of(order),
    )


async def _hold_again(connection: Connection, order: Order, payment_id: int) -> None:
    """Hold all that the order is about, as it did while it waited. Raises `_GoneError`."""
    closed = order.status != "awaiting_payment"
    if closed and order.balance_minor:
        spent = await spend_again(
            connection,
            bot=order.bot,
            user_id=order.user_id,
            order_number=order.number,
            amount_minor=order.balance_minor,
            currency=order.currency,
            payment_id=payment_id,
        )
        if not spent:
            raise _GoneError("the balance has been spent")
    await lock_for(connection, order.number)
    lacks = await hold(connection, order.number, order.reserved_until)
    if lacks:
        raise _GoneError(", ".join(lack.title for lack in lacks))
    if closed and not await use_promo(connection, order.number):
        raise _GoneError(f"the promo code {order.promo_code} has been used up")
