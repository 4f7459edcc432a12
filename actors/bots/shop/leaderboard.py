"""Who has bought most in a month: a board for each currency, as sums of two are none."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("leaderboard.sql"))

TOP_MAX = 10
"""As many rows as a phone shows at once."""


@dataclass(frozen=True)
class Rank:
    """A customer's place on a board."""

    place: int
    """From 1; those with the same sum share it."""
    user_id: int
    name: str
    """Empty for somebody the shop does not know by name."""
    orders: int
    spent_minor: int


async def count_order(connection: Connection, number: int) -> bool:
    """Count a paid order. True for the one call that did; false for one that goes back, or is not paid."""
    return await connection.fetchval(SQL["count"], number) is not None


async def uncount_order(connection: Connection, number: int) -> bool:
    """The order's money went back. True for the one call that took it off the board."""
    return await connection.fetchval(SQL["uncount"], number) is not None


async def top(source: Source, bot: str, month: date, currency: str, most: int = TOP_MAX) -> list[Rank]:
    """The first places of the month that a day is in (UTC), the best first."""
    return [Rank(*row) for row in await source.fetch(SQL["top"], bot, month, currency, most)]


async def rank_of(source: Source, bot: str, month: date, currency: str, user_id: int) -> Rank | None:
    """Where a customer stands; None without an order in that month."""
    row = await source.fetchrow(SQL["place_of"], bot, month, currency, user_id)
    return None if row is None else Rank(*row)


async def boards(source: Source, bot: str) -> tuple[date, list[str]]:
    """Today by the shop's clock (UTC), and the currencies in which somebody has bought this month."""
    row = await source.fetchrow(SQL["this_month"], bot)
    assert row is not None, "an aggregate has a row"
    return row["today"], list(row["currencies"])
