"""What an owner wants to know of a day, or of several: orders, money, what the consultant cost.

Days are those of UTC. An order is counted as placed, paid, delivered and refunded on the days that happened.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailroom.actors.bots.shop.checkout import PURPOSE
from mailroom.actors.bots.shop.domain.language import described
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("figures.sql"))

TOP_PRODUCTS_MAX = 5
"""Enough to see what goes well, short enough for a message."""


@dataclass(frozen=True)
class Revenue:
    """The money of one currency, in minor units."""

    currency: str
    paid_minor: int
    """What came through providers."""
    balance_minor: int
    """What was paid from customers' balances: no money moved."""
    refunded_minor: int
    """What went back, for orders that were paid on whatever day: by refunds, also of parts, and by banks."""

    @property
    def net_minor(self) -> int:
        """What came less what went back."""
        return self.paid_minor - self.refunded_minor


@dataclass(frozen=True)
class TopProduct:
    """How well a product goes."""

    product_id: int
    title_ru: str
    title_en: str
    currency: str
    sold: int
    sold_minor: int

    def title(self, language: str) -> str:
        """The product's title in one of the languages."""
        return described(language, self.title_ru, self.title_en)


@dataclass(frozen=True)
class Figures:
    """The figures of some days, the first and the last included."""

    first: date
    last: date
    placed: int
    placed_and_paid: int
    """Of the orders placed in these days, those that have been paid until now."""
    paid: int
    delivered: int
    refunded: int
    revenue: tuple[Revenue, ...]
    """By currency; empty when no money has moved."""
    top_products: tuple[TopProduct, ...]
    model_calls: int
    model_cost_micro_usd: int

    @property
    def conversion_percent(self) -> float | None:
        """How many of a hundred orders placed in these days have been paid; None without any."""
        return 100 * self.placed_and_paid / self.placed if self.placed else None


async def read_figures(source: Source, bot: str, first: date, last: date | None = None) -> Figures:
    """The figures of a bot's shop for a day, or from a day to another. Raises `ValueError` if they are in the
    wrong order.
    """
    last = last or first
    if last < first:
        raise ValueError(f"{last} is before {first}: name the earlier day first")
    span = (bot, first, last)
    orders = await source.fetchrow(SQL["orders"], *span)
    model = await source.fetchrow(SQL["model"], *span)
    assert orders is not None, "an aggregate has a row"
    assert model is not None, "an aggregate has a row"
    revenue = await source.fetch(SQL["revenue"], *span, PURPOSE)
    products = await source.fetch(SQL["top_products"], *span, TOP_PRODUCTS_MAX)
    return Figures(
        first=first,
        last=last,
        **dict(orders),
        revenue=tuple(Revenue(*row) for row in revenue),
        top_products=tuple(TopProduct(*row) for row in products),
        model_calls=model["calls"],
        model_cost_micro_usd=model["cost_micro_usd"],
    )


async def today(source: Source) -> date:
    """The day it is by the shop's clock (UTC)."""
    day: date = await source.fetchval(SQL["today"])
    return day
