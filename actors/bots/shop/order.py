"""Reading orders."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailroom.actors.bots.shop.domain.order import Order, OrderLine, OrderSummary
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL: Mapping[str, str] = load(Path(__file__).with_name("orders.sql"))

RECENT_ORDERS_MAX = 10
"""What a customer remembers; older orders are the owner's archive."""


async def find_order(source: Source, number: int) -> Order | None:
    """One order by its number."""
    return await _read(source, await source.fetchrow(SQL["find"], number))


async def find_order_of(source: Source, effect_id: str) -> Order | None:
    """The order an effect has placed, if it has."""
    return await _read(source, await source.fetchrow(SQL["placed_by"], effect_id))


async def recent_orders(source: Source, bot: str, user_id: int) -> list[OrderSummary]:
    """The last orders of a customer, newest first."""
    rows = await source.fetch(SQL["recent"], bot, user_id, RECENT_ORDERS_MAX)
    return [OrderSummary(*row) for row in rows]


async def _read(source: Source, row: Any) -> Order | None:
    if row is None:
        return None
    lines = tuple(OrderLine(*line) for line in await source.fetch(SQL["lines"], row["id"]))
    columns = dict(row)
    return Order(number=columns.pop("id"), language=Language(columns.pop("language")), lines=lines, **columns)
