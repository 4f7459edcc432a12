"""A notice is looked into: the payment it is about is found, whatever we know of it yet, and asked for."""

from collections.abc import Mapping

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.paying import report
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.purpose import Purposes
from mailroom.actors.paying.settle import Asked, settle
from mailroom.actors.paying.whose import Judged, whose
from mailroom.actors.providers.payments import FetchedPayment, PaymentProvider, ProviderRefusedError
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected
from mailroom.storage.postgres.payments import find_payment_at


async def look_into(
    wanted: Noticed,
    context: JobContext,
    providers: Mapping[str, PaymentProvider],
    purposes: Purposes,
) -> Outcome:
    """Ask for the payment of a notice, and act on the answer."""
    provider = providers.get(wanted.provider)
    if provider is None:
        return Rejected(f"a notice of {wanted.provider!r}, which is no account here")
    try:
        fetched = await provider.fetch(wanted.provider_id)
    except ProviderRefusedError as error:
        payment = await find_payment_at(context.database, provider.names, wanted.provider_id)
        if payment is not None:
            return Rejected(f"payment {payment.id}: {wanted.provider} refused to tell: {error}")
        # Where notices are not signed, anybody may make them up: they must not fill the dead letters.
        report.notice(wanted.provider, wanted.provider_id, "unknown", why=str(error))
        return Done()
    judged = await whose(context.database, provider, fetched)
    payment = judged.payment
    if payment is None or judged.whose != "ours":
        return _not_settled(wanted, fetched, judged)
    return await settle(
        Asked(
            payment,
            provider,
            fetched,
            purposes.get((payment.bot, payment.purpose)),
            noticed=True,
            said_paid=wanted.state == "paid",
            changed=wanted.state is None,
        ),
        context,
    )


def _not_settled(wanted: Noticed, fetched: FetchedPayment, judged: Judged) -> Outcome:
    """What is not exactly ours moves no money by itself: it is told of, and that is all."""
    facts = facts_of(fetched)
    if judged.whose == "lost":
        report.notice(wanted.provider, fetched.provider_id, "lost", **facts)
        return Done()
    if fetched.state != "paid":
        report.notice(wanted.provider, wanted.provider_id, "unknown", **facts)
        return Done()
    if judged.whose == "unclaimed" or judged.payment is None:
        report.notice(wanted.provider, wanted.provider_id, "unclaimed", **facts)
        return Done()
    ours = judged.payment
    report.notice(wanted.provider, wanted.provider_id, "disputed", payment=ours.id, **facts)
    return Rejected(
        f"payment {ours.id} is {ours.provider_id} at {wanted.provider}, and {fetched.money} were paid for it "
        f"as {wanted.provider_id}, too: see which of the two to give back"
    )


def facts_of(fetched: FetchedPayment) -> dict[str, object]:
    """What the log says of a payment that has no row."""
    return {
        "state": fetched.state,
        "money": str(fetched.money),
        "reference": fetched.reference,
        "about": dict(fetched.about),
    }
