"""Money that goes back: the job that asks the provider for it until it has, or cannot.

Before each try it asks what is back already: by a refund of ours whose answer was lost, by somebody's hand in
the provider's cabinet, by a bank. It gives back what is left, and no more. A refund that is refused for now
ends, and another one with a name of its own is tried later, since providers repeat their answer to a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.paying import report
from mailroom.actors.paying.back import Standing, standing_of, sum_of
from mailroom.actors.paying.ending import (
    REFUSALS_MAX,
    How,
    end_refund,
    refund_job,
    refusals_of,
    try_another,
)
from mailroom.actors.paying.kinds import RefundPayment, Why
from mailroom.actors.paying.others import note_others
from mailroom.actors.paying.purpose import Purpose, Purposes
from mailroom.actors.providers.payments import (
    FetchedPayment,
    Money,
    PaymentProvider,
    PaymentProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
    Refund,
    RefundOrder,
    Refusal,
)
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry, Snoozed
from mailroom.storage.postgres.payments import Payment, find_payment
from mailroom.storage.postgres.refunds import (
    PaymentRefund,
    begin_refund,
    note_refund,
    pending_refund,
    refunds_of,
    try_refund,
)

PENDING_SECONDS_MIN = 30.0
PENDING_SECONDS_MAX = 3600.0
"""How soon, and how rarely, a refund that is on its way is looked after."""
PENDING_DAYS_MAX = 14
"""Banks take ten days at most; after that it has got lost somewhere."""
DISPUTED_SECONDS = 6 * 3600.0
"""How often a refund that waits for a bank's decision looks for it; banks take months."""
KEY_REMEMBERED = timedelta(hours=24)
"""For how long providers know an idempotency key at least. After that the same call may be another refund."""


async def begin_giving_back(tx: Transaction, payment_id: int, why: Why) -> bool:
    """The money of a paid payment is to go back: the row says so, and the job that is enqueued does it. False
    for a payment that was not paid, or goes back already.
    """
    refund = await begin_refund(tx.connection, payment_id, why)
    payment = await find_payment(tx.connection, payment_id)
    if payment is None or refund is None or refund.status != "pending":
        return False
    await tx.enqueue(refund_job(payment, refund.why))
    return True


async def give_back(
    wanted: RefundPayment,
    context: JobContext,
    providers: Mapping[str, PaymentProvider],
    purposes: Purposes,
) -> Outcome:
    """Ask the provider for the refund, and write down how it ended."""
    payment = await find_payment(context.database, wanted.payment_id)
    rows = await refunds_of(context.database, wanted.payment_id)
    if payment is None or payment.provider_id is None or not rows:
        return Rejected(f"payment {wanted.payment_id} was not paid: there is nothing to give back")
    refund = await pending_refund(context.database, payment.id)
    if refund is None:
        return Done()
    provider = providers.get(payment.provider)
    if provider is None:
        return Rejected(f"payment {payment.id}: no provider {payment.provider!r} is configured here")
    try:
        fetched = await provider.fetch(payment.provider_id)
        listed = await provider.refunds(payment.provider_id) if provider.can_list_refunds else None
    except PaymentProviderError as error:
        return _in_vain(payment, context, error)
    if listed is not None and fetched.refunded_minor > sum_of(listed):
        # Its list lags behind its sum, or a refund has just come back: who gave what back is not known yet.
        words = f"{payment.provider} says that more went back of {payment.provider_id} than it lists"
        return _in_vain(payment, context, ProviderUnavailableError(words))
    standing = standing_of(payment, rows, fetched, listed)
    await note_others(context.database, payment, standing, rows, listed=listed is not None)
    purpose = purposes.get((payment.bot, payment.purpose))
    attempt = _Attempt(payment, payment.provider_id, refund, rows, provider, purpose, context, standing)
    known = standing.of(refund)
    if known is not None:
        return await attempt.goes(Refund(known.refund_id, known.state, known.refusal, known.words))
    return await attempt.go(fetched, listed=listed is not None)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try at a refund."""

    payment: Payment
    provider_id: str
    refund: PaymentRefund
    rows: list[PaymentRefund]
    provider: PaymentProvider
    purpose: Purpose | None
    context: JobContext
    standing: Standing

    @property
    def left(self) -> Money:
        """What there is to give back."""
        return Money(self.standing.left_minor, self.refund.currency)

    async def go(self, fetched: FetchedPayment, *, listed: bool) -> Outcome:
        """Ask for it, if anything is left to ask for."""
        if any(one.state == "open" for one in fetched.disputes):
            return self._wait_for_bank()
        if not self.left.amount_minor:
            return await self._end("needless", Money(self.standing.paid_minor, self.refund.currency))
        if not self.provider.can_refund:
            return await self._impossible(f"{self.payment.provider} gives no money back by API")
        tried_at = self.refund.tried_at
        if not listed and tried_at is not None and datetime.now(UTC) - tried_at > KEY_REMEMBERED:
            why = (
                f"{self.payment.provider} may have forgotten that it was asked for this refund at {tried_at}"
            )
            report.refund(self.payment.provider, "dead", payment=self.payment.id, why=why)
            return Rejected(f"payment {self.payment.id}: {why}, and does not tell: look in its cabinet")
        await try_refund(self.context.database, self.refund.id, self.left.amount_minor)
        order = RefundOrder(
            self.provider_id,
            self.left,
            f"refund-{self.refund.ref}",
            reference="" if self.refund.unnamed else self.refund.ref,
            reason=self.refund.why,
        )
        try:
            made = await self.provider.refund(order)
        except ProviderRefusedError as error:
            return await self._refused(error.refusal, str(error))
        except ProviderUnavailableError as error:
            return _in_vain(self.payment, self.context, error)
        return await self.goes(made)

    async def goes(self, made: Refund) -> Outcome:
        """The provider has the refund: how it goes."""
        if made.state == "pending":
            return await self._on_its_way(made.refund_id)
        if made.state == "canceled":
            why = f": {made.words}" if made.words else ""
            return await self._refused(
                made.refusal, f"{self.payment.provider} has canceled the refund {made.refund_id}{why}"
            )
        if not made.refund_id:  # somebody was quicker than we, since we asked
            return await self._end("needless", Money(self.standing.paid_minor, self.refund.currency))
        known = self.standing.of(self.refund)
        return await self._end("done", known.money if known else self.left, refund_id=made.refund_id)

    async def _refused(self, refusal: Refusal, words: str) -> Outcome:
        if refusal == "person":
            report.refund(self.payment.provider, "dead", payment=self.payment.id, why=words)
            return Rejected(f"payment {self.payment.id}: {words}")
        if refusal == "final" or (refusal == "passes" and refusals_of(self.rows) + 1 >= REFUSALS_MAX):
            return await self._impossible(words)
        async with self.context.ending() as tx:
            waits = await try_another(tx, self.purpose, self.payment, self.refund, self.rows, words=words)
        if waits:
            report.refund(self.payment.provider, "refused", payment=self.payment.id, why=words)
        return Done()

    async def _impossible(self, words: str) -> Outcome:
        """It cannot, and will not: the bot owes it."""
        if self.purpose is None:
            why = f"{words}; and nobody says what follows from {self.payment.purpose} of {self.payment.bot!r}"
            report.refund(self.payment.provider, "dead", payment=self.payment.id, why=why)
            return Rejected(f"payment {self.payment.id}: {why}")
        return await self._end("impossible", self.left, words=words)

    async def _end(self, how: How, money: Money, *, refund_id: str = "", words: str = "") -> Outcome:
        payment, context = self.payment, self.context
        async with context.ending() as tx:
            # A notice of the refund may have been worked on meanwhile: one of us passes.
            over = await end_refund(
                tx,
                self.purpose,
                payment,
                self.refund,
                how,
                money,
                refund_id=refund_id,
                words=words,
            )
        if over:
            report.refund(
                payment.provider,
                how,
                payment=payment.id,
                purpose=payment.purpose,
                reference=payment.reference,
                money=str(money),
                reason=self.refund.why,
                **({"why": words} if words else {}),
            )
        return Done()

    def _wait_for_bank(self) -> Outcome:
        words = "the payer's bank disputes the payment, and decides whose the money is"
        report.refund(self.payment.provider, "disputed", payment=self.payment.id)
        return Snoozed(datetime.now(UTC) + timedelta(seconds=DISPUTED_SECONDS), words)

    async def _on_its_way(self, refund_id: str) -> Outcome:
        payment = self.payment
        await note_refund(self.context.database, self.refund.id, refund_id)
        age = datetime.now(UTC) - (self.refund.tried_at or self.context.job.created_at)
        if age > timedelta(days=PENDING_DAYS_MAX):
            why = f"the refund {refund_id} has been pending for {PENDING_DAYS_MAX} days"
            report.refund(payment.provider, "dead", payment=payment.id, why=why)
            return Rejected(f"payment {payment.id}: {why}; ask {payment.provider} what became of it")
        report.refund(payment.provider, "pending", payment=payment.id, refund=refund_id)
        wait_seconds = min(max(age.total_seconds() / 4, PENDING_SECONDS_MIN), PENDING_SECONDS_MAX)
        return Snoozed(
            datetime.now(UTC) + timedelta(seconds=wait_seconds), f"the refund {refund_id} is pending"
        )


def _in_vain(payment: Payment, context: JobContext, error: PaymentProviderError) -> Outcome:
    """Nothing was learnt: it is tried again, for a day."""
    outcome: report.RefundOutcome = "dead" if context.is_last_attempt else "unavailable"
    report.refund(payment.provider, outcome, payment=payment.id, why=str(error))
    return Retry(str(error), after_seconds=getattr(error, "retry_after", None))
