"""Reading the catalogue: what is on sale now, in the customer's language."""

from pathlib import Path
from typing import Any

from asyncpg import Pool

from actors.bots.shop.cart import Cart
from actors.bots.shop.language import Language
from actors.bots.shop.product import Category, Page, Product
from actors.bots.shop.quote import Quote, price
from storage.postgres.queries import load

SQL = load(Path(__file__).with_name("catalog.sql"))

# Five rows of products and one of arrows fit a phone without scrolling past the text.
PAGE_PRODUCTS_MAX = 5


async def list_categories(database: Pool, language: Language) -> list[Category]:
    """All categories that have something on sale."""
    return [_category(row) for row in await database.fetch(SQL["categories"], language)]


async def read_page(database: Pool, language: Language, category_id: int, number: int) -> Page | None:
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
    return Page(category, number, count, tuple(_product(row) for row in rows))


async def find_product(database: Pool, language: Language, product_id: int) -> Product | None:
    """A product that can be bought now."""
    row = await database.fetchrow(SQL["products"], language, [product_id])
    return _product(row) if row is not None else None


async def quote_cart(database: Pool, language: Language, cart: Cart) -> Quote:
    """Put today's prices on a cart."""
    rows = await database.fetch(SQL["products"], language, cart.product_ids) if cart.lines else []
    return price(cart, (_product(row) for row in rows))


def _category(row: Any) -> Category:
    return Category(id=row["id"], icon=row["icon"], title=row["title"], products=row["products"])


def _product(row: Any) -> Product:
    return Product(
        id=row["id"],
        category_id=row["category_id"],
        title=row["title"],
        description=row["description"],
        price_minor=row["price_minor"],
        currency=row["currency"],
    )
