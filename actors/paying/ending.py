"""How a refund ends: once, with what follows from it. Or it makes room for another one, tried later."""

from collections.abc import Sequence
from typing import Literal, cast

from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.paying.kinds import REFUND, RefundPayment, Why
from mailroom.actors.paying.purpose import GivenBack, Purpose, Trouble, What, of_payment
from mailroom.actors.providers.payments import Money
from mailroom.storage.postgres.outbox.job import Backoff, NewJob
from mailroom.storage.postgres.payments import Payment
from mailroom.storage.postgres.refunds import PaymentRefund, begin_again, finish_refund

REFUSALS_MAX = 11
REFUSED_BACKOFF = Backoff(first_seconds=60.0, factor=3.0, max_seconds=86_400.0)
"""A refund that is refused for now is tried again under other names: after a minute, then ever more rarely,
for almost four days together. A weekend without income on the merchant's account ends in that time.
"""

How = Literal["done", "needless", "impossible"]


def refund_job(payment: Payment, why: str, *, delay_seconds: float = 0.0) -> NewJob:
    """The job that gives the money of a payment back."""
    wanted = RefundPayment(payment_id=payment.id, why=why)
    return REFUND(wanted, bot=payment.bot, delay_seconds=delay_seconds)


async def end_refund(
    tx: Transaction,
    purpose: Purpose | None,
    payment: Payment,
    refund: PaymentRefund,
    how: How,
    money: Money,
    *,
    refund_id: str = "",
    words: str = "",
) -> bool:
    """A refund is over, with what follows from it; False if somebody has ended it meanwhile. `money` is what
    has gone back, or what is owed.
    """
    amount_minor = None if how == "needless" else money.amount_minor
    if not await finish_refund(
        tx.connection,
        refund.id,
        how,
        provider_id=refund_id or None,
        amount_minor=amount_minor,
        words=words or None,
    ):
        return False
    if purpose is not None:
        back = GivenBack(cast(Why, refund.why), money, how != "impossible", words)
        await purpose.given_back(of_payment(tx, purpose, payment, once=False), payment, back)
    return True


async def try_another(
    tx: Transaction,
    purpose: Purpose | None,
    payment: Payment,
    refund: PaymentRefund,
    rows: Sequence[PaymentRefund],
    *,
    words: str,
) -> bool:
    """A refund was refused for now: another one takes its place, later. False if somebody has ended it."""
    if not await finish_refund(tx.connection, refund.id, "failed", words=words):
        return False
    await replace_refund(tx, purpose, payment, refund, rows, words=words, what="refund_waits")
    return True


async def replace_refund(
    tx: Transaction,
    purpose: Purpose | None,
    payment: Payment,
    refund: PaymentRefund,
    rows: Sequence[PaymentRefund],
    *,
    words: str,
    what: What,
) -> None:
    """Another refund for one that came to nothing. The owner hears of the first one."""
    refusals = refusals_of(rows)
    wanted = (refund.amount_minor, refund.currency, refund.why)
    if await begin_again(tx.connection, payment.id, *wanted):
        delay_seconds = REFUSED_BACKOFF.delay_seconds(refusals + 1, 0.0)
        await tx.enqueue(refund_job(payment, refund.why, delay_seconds=delay_seconds))
    if not refusals or what != "refund_waits":
        money = Money(refund.amount_minor, refund.currency)
        await tell(tx, purpose, payment, Trouble(what, money, words))


def refusals_of(rows: Sequence[PaymentRefund]) -> int:
    """How often a refund of ours came to nothing already."""
    return sum(row.status == "failed" and not row.by_gateway for row in rows)


async def tell(tx: Transaction, purpose: Purpose | None, payment: Payment, trouble: Trouble) -> None:
    """Have the bot do something about it, if it wants to know."""
    if purpose is not None and purpose.troubled is not None:
        await purpose.troubled(of_payment(tx, purpose, payment, once=False), payment, trouble)
