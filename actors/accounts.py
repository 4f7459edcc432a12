"""The platform's queue of payment accounts: what they say, or are asked for, before anybody knows which bot's
payment it is about. What is found goes on in the queue of its bot, `payment.py`.

A provider's notice is only a reason to ask (`payment.noticed`). Notices get lost, and some providers send
each once, so that pending payments are asked for from time to time (`payment.reconcile`), and each night
providers are asked for all that they have (`payment.list`). What is nobody's by now, a lost payment, goes
back from here too (`payment.lost_back`).
"""

from collections.abc import Mapping

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.paying.kinds import (
    ACCOUNTS,
    CONFIRM,
    LIST,
    LOST_BACK,
    NOTICED,
    RECONCILE,
    Confirm,
    GiveLostBack,
    ListPayments,
    Noticed,
    Reconcile,
)
from mailroom.actors.paying.listing import list_since_last
from mailroom.actors.paying.lost_back import give_lost_back
from mailroom.actors.paying.notice import look_into
from mailroom.actors.providers.payments import PaymentProvider, ProviderRefusedError
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected
from mailroom.storage.postgres.payments import payments_to_ask_for
from mailroom.storage.postgres.retired import retire

RECONCILED_MAX = 500
"""Payments of one bot asked for in one round; what is left is first in the next."""
RECONCILED_YOUNGER_SECONDS = 7 * 86_400.0
"""Payments still pending after a week were forgotten by their payers; a notice would still be listened to."""
ASKED_AGAIN_SECONDS = 60.0
"""For how long after a payment was asked for it is not enqueued again."""


def account_handlers(providers: Mapping[str, PaymentProvider]) -> Handlers:
    """The jobs of this queue, by the names of the accounts."""
    handlers = Handlers(ACCOUNTS)

    @handlers.job(NOTICED)
    async def noticed(wanted: Noticed, context: JobContext) -> Outcome:
        return await look_into(wanted, context, providers)

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
        context.services.notify({ACCOUNTS.of()})
        return Done()

    handlers.job(RECONCILE)(reconcile)
    return handlers


async def reconcile(wanted: Reconcile, context: JobContext) -> None:
    """Have those asked for that have been pending for a while, each by its bot."""
    await retire(context.database)
    async with context.ending() as tx:
        due = await payments_to_ask_for(
            tx.connection,
            RECONCILED_MAX,
            older_seconds=wanted.older_minutes * 60,
            younger_seconds=RECONCILED_YOUNGER_SECONDS,
        )
        jobs = [
            CONFIRM(
                Confirm(payment_id=id_),
                bot=bot,
                dedup_key=f"{RECONCILE.name}:{id_}",
                dedup_seconds=ASKED_AGAIN_SECONDS,
                trace=f"payment:{id_}",
            )
            for id_, bot in due
        ]
        await tx.enqueue(*jobs)
