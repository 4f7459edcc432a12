"""An owner gives the money of an order back: through its provider, or to the balance it came from."""

from typing import Literal

from mailroom.actors.bots.shop import complaints
from mailroom.actors.bots.shop.checkout import PURPOSE, begin_refund
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.jobs.kinds import APOLOGISE, Apology
from mailroom.actors.bots.shop.jobs.take_back import go_back
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_orders import open_order
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.paying.refund import begin_giving_back
from mailroom.storage.postgres.payments import payments_of
from mailroom.storage.postgres.refunds import lock_payments

WHY: Literal["owner"] = "owner"
"""The customer is told so, in the words of the chat."""


async def refund(room: Room[Options], by: By, number: int, *, goods_back: bool = False) -> Outcome:
    """Give an order's money back. With `goods_back` its goods can be sold again, which only an order whose
    goods nobody has seen allows.

    What came of it: `amount_minor`, `currency`, and whether it goes `to_balance`. Raises `OwnerError`.
    """

    async def act(tx: Transaction) -> Outcome:
        found = await open_order(tx.connection, by.bot, number)
        await lock_payments(tx.connection, by.bot, PURPOSE, str(number))
        order = await begin_refund(tx, number, WHY, goods_back=goods_back)
        if order is None:
            raise refuse(Fault.NOT_REFUNDABLE, number=number, status=found.order.status)
        if goods_back and order.delivered_at is not None:
            raise refuse(Fault.GOODS_WERE_SEEN, number=number)
        await complaints.close(tx.connection, number)
        by_balance = order.to_pay_minor == 0
        await (_to_balance if by_balance else _to_payer)(tx, order)
        return {
            "amount_minor": order.total_minor,
            "currency": order.currency,
            "to_balance": by_balance,
            "goods_back": goods_back,
        }

    return await once(room, by, "refund", str(number), act)


async def _to_payer(tx: Transaction, order: Order) -> None:
    """The provider is asked for it, and what follows is done when it has answered."""
    payments = await payments_of(tx.connection, order.bot, PURPOSE, str(order.number))
    begun = [await begin_giving_back(tx, one.id, WHY) for one in payments if one.status == "paid"]
    if any(begun):
        return
    disputed = any(one.status == "disputed" for one in payments)
    raise refuse(Fault.DISPUTED if disputed else Fault.NO_PAYMENT, number=order.number)


async def _to_balance(tx: Transaction, order: Order) -> None:
    """No money has moved, and none has to: the order is over now."""
    apology = Apology(
        order=order.number,
        payment=None,
        why=WHY,
        amount_minor=order.total_minor,
        currency=order.currency,
        over=True,
        to_balance=True,
    )
    await go_back(tx, order.number)
    await tx.enqueue(APOLOGISE(apology, bot=order.bot))
