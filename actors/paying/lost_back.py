"""A lost payment goes back, because a person has said so: the job that asks its gateway until it has.

What is back already is asked before every try, as for any refund: by an earlier try whose answer was lost, or
by a hand in the cabinet. There is no row of ours to go by, so that what the gateway says is all there is.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.paying import report
from mailroom.actors.paying.kinds import LOST_BACK, GiveLostBack
from mailroom.actors.paying.whose import whose
from mailroom.actors.providers.payments import Money, PaymentProvider, ProviderRefusedError, RefundOrder
from mailroom.storage.postgres.lost_payments import LostPayment, end_lost_at, find_lost
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Snoozed

PENDING_SECONDS = 600.0
"""How often a refund that is on its way is looked after."""


def lost_back_job(lost: LostPayment, *, by: str, why: str) -> NewJob:
    """The job that gives one back; there is one of each at a time."""
    wanted = GiveLostBack(provider=lost.provider, provider_id=lost.provider_id, by=by, why=why)
    about = f"lost:{lost.provider}:{lost.provider_id}"
    return LOST_BACK(wanted, dedup_key=about, dedup_seconds=0.0, trace=about)


async def give_lost_back(
    wanted: GiveLostBack, context: JobContext, providers: Mapping[str, PaymentProvider]
) -> Outcome:
    """Ask the gateway for what is left, and end the lost payment when it has gone."""
    provider = providers.get(wanted.provider)
    names = (wanted.provider,) if provider is None else provider.names
    lost = await find_lost(context.database, names, wanted.provider_id)
    if provider is None or lost is None:
        return Rejected(
            f"there is no lost payment {wanted.provider_id} at an account {wanted.provider!r} here"
        )
    if lost.ending is not None:
        return Done()
    if not provider.can_refund:
        return Rejected(
            f"{lost.ref}: {provider.name} gives no money back by API: do it in its cabinet, then end it as"
            " given_back"
        )
    try:
        fetched = await provider.fetch(wanted.provider_id)
        judged = await whose(context.database, provider, fetched)
        if judged.whose != "lost":
            return Rejected(f"{lost.ref} is {judged.whose} by now, and not lost: nothing was given back")
        listed = await provider.refunds(wanted.provider_id) if provider.can_list_refunds else []
        if any(one.state == "pending" for one in listed):
            return _on_its_way(lost)
        back_minor = max(
            fetched.refunded_minor, sum(one.money.amount_minor for one in listed if one.state == "done")
        )
        left = Money(fetched.money.amount_minor - back_minor, fetched.money.currency)
        if fetched.state == "refunded" or left.amount_minor <= 0:
            return await _ended(lost, wanted, context)
        if fetched.state != "paid":
            return Rejected(
                f"{lost.ref} is {fetched.state} at {provider.name}: there is nothing to give back"
            )
        name = f"{lost.ref}-{back_minor}"  # what is left after another hand's part is another refund
        made = await provider.refund(
            RefundOrder(wanted.provider_id, left, f"refund-{name}", reference=name, reason="lost")
        )
    except ProviderRefusedError as error:
        return Rejected(f"{lost.ref}: {wanted.provider} refused: {error}")
    if made.state == "pending":
        return _on_its_way(lost)
    if made.state == "canceled":
        return Rejected(
            f"{lost.ref}: {wanted.provider} has canceled the refund {made.refund_id} {made.words}"
        )
    return await _ended(lost, wanted, context)


async def _ended(lost: LostPayment, wanted: GiveLostBack, context: JobContext) -> Outcome:
    async with context.ending() as tx:
        await end_lost_at(
            tx.connection, lost.provider, lost.provider_id, "given_back", by=wanted.by, why=wanted.why
        )
    report.log.warning("lost_payment_given_back", ref=lost.ref, account=lost.provider, who=wanted.by)
    return Done()


def _on_its_way(lost: LostPayment) -> Outcome:
    return Snoozed(
        datetime.now(UTC) + timedelta(seconds=PENDING_SECONDS), f"a refund of {lost.ref} is pending"
    )
