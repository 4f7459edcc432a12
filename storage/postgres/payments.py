"""Payments as rows: opened with what they are for, marked paid once."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import asyncpg

from storage.postgres.outbox.connection import Source
from storage.postgres.queries import load

SQL = load(Path(__file__).with_name("payments.sql"))


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment, in the order of the columns."""

    id: int
    provider: str
    provider_id: str | None
    """What the provider calls it; None until it was created there."""
    purpose: str
    """Which kind of thing it pays for, such as `shop.order`."""
    reference: str
    """Which one of them."""
    amount_minor: int
    currency: str
    status: Literal["pending", "paid", "canceled", "refunded"]
    created_at: datetime


async def open_payment(
    source: Source, *, provider: str, purpose: str, reference: str, amount_minor: int, currency: str
) -> Payment:
    """Write a payment that somebody is to be asked for, in the transaction of what it pays for."""
    row = await source.fetchrow(SQL["open"], provider, purpose, reference, amount_minor, currency)
    assert row is not None, "an INSERT with RETURNING returns a row"
    return Payment(*row)


async def created_at_provider(source: Source, payment_id: int, provider_id: str) -> bool:
    """Note what the provider calls a payment. False if it is known under another name there."""
    return await source.fetchval(SQL["created"], payment_id, provider_id) is not None


async def find_payment(source: Source, payment_id: int) -> Payment | None:
    """One payment."""
    return _payment(await source.fetchrow(SQL["find"], payment_id))


async def find_payment_at(source: Source, provider: str, provider_id: str) -> Payment | None:
    """The payment that a provider calls so."""
    return _payment(await source.fetchrow(SQL["find_at"], provider, provider_id))


async def mark_paid(source: Source, payment_id: int) -> bool:
    """True for the one call that made it paid."""
    return await source.fetchval(SQL["pay"], payment_id) is not None


async def mark_canceled(source: Source, payment_id: int) -> bool:
    """False if it was not pending any more."""
    return await source.fetchval(SQL["cancel"], payment_id) is not None


async def mark_refunded(source: Source, payment_id: int) -> bool:
    """True for the one call that made it refunded."""
    return await source.fetchval(SQL["refund"], payment_id) is not None


async def mark_asked(source: Source, payment_id: int) -> None:
    """The provider was asked, and nothing has happened."""
    await source.execute(SQL["asked"], payment_id)


async def payments_to_ask_for(
    source: Source, most: int, *, older_seconds: float, younger_seconds: float
) -> list[int]:
    """Pending payments whose provider should be asked what became of them, longest unasked first."""
    rows = await source.fetch(SQL["to_ask"], most, older_seconds, younger_seconds)
    return [row[0] for row in rows]


def _payment(row: asyncpg.Record | None) -> Payment | None:
    return None if row is None else Payment(*row)
