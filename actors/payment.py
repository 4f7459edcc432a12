"""Payments: what the provider says is found out, written down once, and what follows from it is enqueued.

A provider's notice is only a reason to ask (`payment.noticed`). Notices get lost, and some providers send
each once, so that pending payments are asked for from time to time (`payment.reconcile`), each by a job of
its own (`payment.confirm`), and each night providers are asked for all that they have (`payment.list`). Money
that is of no use goes back (`payment.refund`).
"""

from collections.abc import Mapping

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.paying import report
from mailroom.actors.paying.kinds import (
    CONFIRM,
    LIST,
    LOST_BACK,
    NOTICED,
    PAYMENT,
    RECONCILE,
    REFUND,
    Confirm,
    GiveLostBack,
    ListPayments,
    Noticed,
    Reconcile,
    RefundPayment,
)
from mailroom.actors.paying.listing import list_since_last
from mailroom.actors.paying.lost_back import give_lost_back
from mailroom.actors.paying.notice import look_into
from mailroom.actors.paying.purpose import Follows, GivenBack, NotPayableError, OnPaid, Purpose, Purposes
from mailroom.actors.paying.refund import begin_giving_back, give_back
from mailroom.actors.paying.settle import Asked, settle
from mailroom.actors.paying.whose import is_someone_elses
from mailroom.actors.providers.payments import PaymentProvider, ProviderRefusedError
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected
from mailroom.storage.postgres.payments import find_payment, mark_asked, payments_to_ask_for
from mailroom.storage.postgres.retired import retire

__all__ = [
    "Follows", "GivenBack", "NotPayableError", "OnPaid", "Purpose", "begin_giving_back",
    "payment_handlers",
]  # fmt: skip

RECONCILED_MAX = 500
"""Payments asked for in one round; what is left is first in the next."""
RECONCILED_YOUNGER_SECONDS = 7 * 86_400.0
"""Payments still pending after a week were forgotten by their payers; a notice would still be listened to."""
ASKED_AGAIN_SECONDS = 60.0
"""For how long after a payment was asked for it is not enqueued again."""


def payment_handlers(providers: Mapping[str, PaymentProvider], purposes: Purposes) -> Handlers:
    """The jobs of this queue. `purposes` are what payments are for, as the bots bring them."""
    handlers = Handlers(PAYMENT)

    @handlers.job(NOTICED)
    async def noticed(wanted: Noticed, context: JobContext) -> Outcome:
        return await look_into(wanted, context, providers, purposes)

    @handlers.job(CONFIRM)
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
        if payment.ref == fetched.provider_id and is_someone_elses(payment, fetched):
            await mark_asked(context.database, payment.id)
            report.notice(payment.provider, fetched.provider_id, "unclaimed", money=str(fetched.money))
            return Done()
        purpose = purposes.get((payment.bot, payment.purpose))
        notified = wanted.notified
        return await settle(
            Asked(payment, provider, fetched, purpose, noticed=notified, said_paid=notified), context
        )

    @handlers.job(REFUND)
    async def refund(wanted: RefundPayment, context: JobContext) -> Outcome:
        return await give_back(wanted, context, providers, purposes)

    @handlers.job(LOST_BACK)
    async def lost_back(wanted: GiveLostBack, context: JobContext) -> Outcome:
        return await give_lost_back(wanted, context, providers)

    @handlers.job(LIST)
    async def list_payments(wanted: ListPayments, context: JobContext) -> Outcome:
        if wanted.provider is None:
            async with context.ending() as tx:
                names = [name for name, provider in providers.items() if provider.can_list]
                await tx.enqueue(*(LIST(ListPayments(provider=name), dedup_key=name) for name in names))
            return Done()
        provider = providers.get(wanted.provider)
        if provider is None:
            return Rejected(f"no provider {wanted.provider!r} is configured here")
        try:
            await list_since_last(context.database, provider)
        except ProviderRefusedError as error:
            return Rejected(f"{wanted.provider} refused to list its payments: {error}")
        context.services.ring({PAYMENT.of()})
        return Done()

    @handlers.job(RECONCILE)
    async def reconcile(wanted: Reconcile, context: JobContext) -> None:
        await retire(context.database)
        async with context.ending() as tx:
            ids = await payments_to_ask_for(
                tx.connection,
                RECONCILED_MAX,
                older_seconds=wanted.older_minutes * 60,
                younger_seconds=RECONCILED_YOUNGER_SECONDS,
            )
            await tx.enqueue(
                *(
                    CONFIRM(
                        Confirm(payment_id=id_),
                        dedup_key=f"{RECONCILE.name}:{id_}",
                        dedup_seconds=ASKED_AGAIN_SECONDS,
                        trace=f"payment:{id_}",
                    )
                    for id_ in ids
                )
            )

    return handlers
