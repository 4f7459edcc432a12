"""How a refund ends: once, with what follows from it. Or it makes room for another one, tried later."""

from collections.abc import Sequence
from typing import Literal, cast

from mailroom.actors.paying.kinds import REFUND, RefundPayment, Why
from mailroom.actors.paying.purpose import GivenBack, Purpose, Trouble, What
from mailroom.actors.providers.payments import Money
from mailroom.storage.postgres.outbox.connection import Connection
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
    connection: Connection,
    purpose: Purpose | None,
    payment: Payment,
    refund: PaymentRefund,
    how: How,
    money: Money,
    *,
    refund_id: str = "",
    words: str = "",
) -> list[NewJob] | None:
    """A refund is over, and this is what follows; None if somebody has ended it meanwhile. `money` is what
    has gone back, or what is owed.
    """
    amount_minor = None if how == "needless" else money.amount_minor
    if not await finish_refund(
        connection,
        refund.id,
        how,
        provider_id=refund_id or None,
        amount_minor=amount_minor,
        words=words or None,
    ):
        return None
    if purpose is None:
        return []
    back = GivenBack(cast(Why, refund.why), money, how != "impossible", words)
    return list(await purpose.given_back(connection, payment, back))


async def try_another(
    connection: Connection,
    purpose: Purpose | None,
    payment: Payment,
    refund: PaymentRefund,
    rows: Sequence[PaymentRefund],
    *,
    words: str,
) -> list[NewJob] | None:
    """A refund was refused for now: another one takes its place, later. None if somebody has ended it."""
    if not await finish_refund(connection, refund.id, "failed", words=words):
        return None
    return await replace_refund(connection, purpose, payment, refund, rows, words=words, what="refund_waits")


async def replace_refund(
    connection: Connection,
    purpose: Purpose | None,
    payment: Payment,
    refund: PaymentRefund,
    rows: Sequence[PaymentRefund],
    *,
    words: str,
    what: What,
) -> list[NewJob]:
    """Another refund for one that came to nothing. The owner hears of the first one."""
    refusals = refusals_of(rows)
    jobs: list[NewJob] = []
    wanted = (refund.amount_minor, refund.currency, refund.why)
    if await begin_again(connection, payment.id, *wanted):
        delay_seconds = REFUSED_BACKOFF.delay_seconds(refusals + 1, 0.0)
        jobs.append(refund_job(payment, refund.why, delay_seconds=delay_seconds))
    if not refusals or what != "refund_waits":
        money = Money(refund.amount_minor, refund.currency)
        jobs += await tell(connection, purpose, payment, Trouble(what, money, words))
    return jobs


def refusals_of(rows: Sequence[PaymentRefund]) -> int:
    """How often a refund of ours came to nothing already."""
    return sum(row.status == "failed" and not row.by_gateway for row in rows)


async def tell(
    connection: Connection, purpose: Purpose | None, payment: Payment, trouble: Trouble
) -> list[NewJob]:
    """What the bot does about it, if it wants to know."""
    if purpose is None or purpose.troubled is None:
        return []
    return list(await purpose.troubled(connection, payment, trouble))
