"""Reading the catalogue: what is on sale now, in the customer's language.

Prices, stock and discounts come from the database's function `available_stock_at` and from nowhere else. In a
currency whose sums go by steps a price that does not is read as the next one that does: nobody could be asked
for it as it is.
"""

import json
from pathlib import Path
from typing import Any

from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.discounts import Discount
from mailroom.actors.bots.shop.domain.language import described
from mailroom.actors.bots.shop.domain.product import Category, Page, Product
from mailroom.actors.bots.shop.domain.quote import Least, Quote, no_least, price
from mailroom.actors.providers.sums import stepped
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("catalog.sql"))

PAGE_PRODUCTS_MAX = 5
"""Five rows of products and one of arrows fit a phone without scrolling past the text."""
ASSORTMENT_PRODUCTS_MAX = 1_000
"""More would fit neither a consultant's prompt nor a page."""


async def list_categories(database: Source, language: Language) -> list[Category]:
    """All categories that have something on sale, be it sold out."""
    return [_category(row) for row in await database.fetch(SQL["categories"], language)]


async def read_page(database: Source, language: Language, category_id: int, number: int) -> Page | None:
    """A page of a category, the nearest one that exists; None if the category is gone."""
    row = await database.fetchrow(SQL["category"], language, category_id)
    if row is None:
        return None
    category = _category(row)
    count = max(1, -(-category.products // PAGE_PRODUCTS_MAX))
    number = min(number, count - 1)
    rows = await database.fetch(
        SQL["page"], language, category_id, PAGE_PRODUCTS_MAX, number * PAGE_PRODUCTS_MAX
    )
    return Page(category, number, count, tuple(_product(row, language) for row in rows))


async def find_product(database: Source, language: Language, product_id: int) -> Product | None:
    """A product that is on sale, be it sold out."""
    row = await database.fetchrow(SQL["products"], language, [product_id])
    return _product(row, language) if row is not None else None


async def find_by_slug(database: Source, language: Language, slug: str) -> Product | None:
    """The same by the product's name in addresses and in the consultant's tools."""
    row = await database.fetchrow(SQL["by_slug"], language, slug)
    return _product(row, language) if row is not None else None


async def assortment(database: Source, language: Language) -> list[Product]:
    """Everything on sale, shelf by shelf."""
    rows = await database.fetch(SQL["assortment"], language, ASSORTMENT_PRODUCTS_MAX)
    return [_product(row, language) for row in rows]


async def quote_cart(
    database: Source,
    language: Language,
    cart: Cart,
    promo_code: str | None = None,
    least: Least = no_least,
) -> Quote:
    """Put today's prices on a cart; `least` says what can be asked for in a currency, see `quote.price`."""
    rows = await database.fetch(SQL["products"], language, cart.product_ids) if cart.lines else []
    return price(cart, [_product(row, language) for row in rows], promo_code, least)


def read_discounts(text: str, language: Language, currency: str) -> tuple[Discount, ...]:
    """The discounts of a row of it, from its JSON."""
    return tuple(
        Discount(
            id=one["id"],
            title=described(language, one["title_ru"], one["title_en"]),
            min_quantity=one["min_quantity"],
            percent=one["percent"],
            price_minor=stepped(one["price_minor"], currency),
            promo_code=one["promo_code"],
        )
        for one in json.loads(text)
    )


def _category(row: Any) -> Category:
    return Category(id=row["id"], icon=row["icon"], title=row["title"], products=row["products"])


def _product(row: Any, language: Language) -> Product:
    return Product(
        id=row["id"],
        category_id=row["category_id"],
        title=row["title"],
        description=row["description"],
        price_minor=stepped(row["price_minor"], row["currency"]),
        currency=row["currency"],
        slug=row["slug"],
        available=row["available"],
        discounts=read_discounts(row["discounts"], language, row["currency"]),
        picture=row["picture"],
    )
