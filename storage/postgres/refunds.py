"""Money that goes back, as rows: a refund each, ours and those made at the provider; and chargebacks."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.payment_names import new_suffix
from mailroom.storage.postgres.queries import load
from mailroom.storage.texts import printable

SQL = load(Path(__file__).with_name("refunds.sql"))

RefundStatus = Literal["pending", "done", "impossible", "failed", "needless"]
"""`impossible`: the provider cannot, and the money goes another way. `failed`: refused, or come back; another
row has taken its place, or nothing was to be had. `needless`: the money had gone back by other hands.
"""


@dataclass(frozen=True, slots=True)
class PaymentRefund:
    """Money of a payment that goes back, in the order of the columns."""

    id: int
    payment_id: int
    ref: str
    """Our name for it, unique for ever; of one of the version before, its payment's number."""
    unnamed: bool
    """Whether it is of the version before, whose key and request must stay what they were, or not ours."""
    amount_minor: int
    currency: str
    """Of what was really paid: it may not be what was asked for."""
    why: str
    status: RefundStatus
    provider_id: str | None
    """What the provider calls the refund."""
    by_gateway: bool
    """Whether somebody has made it at the provider: we have not asked for it."""
    words: str | None
    """Why it came to nothing, in the provider's words."""
    created_at: datetime
    tried_at: datetime | None
    """When the provider was first asked for it."""
    over_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownDispute:
    """What was known of a dispute before."""

    state: str
    withdrawn: bool


async def refunds_of(source: Source, payment_id: int) -> list[PaymentRefund]:
    """All refunds of a payment, the oldest first."""
    return [PaymentRefund(*row) for row in await source.fetch(SQL["of"], payment_id)]


async def lock_payments(source: Source, bot: str, purpose: str, reference: str) -> None:
    """Have the payments of a bot's thing to oneself. To be called before the thing itself is locked."""
    await source.execute(SQL["lock"], bot, purpose, reference)


async def pending_refund(source: Source, payment_id: int) -> PaymentRefund | None:
    """The refund that we are at; there is one at most."""
    ours = [one for one in await refunds_of(source, payment_id) if not one.by_gateway]
    return next((one for one in ours if one.status == "pending"), None)


async def find_refund(source: Source, payment_id: int) -> PaymentRefund | None:
    """Our latest refund of a payment, if there is one."""
    ours = [one for one in await refunds_of(source, payment_id) if not one.by_gateway]
    return ours[-1] if ours else None


async def begin_refund(source: Source, payment_id: int, why: str) -> PaymentRefund | None:
    """The money of a payment is to go back: all of it that has not yet. Called again it is the same refund;
    None for a payment that was not paid, or whose money went back without us.
    """
    await source.execute(SQL["begin"], payment_id, new_suffix(), why)
    return await find_refund(source, payment_id)


async def begin_again(source: Source, payment_id: int, amount_minor: int, currency: str, why: str) -> bool:
    """Another refund takes the place of one that came to nothing. False if one is under way already."""
    wanted = (payment_id, new_suffix(), amount_minor, currency, why)
    return await source.fetchval(SQL["again"], *wanted) is not None


async def try_refund(source: Source, refund_id: int, amount_minor: int) -> None:
    """The provider is about to be asked for it, and for how much."""
    await source.execute(SQL["try"], refund_id, amount_minor)


async def note_refund(source: Source, refund_id: int, provider_id: str) -> None:
    """Note what the provider calls a refund that it has begun and not ended."""
    await source.execute(SQL["note"], refund_id, provider_id)


async def finish_refund(
    source: Source,
    refund_id: int,
    status: RefundStatus,
    *,
    provider_id: str | None = None,
    amount_minor: int | None = None,
    words: str | None = None,
) -> bool:
    """The refund is over. True for the one call that ended it."""
    said = None if words is None else printable(words)
    ended = await source.fetchval(SQL["finish"], refund_id, status, provider_id, amount_minor, said)
    return ended is not None


async def refund_came_back(
    source: Source, refund_id: int, status: RefundStatus, words: str, amount_minor: int
) -> bool:
    """A refund that had been done, as it seemed, is `failed`, or `impossible` and owed. True for the one call
    that noted it.
    """
    ended = (refund_id, status, printable(words), amount_minor)
    return await source.fetchval(SQL["come_back"], *ended) is not None


async def note_by_gateway(
    source: Source,
    payment_id: int,
    provider_id: str | None,
    amount_minor: int,
    currency: str,
    status: RefundStatus,
    words: str | None = None,
) -> bool:
    """Note a refund that we have not asked for. False if all of this was known."""
    noted = (payment_id, provider_id, amount_minor, currency, status, words)
    return await source.fetchval(SQL["by_gateway"], *noted) is not None


async def note_dispute(
    source: Source,
    payment_id: int,
    provider_id: str,
    amount_minor: int,
    currency: str,
    *,
    state: str,
    withdrawn: bool,
    reason: str,
) -> KnownDispute | None:
    """Note a dispute as it is now; how it was before, or None if it is new."""
    row = await source.fetchrow(
        SQL["dispute"], payment_id, provider_id, amount_minor, currency, state, withdrawn, reason
    )
    return None if row is None else KnownDispute(*row)


async def mark_disputed(source: Source, payment_id: int) -> bool:
    """The payer's bank has the matter; only a paid payment is different for it."""
    return await source.fetchval(SQL["disputed"], payment_id) is not None


async def mark_charged_back(source: Source, payment_id: int) -> bool:
    """The payer's bank has taken the money. True for the one call that noted it."""
    return await source.fetchval(SQL["charged_back"], payment_id) is not None


async def mark_dispute_over(source: Source, payment_id: int) -> bool:
    """The money is the merchant's again, or still."""
    return await source.fetchval(SQL["settled"], payment_id) is not None
