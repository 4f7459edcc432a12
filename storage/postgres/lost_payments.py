"""Payments that bear the name of this installation and have no row: a backup was restored that is older.

They are found where a gateway tells of them, in a notice or when it is asked for its list, and are only
noted here. A person says what became of each; until then it counts as open.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import asyncpg

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("lost_payments.sql"))

LOST_SHOWN_MAX = 1_000
"""A backup of a day ago lacks this many at most in shops of our size; the sums count all."""

Ending = Literal["delivered", "credited", "given_back"]
"""What a person found or did: the goods had been delivered; the sum was credited; the money went back."""


@dataclass(frozen=True, slots=True)
class LostPayment:
    """A payment of ours of which only its gateway knows, in the order of the columns."""

    provider: str
    provider_id: str
    ref: str
    state: str
    """What the gateway said last: pending, paid, canceled or refunded."""
    amount_minor: int
    currency: str
    refunded_minor: int
    made_at: datetime | None
    """By the gateway's clock, where it tells."""
    about: Mapping[str, str]
    """What we had told the gateway of it: what it was for, the chat, the goods."""
    found_at: datetime
    ending: Ending | None
    ended_at: datetime | None
    ended_by: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class LostSum:
    """How much of one provider is open, in the order of the columns."""

    provider: str
    currency: str
    payments: int
    amount_minor: int


async def note_lost(
    source: Source,
    *,
    provider: str,
    provider_id: str,
    ref: str,
    state: str,
    amount_minor: int,
    currency: str,
    refunded_minor: int,
    made_at: datetime | None,
    about: Mapping[str, str],
) -> bool:
    """Note a lost payment, or what has become of it. True if it was not known."""
    return bool(
        await source.fetchval(
            SQL["note"], provider, provider_id, ref, state, amount_minor, currency, refunded_minor, made_at,
            json.dumps(dict(about)),
        )
    )  # fmt: skip


async def lost_payments(source: Source, *, ended_too: bool = False) -> list[LostPayment]:
    """The payments that wait for a person, or all that were ever lost."""
    with answering():
        rows = await source.fetch(SQL["all" if ended_too else "open"], LOST_SHOWN_MAX)
    return [_read(row) for row in rows]


async def lost_sums(source: Source) -> list[LostSum]:
    """How many lost payments wait for a person, and of how much money."""
    with answering():
        return [LostSum(*row) for row in await source.fetch(SQL["sums"])]


async def end_lost(source: Source, ref: str, ending: Ending, *, by: str, why: str) -> bool:
    """A person says what became of a lost payment. False if it was not open."""
    with answering():
        return await source.fetchval(SQL["end"], ref, ending, by, why) is not None


async def find_lost(source: Source, names: Sequence[str], provider_id: str) -> LostPayment | None:
    """One of them, by what it is called at the account of these names."""
    row = await source.fetchrow(SQL["find"], names, provider_id)
    return None if row is None else _read(row)


async def end_lost_at(
    source: Source, provider: str, provider_id: str, ending: Ending, *, by: str, why: str
) -> None:
    """What a person had wanted has been done."""
    await source.execute(SQL["end_at"], provider, provider_id, ending, by, why)


async def listed_to(source: Source, names: Sequence[str]) -> datetime | None:
    """Up to when the payments of the account of these names have been listed; None if they never were."""
    found: datetime | None = await source.fetchval(SQL["listed_to"], names)
    return found


async def note_listed(source: Source, provider: str, moment: datetime) -> None:
    """The payments of a provider have been listed up to then."""
    await source.execute(SQL["note_listed"], provider, moment)


def _read(row: asyncpg.Record) -> LostPayment:
    columns = dict(row)
    columns["about"] = json.loads(columns["about"])
    return LostPayment(**columns)
