"""What a gateway has, against what we have: its payments since a moment are asked for, and each is judged.

It finds what no notice tells of: payments that a restored database does not know, and those whose state it
missed. What is ours and has gone on without us is looked into as if a notice had come; what is lost waits for
a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import asyncpg
from structlog import get_logger

from mailroom.actors.paying import report
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.notice import facts_of
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.paying.whose import whose
from mailroom.actors.providers.payments import FetchedPayment, PaymentProvider
from mailroom.storage.postgres.lost_payments import listed_to, note_listed
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.payments import Payment

log = get_logger("mailroom.payment")

OVERLAP = timedelta(hours=25)
"""A payment that was still open when it was listed is over by the next night: Stripe's live for a day."""
FIRST = timedelta(days=7)
"""How far back a provider is listed that never was."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a gateway had since a moment. Money is counted only where it was paid and has not gone back."""

    provider: str
    since: datetime
    listable: bool
    """False: the gateway has no list, and a person has to compare what its cabinet shows."""
    payments: int = 0
    missed: int = 0
    """Ours, and our row does not know what has become of it."""
    lost: int = 0
    """Paid ones that bear our installation and have no row, whether they were found before or just now."""
    unclaimed: int = 0


async def list_payments(source: asyncpg.Pool, provider: PaymentProvider, since: datetime) -> Listing:
    """Judge all that a gateway has since then. What is missed is enqueued, what is lost is noted.

    To be awaited on the asyncio side. May be repeated at any time; raises `PaymentProviderError` if not every
    page was had.
    """
    listing = Listing(provider.name, since, provider.can_list)
    if not provider.can_list:
        return listing
    async for page in provider.made_since(since):
        jobs = []
        for fetched in page:
            listing, job = await _judge(source, provider, listing, fetched)
            jobs += [job] if job is not None else []
        if jobs:
            async with source.acquire() as connection, connection.transaction():
                await enqueue(connection, jobs)
    log.info(
        "payments_listed",
        account=listing.provider,
        since=since.isoformat(),
        payments=listing.payments,
        missed=listing.missed,
        lost=listing.lost,
        unclaimed=listing.unclaimed,
    )
    return listing


async def list_since_last(source: asyncpg.Pool, provider: PaymentProvider) -> Listing:
    """List a gateway from where it was listed last, and a day before."""
    begun = datetime.now(UTC)
    last = await listed_to(source, provider.names)
    listing = await list_payments(source, provider, begun - FIRST if last is None else last - OVERLAP)
    if listing.listable:
        await note_listed(source, provider.name, begun)
    return listing


async def list_all(
    source: asyncpg.Pool, providers: Mapping[str, PaymentProvider], since: datetime
) -> Sequence[Listing]:
    """List every gateway since then, those that cannot be listed included, as such."""
    return [await list_payments(source, provider, since) for provider in providers.values()]


async def _judge(
    source: asyncpg.Pool, provider: PaymentProvider, listing: Listing, fetched: FetchedPayment
) -> tuple[Listing, NewJob | None]:
    judged = await whose(source, provider, fetched)
    listing = replace(listing, payments=listing.payments + 1)
    if judged.payment is not None:
        if judged.whose == "ours" and not _missed(judged.payment, fetched):
            return listing, None
        # A second one of a payment of ours is for a person: the notice's job says which.
        if judged.whose == "second" and fetched.state != "paid":
            return listing, None
        noticed = Noticed(provider=listing.provider, provider_id=fetched.provider_id, state=fetched.state)
        return replace(listing, missed=listing.missed + 1), noticed_job(noticed, digest="listed")
    if fetched.state != "paid":
        return listing, None
    if judged.whose == "lost":
        if judged.new:
            report.notice(listing.provider, fetched.provider_id, "lost", **facts_of(fetched))
        return replace(listing, lost=listing.lost + 1), None
    return replace(listing, unclaimed=listing.unclaimed + 1), None


def _missed(payment: Payment, fetched: FetchedPayment) -> bool:
    """Whether a provider knows more of a payment than its row."""
    match fetched.state:
        case "paid":
            # What went back of it by another hand is looked into again: it may be noted, or not.
            return payment.status in ("pending", "canceled") or fetched.refunded_minor > 0
        case "refunded":
            return payment.status != "refunded"
        case "canceled":
            return payment.status == "pending"
    return False
