"""A bot's queue of payments: what a provider says is written down once, and what follows from it is enqueued.

A payment is asked for (`payment.confirm`) for the sake of a notice, because its payer says that he has paid,
or because nothing was heard of it for long (`accounts.py`). Money that is of no use goes back
(`payment.refund`).
"""

from collections.abc import Mapping

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.paying.kinds import CONFIRM, PAYMENT, REFUND, Confirm, RefundPayment
from mailroom.actors.paying.notice import not_ours
from mailroom.actors.paying.purpose import Follows, GivenBack, NotPayableError, OnPaid, Purpose, Purposes
from mailroom.actors.paying.refund import begin_giving_back, give_back
from mailroom.actors.paying.settle import Asked, settle
from mailroom.actors.paying.whose import is_someone_elses
from mailroom.actors.providers.payments import PaymentProvider, ProviderRefusedError
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected
from mailroom.storage.postgres.payments import find_payment, mark_asked

__all__ = [
    "Follows", "GivenBack", "NotPayableError", "OnPaid", "Purpose", "begin_giving_back",
    "payment_handlers",
]  # fmt: skip


def payment_handlers(bot: str, providers: Mapping[str, PaymentProvider], purposes: Purposes) -> Handlers:
    """The jobs of a bot's queue. `purposes` are what payments are for, as the bots bring them."""
    handlers = Handlers(PAYMENT, bot)

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
            not_ours(payment.provider, fetched)
            return Done()
        asked = Asked(
            payment,
            provider,
            fetched,
            purposes.get((payment.bot, payment.purpose)),
            noticed=wanted.notified,
            said_paid=wanted.notified and wanted.claims == "paid",
            changed=wanted.notified and wanted.claims is None,
        )
        return await settle(asked, context)

    @handlers.job(REFUND)
    async def refund(wanted: RefundPayment, context: JobContext) -> Outcome:
        return await give_back(wanted, context, providers, purposes)

    return handlers
