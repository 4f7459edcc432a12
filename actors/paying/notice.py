"""A notice is looked into: whose payment it is about is found, and the bot of that payment asks for it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.paying import report
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import LOOK_SECONDS, confirm_job
from mailroom.actors.paying.whose import Judged, whose
from mailroom.actors.providers.payments import FetchedPayment, PaymentProvider, ProviderRefusedError
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Snoozed
from mailroom.storage.postgres.payments import Payment, find_payment_at

UNDER_WAY_SECONDS_MAX = 300.0
"""How rarely it is tried to have a payment asked for that is being asked for already: its bot's queue may be
paused, or its provider away.
"""


class _UnderWayError(Exception):
    """The payment is being asked for, because of an earlier notice."""


async def look_into(
    wanted: Noticed, context: JobContext, providers: Mapping[str, PaymentProvider]
) -> Outcome:
    """Find the payment of a notice, and have it asked for. Where we do not know it by the provider's name
    for it, the provider tells ours.
    """
    provider = providers.get(wanted.provider)
    if provider is None:
        return Rejected(f"a notice of {wanted.provider!r}, which is no account here")
    payment = await find_payment_at(context.database, provider.names, wanted.provider_id)
    if payment is not None:
        return await _hand_on(payment, wanted, context, signed=provider.signs_notices)
    try:
        fetched = await provider.fetch(wanted.provider_id)
    except ProviderRefusedError as error:
        # Where notices are not signed, anybody may make them up: they must not fill the dead letters.
        report.notice(wanted.provider, wanted.provider_id, "unknown", why=str(error))
        return Done()
    judged = await whose(context.database, provider, fetched)
    if judged.payment is None or judged.whose != "ours":
        return _not_settled(wanted, fetched, judged)
    return await _hand_on(judged.payment, wanted, context, signed=provider.signs_notices)


async def _hand_on(payment: Payment, wanted: Noticed, context: JobContext, *, signed: bool) -> Outcome:
    """Into the queue of its bot, whether that is here or not: there it waits until the bot is."""
    if not payment.bot:
        return Rejected(f"payment {payment.id} names no bot: nobody says what follows from it")
    try:
        is_new = await _have_asked(payment, wanted, context, signed=signed)
    except _UnderWayError:
        # This one may tell more than that look will see, and no gateway says it again: it has its 200.
        age_seconds = (datetime.now(UTC) - context.job.created_at).total_seconds()
        wait_seconds = min(max(age_seconds / 4, LOOK_SECONDS), UNDER_WAY_SECONDS_MAX)
        why = f"payment {payment.id} is being asked for, because of an earlier notice"
        return Snoozed(datetime.now(UTC) + timedelta(seconds=wait_seconds), why)
    if not is_new:
        report.notice(payment.provider, wanted.provider_id, "duplicate", payment=payment.id)
    return Done()


async def _have_asked(payment: Payment, wanted: Noticed, context: JobContext, *, signed: bool) -> bool:
    """False if the same claim is being looked into, which is no news of a notice that is signed."""
    async with context.ending() as tx:
        (enqueued,) = await tx.enqueue(confirm_job(payment, wanted, signed=signed))
        if enqueued.duplicate and not signed:
            raise _UnderWayError
    return not enqueued.duplicate


def _not_settled(wanted: Noticed, fetched: FetchedPayment, judged: Judged) -> Outcome:
    """What is not exactly ours moves no money by itself: it is told of, and that is all."""
    facts = facts_of(fetched)
    if judged.whose == "lost":
        report.notice(wanted.provider, fetched.provider_id, "lost", **facts)
        return Done()
    if judged.whose == "unclaimed" or judged.payment is None or fetched.state != "paid":
        not_ours(wanted.provider, fetched)
        return Done()
    ours = judged.payment
    report.notice(wanted.provider, wanted.provider_id, "disputed", payment=ours.id, **facts)
    return Rejected(
        f"payment {ours.id} is {ours.provider_id} at {wanted.provider}, and {fetched.money} were paid for it "
        f"as {wanted.provider_id}, too: see which of the two to give back"
    )


def not_ours(account: str, fetched: FetchedPayment) -> None:
    """Tell of what is somebody else's at an account: of money as such, of anything else as nothing to us."""
    verdict: report.Verdict = "unclaimed" if fetched.state == "paid" else "unknown"
    report.notice(account, fetched.provider_id, verdict, **facts_of(fetched))


def facts_of(fetched: FetchedPayment) -> dict[str, object]:
    """What the log says of a payment that has no row."""
    return {
        "state": fetched.state,
        "money": str(fetched.money),
        "reference": fetched.reference,
        "about": dict(fetched.about),
    }
