"""Payments as rows: opened with what they are for, and marked paid once; refunds are in `refunds.py`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import asyncpg

from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.payment_names import new_suffix
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("payments.sql"))

PaymentStatus = Literal[
    "pending", "paid", "canceled", "mismatched", "refunding", "refunded", "disputed", "charged_back"
]
"""`mismatched`: another amount or currency was paid than was asked for. `disputed`: the payer's bank has the
matter. `charged_back`: it has taken the money for good.
"""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment, in the order of the columns."""

    id: int
    ref: str
    """What it is called outside, for ever; see `payment_names`. Payments of before are called by their id."""
    bot: str
    """Which bot asked for it, by its name in the configuration: what follows is for it to say."""
    provider: str
    """The account that it is paid at, by the name that it had then."""
    provider_id: str | None
    """What the provider calls it; None until it was created there."""
    purpose: str
    """Which kind of thing it pays for, such as `shop.order`."""
    reference: str
    """Which one of them."""
    amount_minor: int
    currency: str
    status: PaymentStatus
    created_at: datetime
    pay_url: str | None = None
    """Where it is paid; None until it was created at the provider, or for one that has no page."""
    expires_at: datetime | None = None
    """Until when the provider takes the money."""
    paid_minor: int | None = None
    """What was really paid, where that is not what was asked for; with `paid_currency`."""
    paid_currency: str | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    """What the provider is told of it beside its name, to be read when this row is lost. Kept, because the
    same call must say the same.
    """


@dataclass(frozen=True, slots=True)
class Orphans:
    """Payments at an account that nobody knows, in the order of the columns."""

    account: str
    payments: int
    under_way: int
    """How many of them are not over: to be paid, to go back, or at the payer's bank."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Payments that are not over, of a bot that nobody knows, in the order of the columns."""

    bot: str
    under_way: int
    """How many: to be paid, to go back, or at the payer's bank."""


async def open_payment(
    source: Source,
    *,
    bot: str,
    provider: str,
    purpose: str,
    reference: str,
    amount_minor: int,
    currency: str,
    about: Mapping[str, str] | None = None,
    formerly: Sequence[str] = (),
) -> Payment:
    """A payment that somebody is to be asked for, in the transaction of what it pays for.

    One thing is asked for once at a time at each account: the pending payment comes back if there is one,
    also one under a name that the account had `formerly`. Raises `ValueError` if that is about another sum:
    cancel it first.
    """
    told = json.dumps(dict(about or {}))
    row = await source.fetchrow(SQL["open_before"], bot, formerly, purpose, reference) if formerly else None
    if row is None:
        row = await source.fetchrow(
            SQL["open"], bot, provider, purpose, reference, amount_minor, currency, new_suffix(), told
        )
    payment = _payment(row)
    assert payment is not None, "every installation has an id since the migration that made this column"
    if (payment.amount_minor, payment.currency) != (amount_minor, currency):
        raise ValueError(
            f"payment {payment.id} for {purpose} {reference} of {bot} is pending with {payment.amount_minor} "
            f"{payment.currency} (minor units), not with {amount_minor} {currency}"
        )
    return payment


async def created_at_provider(
    source: Source,
    payment_id: int,
    provider_id: str,
    pay_url: str | None = None,
    expires_at: datetime | None = None,
) -> Payment | None:
    """Note what the provider calls a payment, and where and until when it is paid. None if it is known under
    another name there.
    """
    return _payment(await source.fetchrow(SQL["created"], payment_id, provider_id, pay_url, expires_at))


async def find_payment(source: Source, payment_id: int) -> Payment | None:
    """One payment."""
    return _payment(await source.fetchrow(SQL["find"], payment_id))


async def find_payment_at(source: Source, names: Sequence[str], provider_id: str) -> Payment | None:
    """The payment that is called so at the account of these names."""
    return _payment(await source.fetchrow(SQL["find_at"], names, provider_id))


async def is_known_at(source: Source, names: Sequence[str], provider_id: str) -> bool:
    """Whether one of our payments is called so at the account of these names."""
    return bool(await source.fetchval(SQL["is_known_at"], names, provider_id))


async def find_payment_called(source: Source, names: Sequence[str], ref: str) -> Payment | None:
    """The payment that was given this name at the account of these names."""
    return _payment(await source.fetchrow(SQL["find_ref"], names, ref))


async def is_payment_named(source: Source, ref: str) -> bool:
    """Whether we have given this name to a payment, at whatever account."""
    return bool(await source.fetchval(SQL["is_named"], ref))


async def installation_id(source: Source) -> str:
    """Who this installation is, in the names that it gives."""
    found: str = await source.fetchval(SQL["installation"])
    return found


async def payments_of(source: Source, bot: str, purpose: str, reference: str) -> list[Payment]:
    """All payments of one thing of a bot's, the oldest first."""
    return [_read(row) for row in await source.fetch(SQL["of"], bot, purpose, reference)]


async def is_expired(source: Source, payment_id: int) -> bool:
    """Whether the provider takes no money for it any more, by the database's clock."""
    return bool(await source.fetchval(SQL["is_expired"], payment_id))


async def mark_paid(source: Source, payment_id: int) -> bool:
    """True for the one call that made it paid."""
    return await source.fetchval(SQL["pay"], payment_id) is not None


async def mark_canceled(source: Source, payment_id: int) -> bool:
    """False if it was not pending any more."""
    return await source.fetchval(SQL["cancel"], payment_id) is not None


async def mark_mismatched(source: Source, payment_id: int, paid_minor: int, paid_currency: str) -> bool:
    """Something else was paid than was asked for. True for the one call that noted it."""
    return await source.fetchval(SQL["mismatch"], payment_id, paid_minor, paid_currency) is not None


async def mark_refunded(source: Source, payment_id: int) -> bool:
    """The provider says that it was given back. True for the one call that made it refunded."""
    return await source.fetchval(SQL["refund"], payment_id) is not None


async def mark_asked(source: Source, payment_id: int) -> None:
    """The provider was asked, and nothing has happened."""
    await source.execute(SQL["asked"], payment_id)


async def payments_to_ask_for(
    source: Source, most: int, *, older_seconds: float, younger_seconds: float
) -> list[tuple[int, str]]:
    """Pending payments whose provider should be asked what became of them, longest unasked first, each with
    its bot; of one bot up to `most`.
    """
    rows = await source.fetch(SQL["to_ask"], most, older_seconds, younger_seconds)
    return [(row["id"], row["bot"]) for row in rows]


async def payments_elsewhere(source: Source, known: Sequence[str]) -> list[Orphans]:
    """What there is at accounts of other names than these."""
    return [Orphans(*row) for row in await source.fetch(SQL["elsewhere"], known)]


async def payments_of_gone(source: Source, known: Sequence[str], pending_seconds_max: float) -> list[Gone]:
    """What is not over of bots of other names than these; what is pending for longer than that is."""
    return [Gone(*row) for row in await source.fetch(SQL["gone"], known, pending_seconds_max)]


def _payment(row: asyncpg.Record | None) -> Payment | None:
    return None if row is None else _read(row)


def _read(row: asyncpg.Record) -> Payment:
    columns = list(row)
    columns[-1] = json.loads(columns[-1])
    return Payment(*columns)
