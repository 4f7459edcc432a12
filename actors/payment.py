"""Payments: what the provider says is found out, written down once, and what follows from it is enqueued.

A provider's notice is only a reason to ask (`payment.confirm`). Notices get lost, and some providers send
each once, so that pending payments are asked for from time to time (`payment.reconcile`).
"""

from collections.abc import Awaitable, Callable, Mapping

from pydantic import BaseModel, Field
from structlog import get_logger

from actors.jobs.actor import JobActor
from actors.jobs.context import JobContext
from actors.jobs.handlers import Handlers
from actors.jobs.limits import Limits
from actors.providers.payments import FetchedPayment, Money, PaymentProvider, ProviderRefusedError
from storage.postgres.outbox.connection import Connection
from storage.postgres.outbox.job import NewJob
from storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry
from storage.postgres.payments import (
    Payment,
    find_payment,
    mark_asked,
    mark_canceled,
    mark_paid,
    mark_refunded,
    payments_to_ask_for,
)

log = get_logger("mailroom.payment")

QUEUE = "payment"
CONFIRM = "payment.confirm"
RECONCILE = "payment.reconcile"

RECONCILED_MAX = 500
"""Payments asked for in one round; what is left is first in the next."""
RECONCILED_YOUNGER_SECONDS = 7 * 86_400.0
"""Payments still pending after a week were forgotten by their payers; a notice would still be listened to."""
ASKED_AGAIN_SECONDS = 60.0
"""For how long after a payment was asked for it is not enqueued again."""

OnPaid = Callable[[Connection, Payment], Awaitable[list[NewJob]]]
"""What follows from a payment, called in the transaction that marks it paid: it may write rows of its own
there, and returns the jobs to enqueue. Called once for each payment, whatever happens.
"""


class Confirm(BaseModel):
    """Ask the provider what has become of a payment."""

    payment_id: int
    notified: bool = False
    """Whether a notice says that it was paid: then "pending" means that the provider is not there yet."""


class Reconcile(BaseModel):
    """Ask for what has been pending for a while."""

    older_minutes: float = Field(default=5.0, gt=0)


class PaymentActor(JobActor):
    """The queue of payments."""

    queue = QUEUE
    limits = Limits(concurrency=20, connections_max=4)  # providers count our requests, and answer in a second


def payment_handlers(providers: Mapping[str, PaymentProvider], on_paid: Mapping[str, OnPaid]) -> Handlers:
    """The jobs of this queue. `on_paid` says by purpose what follows from a payment."""
    handlers = Handlers(QUEUE)

    @handlers.job(CONFIRM, Confirm, timeout_seconds=60, attempts_max=12)
    async def confirm(wanted: Confirm, context: JobContext) -> Outcome:
        payment = await find_payment(context.database, wanted.payment_id)
        if payment is None or payment.provider_id is None:
            return Rejected(f"there is no payment {wanted.payment_id} that a provider knows of")
        if payment.provider not in providers:
            return Rejected(f"payment {payment.id}: no provider {payment.provider!r} is configured here")
        provider = providers[payment.provider]
        try:
            fetched = await provider.fetch(payment.provider_id)
        except ProviderRefusedError as error:
            return Rejected(f"payment {payment.id}: {payment.provider} refused to tell: {error}")
        match fetched.state:
            case "paid":
                follows = on_paid.get(payment.purpose)
                if wrong := _differs(payment, fetched, provider):
                    return Rejected(f"payment {payment.id}: {wrong}")
                if follows is None:
                    return Rejected(f"payment {payment.id}: nobody says what follows from {payment.purpose}")
                return await _paid(payment, follows, context)
            case "pending" if wanted.notified:
                return Retry(f"payment {payment.id} is pending at {payment.provider}, against its own notice")
            case "pending":
                await mark_asked(context.database, payment.id)
            case "canceled":
                await mark_canceled(context.database, payment.id)
            case "refunded":
                await mark_refunded(context.database, payment.id)
        return Done()

    @handlers.job(RECONCILE, Reconcile, attempts_max=3)
    async def reconcile(wanted: Reconcile, context: JobContext) -> None:
        async with context.ending() as connection:
            ids = await payments_to_ask_for(
                connection,
                RECONCILED_MAX,
                older_seconds=wanted.older_minutes * 60,
                younger_seconds=RECONCILED_YOUNGER_SECONDS,
            )
            await context.enqueue(
                connection,
                [
                    handlers.new(
                        CONFIRM,
                        Confirm(payment_id=id_),
                        dedup_key=f"{RECONCILE}:{id_}",
                        dedup_seconds=ASKED_AGAIN_SECONDS,
                    )
                    for id_ in ids
                ],
            )

    return handlers


async def _paid(payment: Payment, follows: OnPaid, context: JobContext) -> Outcome:
    async with context.ending() as connection:
        # Two notices may be worked on at once: the row's lock lets one of them pass.
        if await mark_paid(connection, payment.id):
            await context.enqueue(connection, await follows(connection, payment))
            log.info("paid", payment=payment.id, purpose=payment.purpose, reference=payment.reference)
    return Done()


def _differs(payment: Payment, fetched: FetchedPayment, provider: PaymentProvider) -> str | None:
    """What speaks against that this is the payment that was asked for."""
    asked = Money(payment.amount_minor, payment.currency)
    if fetched.provider_id != payment.provider_id:
        return f"{provider.name} answered for {fetched.provider_id} instead of {payment.provider_id}"
    if fetched.money.currency != asked.currency:
        return f"paid in the wrong currency: {fetched.money} instead of {asked}"
    if fetched.money != asked:
        return f"the wrong amount was paid: {fetched.money} instead of {asked}"
    if fetched.reference is not None and fetched.reference != str(payment.id):
        return f"{provider.name} says that it pays for {fetched.reference}"
    if fetched.test != provider.test:
        return "a test payment, and the shop is real" if fetched.test else "a real payment in a test shop"
    return None
