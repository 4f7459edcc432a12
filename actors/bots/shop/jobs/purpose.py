"""What payments mean for the shop: the goods are sold, or the money is of no use and goes back."""

from collections.abc import Mapping
from functools import partial

from structlog import get_logger

from mailroom.actors.bots.shop import checkout
from mailroom.actors.bots.shop.balance import add_entry
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.jobs.apologise import PATIENCE_SECONDS
from mailroom.actors.bots.shop.jobs.follow import after_paid
from mailroom.actors.bots.shop.jobs.kinds import APOLOGISE, Apology
from mailroom.actors.bots.shop.jobs.take_back import go_back
from mailroom.actors.bots.shop.jobs.tell import tell_owners
from mailroom.actors.bots.shop.jobs.trouble import tell_of_trouble
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.paying.kinds import Why
from mailroom.actors.paying.purpose import Follows, GivenBack, NotPayableError, Purpose
from mailroom.actors.providers.payments import Money
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.payments import Payment

log = get_logger("mailroom.shop")

CURRENCY_CHARS = 3
"""Balances are kept in currencies of ISO 4217 alone; coins have longer names."""


def purposes(room: Room[Options]) -> Mapping[str, Purpose]:
    """What follows from payments of the shop, by their purpose."""
    return {checkout.PURPOSE: shop_purpose(room)}


def shop_purpose(room: Room[Options]) -> Purpose:
    """What follows from payments of orders."""
    return Purpose(
        paid=partial(_paid, room),
        mismatched=_mismatched,
        given_back=partial(_given_back, room),
        troubled=partial(tell_of_trouble, room),
    )


async def _paid(room: Room[Options], tx: Transaction, payment: Payment) -> Follows:
    try:
        settled = await checkout.settle(tx, payment)
    except LookupError as error:
        raise NotPayableError(str(error)) from error
    order = await find_order(tx.connection, int(payment.reference))
    assert order is not None, "its payment was settled in this transaction"
    if settled != "paid":
        money = Money(payment.amount_minor, payment.currency)
        await tx.enqueue(_under_way(order, payment, settled, money))
        return Follows(give_back=settled)
    await after_paid(tx, order, payment.id)
    tell(room, "paid", order.user_id, total_minor=order.total_minor, currency=order.currency)
    return Follows()


async def _mismatched(tx: Transaction, payment: Payment, paid: Money) -> None:
    order = await find_order(tx.connection, int(payment.reference))
    if order is not None:
        await tx.enqueue(_under_way(order, payment, "mismatch", paid))


async def _given_back(room: Room[Options], tx: Transaction, payment: Payment, back: GivenBack) -> None:
    """The payment is over. If the order goes back with it, that is over too; if not, nothing is different for
    the order: it waits for another payment, has one, or is closed.
    """
    number = int(payment.reference)
    order = await find_order(tx.connection, number)
    if order is None or order.bot != payment.bot:
        raise NotPayableError(f"payment {payment.id} is for order {number} of {payment.bot}, which is gone")
    if back.why == "owner":
        await go_back(tx, number)
    to_balance = not back.to_payer and await _credit(tx.connection, order, payment, back.money)
    if not back.to_payer:
        await _tell_owners(room, tx, order, payment, back, credited=to_balance)
    if back.to_payer or to_balance:
        apology = Apology(
            order=number, payment=payment.id, why=back.why, over=True, to_balance=to_balance,
            amount_minor=back.money.amount_minor, currency=back.money.currency,
        )  # fmt: skip
        await tx.enqueue(APOLOGISE(apology, bot=order.bot))


def _under_way(order: Order, payment: Payment, why: Why, money: Money) -> NewJob:
    apology = Apology(
        order=order.number, payment=payment.id, why=why, over=False,
        amount_minor=money.amount_minor, currency=money.currency,
    )  # fmt: skip
    return APOLOGISE(apology, bot=order.bot, delay_seconds=PATIENCE_SECONDS)


async def _credit(connection: Connection, order: Order, payment: Payment, money: Money) -> bool:
    """Whether the customer has it on their balance now."""
    if order.forgotten or len(money.currency) != CURRENCY_CHARS:
        return False
    await add_entry(
        connection,
        bot=order.bot,
        user_id=order.user_id,
        kind="refund",
        order_number=order.number,
        amount_minor=money.amount_minor,
        currency=money.currency,
        payment_id=payment.id,
    )
    return True


async def _tell_owners(
    room: Room[Options], tx: Transaction, order: Order, payment: Payment, back: GivenBack, *, credited: bool
) -> None:
    def worded(language: Language) -> str:
        own = TEXTS[language].notices
        return own.owed(
            number=order.number,
            money=format_money(back.money.amount_minor, back.money.currency, language),
            provider=payment.provider,
            words=back.words,
            what=own.credited if credited else own.nobodys if order.forgotten else own.by_hand,
            payment=str(payment.provider_id),
            why=own.why[back.why],
        )

    await tell_owners(room, tx, order, worded)
