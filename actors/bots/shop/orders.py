"""Orders as rows: placing one exactly once, and reading them back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asyncpg import Pool

from actors.bots.shop.language import Language
from actors.bots.shop.quote import Quote
from storage.postgres.queries import load

SQL = load(Path(__file__).with_name("orders.sql"))

# What a customer remembers; older orders are the owner's archive.
RECENT_ORDERS_MAX = 10


@dataclass(frozen=True)
class Customer:
    """Who orders: the bot and chat the order came through, and the person."""

    bot: str
    chat_id: int
    user_id: int
    language: Language
    contact: str
    comment: str


@dataclass(frozen=True)
class OrderLine:
    """One product of an order, with the title and price that were agreed."""

    title: str
    quantity: int
    price_minor: int


@dataclass(frozen=True)
class Order:
    """An order that was placed; `number` is what the customer calls it by."""

    number: int
    status: str
    contact: str
    comment: str
    total_minor: int
    currency: str
    created_at: datetime
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True)
class OrderSummary:
    """A row of the customer's list of orders; `items` counts goods, not lines."""

    number: int
    status: str
    items: int
    total_minor: int
    currency: str
    created_at: datetime


async def place_order(database: Pool, effect_id: str, customer: Customer, quote: Quote) -> Order:
    """Write the order of this effect, or find it written: a handler that runs again gets the same order."""
    await database.execute(
        SQL["place"],
        effect_id,
        customer.bot,
        customer.chat_id,
        customer.user_id,
        customer.language,
        customer.contact,
        customer.comment,
        quote.total_minor,
        quote.currency,
        [line.product.id for line in quote.lines],
        [line.product.title for line in quote.lines],
        [line.quantity for line in quote.lines],
        [line.product.price_minor for line in quote.lines],
    )
    order = await find_order(database, effect_id)
    if order is None:
        raise LookupError(f"the order of effect {effect_id} was deleted while it was being placed")
    return order


async def find_order(database: Pool, effect_id: str) -> Order | None:
    """The order an effect has placed, if it has."""
    row: Any = await database.fetchrow(SQL["placed_by"], effect_id)
    if row is None:
        return None
    lines = await database.fetch(SQL["lines"], row["id"])
    return Order(
        number=row["id"],
        status=row["status"],
        contact=row["contact"],
        comment=row["comment"],
        total_minor=row["total_minor"],
        currency=row["currency"],
        created_at=row["created_at"],
        lines=tuple(OrderLine(line["title"], line["quantity"], line["price_minor"]) for line in lines),
    )


async def recent_orders(database: Pool, bot: str, user_id: int) -> list[OrderSummary]:
    """The last orders of a customer, newest first."""
    rows = await database.fetch(SQL["recent"], bot, user_id, RECENT_ORDERS_MAX)
    return [
        OrderSummary(
            row["id"], row["status"], row["items"], row["total_minor"], row["currency"], row["created_at"]
        )
        for row in rows
    ]
