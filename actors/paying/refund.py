"""Money that goes back: the job that asks the provider for it until it has, or cannot."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from pydantic import BaseModel

from actors.jobs.context import JobContext
from actors.paying import report
from actors.paying.purpose import GivenBack, Purpose, Why, carry
from actors.providers.payments import (
    Money,
    PaymentProvider,
    ProviderRefusedError,
    ProviderUnavailableError,
    RefundOrder,
)
from storage.postgres.outbox.connection import Connection
from storage.postgres.outbox.job import Backoff, NewJob
from storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry, Snoozed
from storage.postgres.payments import (
    Payment,
    PaymentRefund,
    begin_refund,
    find_payment,
    finish_refund,
    note_refund,
)

QUEUE = "payment"
REFUND = "payment.refund"
REFUND_SECONDS = 90.0
"""A provider may be asked for a refund, for how it goes, and for the payment: three calls."""
REFUND_ATTEMPTS_MAX = 36
REFUND_BACKOFF = Backoff(first_seconds=5.0, factor=2.0, max_seconds=3600.0)
"""Together a day: as long as providers remember an idempotency key."""
PENDING_SECONDS_MIN = 30.0
PENDING_SECONDS_MAX = 3600.0
"""How soon, and how rarely, a refund that is on its way is looked after."""
PENDING_DAYS_MAX = 14
"""Banks take ten days at most; after that it has got lost somewhere."""


class RefundPayment(BaseModel):
    """Give the money of a payment back, all of it."""

    payment_id: int
    why: str


async def begin_giving_back(connection: Connection, payment_id: int, why: Why) -> list[NewJob]:
    """The money of a paid payment is to go back: the row says so, and the job that is returned does it. None
    for a payment that was not paid, or goes back already.
    """
    refund = await begin_refund(connection, payment_id, why)
    if refund is None or refund.status != "pending":
        return []
    return [
        NewJob(
            QUEUE,
            REFUND,
            RefundPayment(payment_id=payment_id, why=refund.why).model_dump_json(),
            key=f"refund:{payment_id}",
            timeout_seconds=REFUND_SECONDS,
            attempts_max=REFUND_ATTEMPTS_MAX,
            backoff=REFUND_BACKOFF,
        )
    ]


async def give_back(
    wanted: RefundPayment,
    context: JobContext,
    providers: Mapping[str, PaymentProvider],
    purposes: Mapping[str, Purpose],
) -> Outcome:
    """Ask the provider for the refund, and write down how it ended."""
    payment = await find_payment(context.database, wanted.payment_id)
    refund = await begin_refund(context.database, wanted.payment_id, wanted.why)
    if payment is None or refund is None or payment.provider_id is None:
        return Rejected(f"payment {wanted.payment_id} was not paid: there is nothing to give back")
    if refund.status != "pending":
        return Done()
    provider = providers.get(payment.provider)
    if provider is None:
        return Rejected(f"payment {payment.id}: no provider {payment.provider!r} is configured here")
    ending = _Ending(payment, refund, purposes.get(payment.purpose), context)
    if not provider.can_refund:
        return await ending.impossible(f"{payment.provider} gives no money back by API")
    try:
        made = await provider.refund(
            RefundOrder(payment.provider_id, ending.money, f"refund-{payment.id}", reason=refund.why)
        )
    except ProviderRefusedError as error:
        return await ending.impossible(str(error))
    except ProviderUnavailableError as error:
        outcome: report.RefundOutcome = "dead" if context.is_last_attempt else "unavailable"
        report.refund(payment.provider, outcome, payment=payment.id, why=str(error))
        return Retry(str(error), after_seconds=error.retry_after)
    match made.state:
        case "done":
            return await ending.done(made.refund_id)
        case "canceled":
            return await ending.impossible(f"{payment.provider} has canceled the refund {made.refund_id}")
        case "pending":
            return await _on_its_way(payment, made.refund_id, context)


class _Ending:
    """How a refund ends: once, together with its job and what follows."""

    def __init__(
        self, payment: Payment, refund: PaymentRefund, purpose: Purpose | None, context: JobContext
    ) -> None:
        self.money = Money(refund.amount_minor, refund.currency)
        self._payment = payment
        self._refund = refund
        self._purpose = purpose
        self._context = context

    async def done(self, refund_id: str) -> Outcome:
        """The money has gone back to the payer."""
        return await self._end(to_payer=True, refund_id=refund_id)

    async def impossible(self, words: str) -> Outcome:
        """It cannot, and will not: the bot owes it."""
        if self._purpose is None:
            why = f"{words}; and nobody says what follows from {self._payment.purpose}"
            report.refund(self._payment.provider, "dead", payment=self._payment.id, why=why)
            return Rejected(f"payment {self._payment.id}: {why}")
        return await self._end(to_payer=False, words=words)

    async def _end(self, *, to_payer: bool, refund_id: str = "", words: str = "") -> Outcome:
        payment, context, new = self._payment, self._context, False
        async with context.ending() as connection:
            # A notice of the refund may have been worked on meanwhile: one of us passes.
            new = await finish_refund(
                connection, payment.id, provider_id=refund_id or None, impossible=not to_payer
            )
            if new and self._purpose is not None:
                back = GivenBack(cast(Why, self._refund.why), self.money, to_payer, words)
                jobs = await self._purpose.given_back(connection, payment, back)
                await context.enqueue(connection, carry(jobs, context.trace))
        if new:
            report.refund(
                payment.provider,
                "done" if to_payer else "impossible",
                payment=payment.id,
                purpose=payment.purpose,
                reference=payment.reference,
                money=str(self.money),
                reason=self._refund.why,
                **({"why": words} if words else {}),
            )
        return Done()


async def _on_its_way(payment: Payment, refund_id: str, context: JobContext) -> Outcome:
    await note_refund(context.database, payment.id, refund_id)
    age = datetime.now(UTC) - context.job.created_at
    if age > timedelta(days=PENDING_DAYS_MAX):
        why = f"the refund {refund_id} has been pending for {PENDING_DAYS_MAX} days"
        report.refund(payment.provider, "dead", payment=payment.id, why=why)
        return Rejected(f"payment {payment.id}: {why}; ask {payment.provider} what became of it")
    report.refund(payment.provider, "pending", payment=payment.id, refund=refund_id)
    wait_seconds = min(max(age.total_seconds() / 4, PENDING_SECONDS_MIN), PENDING_SECONDS_MAX)
    return Snoozed(datetime.now(UTC) + timedelta(seconds=wait_seconds), f"the refund {refund_id} is pending")
