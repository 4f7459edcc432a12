"""What payments mean for the shop: the goods are sold, or the money is of no use and goes back."""

from collections.abc import Mapping, Sequence

from structlog import get_logger

from mailroom.actors.bots.shop import checkout
from mailroom.actors.bots.shop.balance import add_entry
from mailroom.actors.bots.shop.jobs.apologise import PATIENCE_SECONDS
from mailroom.actors.bots.shop.jobs.follow import after_paid
from mailroom.actors.bots.shop.jobs.kinds import APOLOGISE, Apology
from mailroom.actors.bots.shop.jobs.take_back import go_back
from mailroom.actors.bots.shop.jobs.tell import owner_jobs
from mailroom.actors.bots.shop.jobs.trouble import tell_of_trouble
from mailroom.actors.bots.shop.language import Language
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import Order, find_order
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.paying.kinds import Why
from mailroom.actors.paying.purpose import Follows, GivenBack, NotPayableError, Purpose, Trouble
from mailroom.actors.providers.payments import Money
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.payments import Payment

log = get_logger("mailroom.shop")

CURRENCY_CHARS = 3
"""Balances are kept in currencies of ISO 4217 alone; coins have longer names."""
OWED = {
    Language.RU: (
        "⚠️ Заказ № {number}: {money} нельзя вернуть через {provider} ({words}).\n{what}\n"
        "Платёж {payment}, причина возврата: {why}."
    ),
    Language.EN: (
        "⚠️ Order {number}: {money} cannot be refunded through {provider} ({words}).\n{what}\n"
        "Payment {payment}, reason for the refund: {why}."
    ),
}
CREDITED = {
    Language.RU: "Сумма зачислена на баланс покупателя.",
    Language.EN: "The sum was put on the customer's balance.",
}
BY_HAND = {
    Language.RU: "На баланс такую валюту зачислить нельзя: верните деньги вручную.",
    Language.EN: "A balance cannot hold this currency: please refund it by hand.",
}
NOBODYS = {
    Language.RU: "Покупатель удалил свои данные, баланса у него больше нет: верните деньги вручную.",
    Language.EN: "The customer's data was deleted, and with it the balance: please refund it by hand.",
}
WHY: dict[Why, dict[Language, str]] = {
    "too_late": {
        Language.RU: "оплачен слишком поздно, товара уже нет",
        Language.EN: "paid too late, the goods were gone",
    },
    "twice": {Language.RU: "заказ уже был оплачен", Language.EN: "the order had been paid for already"},
    "mismatch": {Language.RU: "оплачена другая сумма", Language.EN: "another sum was paid"},
    "owner": {Language.RU: "решение магазина", Language.EN: "the shop decided so"},
}


def purposes(room: Room[Options]) -> Mapping[str, Purpose]:
    """What follows from payments of the shop, by their purpose."""
    return {checkout.PURPOSE: shop_purpose(room)}


def shop_purpose(room: Room[Options]) -> Purpose:
    """What follows from payments of orders."""

    async def paid(connection: Connection, payment: Payment) -> Follows:
        return await _paid(room.within(connection), payment)

    async def mismatched(connection: Connection, payment: Payment, money: Money) -> Sequence[NewJob]:
        return await _mismatched(room.within(connection), payment, money)

    async def given_back(connection: Connection, payment: Payment, back: GivenBack) -> Sequence[NewJob]:
        return await _given_back(room, room.within(connection), payment, back)

    async def troubled(connection: Connection, payment: Payment, trouble: Trouble) -> Sequence[NewJob]:
        return await tell_of_trouble(room, room.within(connection), payment, trouble)

    return Purpose(paid=paid, mismatched=mismatched, given_back=given_back, troubled=troubled)


async def _paid(connection: Connection, payment: Payment) -> Follows:
    try:
        settled = await checkout.settle(connection, payment)
    except LookupError as error:
        raise NotPayableError(str(error)) from error
    order = await find_order(connection, int(payment.reference))
    assert order is not None, "its payment was settled in this transaction"
    if settled != "paid":
        money = Money(payment.amount_minor, payment.currency)
        return Follows([_under_way(order, payment, settled, money)], give_back=settled)
    return Follows(await after_paid(connection, order, payment.id))


async def _mismatched(connection: Connection, payment: Payment, paid: Money) -> Sequence[NewJob]:
    order = await find_order(connection, int(payment.reference))
    return [_under_way(order, payment, "mismatch", paid)] if order is not None else []


async def _given_back(
    room: Room[Options], connection: Connection, payment: Payment, back: GivenBack
) -> list[NewJob]:
    """The payment is over. If the order goes back with it, that is over too; if not, nothing is different for
    the order: it waits for another payment, has one, or is closed.
    """
    number = int(payment.reference)
    jobs: list[NewJob] = []
    order = await find_order(connection, number)
    if order is None or order.bot != payment.bot:
        raise NotPayableError(f"payment {payment.id} is for order {number} of {payment.bot}, which is gone")
    if back.why == "owner":
        jobs.append(await go_back(connection, order.bot, number))
    to_balance = not back.to_payer and await _credit(connection, order, payment, back.money)
    if not back.to_payer:
        jobs += await _tell_owners(room, connection, order, payment, back, credited=to_balance)
    if back.to_payer or to_balance:
        apology = Apology(
            order=number, payment=payment.id, why=back.why, over=True, to_balance=to_balance,
            amount_minor=back.money.amount_minor, currency=back.money.currency,
        )  # fmt: skip
        jobs.append(APOLOGISE(apology, bot=order.bot))
    return jobs


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
    room: Room[Options],
    connection: Connection,
    order: Order,
    payment: Payment,
    back: GivenBack,
    *,
    credited: bool,
) -> list[NewJob]:
    def worded(language: Language) -> str:
        return OWED[language].format(
            number=order.number,
            money=format_money(back.money.amount_minor, back.money.currency, language),
            provider=payment.provider,
            words=back.words,
            what=(CREDITED if credited else NOBODYS if order.forgotten else BY_HAND)[language],
            payment=payment.provider_id,
            why=WHY[back.why][language],
        )

    return await owner_jobs(room, connection, order, worded)
