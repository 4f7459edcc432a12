"""The job of a notice: the payment that it is about is found, whatever we know of it yet, and asked for."""

from collections.abc import Mapping

from pydantic import BaseModel

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.paying import report
from mailroom.actors.paying.purpose import Purpose
from mailroom.actors.paying.settle import Asked, settle
from mailroom.actors.paying.whose import Judged, whose
from mailroom.actors.providers.payments import (
    FetchedPayment,
    PaymentProvider,
    PaymentState,
    ProviderRefusedError,
)
from mailroom.storage.postgres.outbox.job import Backoff, NewJob
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected
from mailroom.storage.postgres.payments import find_payment_at

QUEUE = "payment"
NOTICED = "payment.noticed"
ASK_SECONDS = 60.0
ASK_ATTEMPTS_MAX = 12
"""An hour and more, with waits that double."""
SAME_NOTICE_SECONDS = 30.0
"""Providers repeat a notice after minutes; what comes sooner is the same one sent by a broken hand."""
NOTICE_BACKOFF = Backoff()
LOOK_SECONDS = 5.0
"""Between two looks at one payment for the sake of notices that anybody may have sent."""
LOOK_BACKOFF = Backoff(first_seconds=LOOK_SECONDS, jitter=0.0)
UNKNOWN_LOOK_SECONDS = 10.0
"""Between two looks at payments that nobody knows: ours is known a second after it was asked for."""
UNKNOWN_LOOK_BACKOFF = Backoff(first_seconds=UNKNOWN_LOOK_SECONDS, jitter=0.0)
UNKNOWN_LOOK_ATTEMPTS_MAX = 3
"""Half a minute: no other payment that nobody knows is looked at meanwhile."""


class Noticed(BaseModel):
    """A genuine notice: what it is about, and what it claims."""

    provider: str
    provider_id: str
    state: PaymentState | None = None


def noticed_job(wanted: Noticed, *, digest: str) -> NewJob:
    """The job of a signed notice; `digest` is that of its text. The same claim is not looked into twice
    at once.
    """
    about = f"{wanted.provider}:{wanted.provider_id}"
    # A notice that claims nothing may be followed by another one that claims nothing, after a second part of
    # the money has gone back.
    return _job(wanted, f"notice:{about}:{wanted.state or digest}", SAME_NOTICE_SECONDS)


def hinted_job(wanted: Noticed, *, ours: bool) -> NewJob:
    """The job of a notice that anybody may have sent, about a payment of `ours` or one that nobody knows.

    Whatever it claims, while one look is under way and some seconds after it there is no other: of the same
    payment, or of all that nobody knows. Who pays knows the name of his own payment alone, so that he delays
    nobody else. The allowance is the job's deduplication key: a row in Postgres, and so one for all processes
    that take notices, and it outlives them.
    """
    if ours:
        return _job(wanted, f"look:{wanted.provider}:{wanted.provider_id}", LOOK_SECONDS, LOOK_BACKOFF)
    return _job(
        wanted,
        f"look:{wanted.provider}",
        UNKNOWN_LOOK_SECONDS,
        UNKNOWN_LOOK_BACKOFF,
        UNKNOWN_LOOK_ATTEMPTS_MAX,
    )


def _job(
    wanted: Noticed,
    dedup_key: str,
    dedup_seconds: float,
    backoff: Backoff = NOTICE_BACKOFF,
    attempts_max: int = ASK_ATTEMPTS_MAX,
) -> NewJob:
    return NewJob(
        QUEUE,
        NOTICED,
        wanted.model_dump_json(),
        dedup_key=dedup_key,
        dedup_seconds=dedup_seconds,
        timeout_seconds=ASK_SECONDS,
        attempts_max=attempts_max,
        backoff=backoff,
        trace=f"{wanted.provider}:{wanted.provider_id}",
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
    try:
        fetched = await provider.fetch(wanted.provider_id)
    except ProviderRefusedError as error:
        payment = await find_payment_at(context.database, wanted.provider, wanted.provider_id)
        if payment is not None:
            return Rejected(f"payment {payment.id}: {wanted.provider} refused to tell: {error}")
        # Where notices are not signed, anybody may make them up: they must not fill the dead letters.
        report.notice(wanted.provider, wanted.provider_id, "unknown", why=str(error))
        return Done()
    judged = await whose(context.database, wanted.provider, fetched)
    payment = judged.payment
    if payment is None or judged.whose != "ours":
        return _not_settled(wanted, fetched, judged)
    return await settle(
        Asked(
            payment,
            provider,
            fetched,
            purposes.get(payment.purpose),
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
