"""The job of a notice: the payment that it is about is found, whatever we know of it yet, and asked for."""

from collections.abc import Mapping

from pydantic import BaseModel

from actors.jobs.context import JobContext
from actors.paying import report
from actors.paying.purpose import Purpose
from actors.paying.settle import Asked, settle
from actors.providers.payments import FetchedPayment, PaymentProvider, PaymentState, ProviderRefusedError
from storage.postgres.outbox.connection import Source
from storage.postgres.outbox.job import NewJob
from storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry
from storage.postgres.payments import Payment, created_at_provider, find_payment_at, find_payment_called

QUEUE = "payment"
NOTICED = "payment.noticed"
ASK_SECONDS = 60.0
ASK_ATTEMPTS_MAX = 12
"""An hour and more, with waits that double."""
SAME_NOTICE_SECONDS = 30.0
"""Providers repeat a notice after minutes; what comes sooner is the same one sent by a broken hand."""


class Noticed(BaseModel):
    """A genuine notice: what it is about, and what it claims."""

    provider: str
    provider_id: str
    state: PaymentState | None = None


def noticed_job(wanted: Noticed, *, digest: str) -> NewJob:
    """The job of a notice; `digest` is that of its text. The same claim is not looked into twice at once."""
    about = f"{wanted.provider}:{wanted.provider_id}"
    return NewJob(
        QUEUE,
        NOTICED,
        wanted.model_dump_json(),
        # A notice that claims nothing may be followed by another one that claims nothing, after a second part
        # of the money has gone back.
        dedup_key=f"notice:{about}:{wanted.state or digest}",
        dedup_seconds=SAME_NOTICE_SECONDS,
        timeout_seconds=ASK_SECONDS,
        attempts_max=ASK_ATTEMPTS_MAX,
        trace=about,
    )


async def look_into(
    wanted: Noticed,
    context: JobContext,
    providers: Mapping[str, PaymentProvider],
    purposes: Mapping[str, Purpose],
) -> Outcome:
    """Ask for the payment of a notice, and act on the answer."""
    provider = providers.get(wanted.provider)
    if provider is None:
        return Rejected(f"a notice of {wanted.provider!r}, which is not configured here")
    payment = await find_payment_at(context.database, wanted.provider, wanted.provider_id)
    try:
        fetched = await provider.fetch(wanted.provider_id)
    except ProviderRefusedError as error:
        if payment is not None:
            return Rejected(f"payment {payment.id}: {wanted.provider} refused to tell: {error}")
        # Where notices are not signed, anybody may make them up: they must not fill the dead letters.
        report.notice(wanted.provider, wanted.provider_id, "unknown", why=str(error))
        return Done()
    if payment is None:
        payment = await _by_reference(context.database, wanted.provider, fetched)
    if payment is None:
        return _unclaimed(wanted, fetched, context)
    return await settle(
        Asked(
            payment,
            provider,
            fetched,
            purposes.get(payment.purpose),
            noticed=True,
            said_paid=wanted.state == "paid",
        ),
        context,
    )


async def _by_reference(source: Source, provider: str, fetched: FetchedPayment) -> Payment | None:
    """A payment whose `create` has not had its answer yet: it is known by the name that we gave it. From now
    on it has the provider's, too.
    """
    payment = await find_payment_called(source, provider, fetched.reference or "")
    if payment is None:
        return None
    return await created_at_provider(source, payment.id, fetched.provider_id)


def _unclaimed(wanted: Noticed, fetched: FetchedPayment, context: JobContext) -> Outcome:
    facts = {"state": fetched.state, "money": str(fetched.money), "reference": fetched.reference}
    if fetched.state != "paid":
        report.notice(wanted.provider, wanted.provider_id, "unknown", **facts)
        return Done()
    words = f"{fetched.money} were paid at {wanted.provider} as {wanted.provider_id}"
    if fetched.reference is None and not context.is_last_attempt:
        return Retry(f"{words}, which may be a payment that is being created right now")
    report.notice(wanted.provider, wanted.provider_id, "unclaimed", **facts)
    return Rejected(
        f"{words}, for {fetched.reference or 'nothing that it names'}, which is no payment of ours: find out "
        f"whose it is, and give it back at {wanted.provider}"
    )
