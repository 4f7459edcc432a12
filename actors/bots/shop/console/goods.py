"""What a shop sells, in the console: products, categories, suppliers."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from mailroom.actors.bots.shop import goods
from mailroom.actors.bots.shop.console.acting import EN, in_words
from mailroom.actors.bots.shop.console.asked import INT64_MAX, Most, Nothing, OfProduct
from mailroom.actors.bots.shop.domain.upload import parse_slug
from mailroom.actors.bots.shop.goods import Good, Shelf, Supplier
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.roles import OWNERS, WORKERS
from mailroom.actors.bots.shop.stock import Item, list_items
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.console import Said, actor
from mailroom.actors.kit.owners.prices import parse_currency, parse_price
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.pages.ask import Ask
from mailroom.actors.pages.visit import Visit
from mailroom.actors.texts.language import Language

Title = Annotated[str, Field(min_length=1, max_length=64)]
URL_CHARS_MAX = 2_000


class Items(OfProduct):
    """Of which product, and how many."""

    most: Most = 20


class Change(OfProduct):
    """Another price, as text (`1490.50`), in the currency it has or in another; or on sale or not."""

    price: str | None = Field(None, max_length=40, description="text, such as 1490.50")
    currency: str | None = Field(None, max_length=20, description="of the price; else the one it has")
    active: bool | None = Field(None, description="whether it is on sale")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.price is None) == (self.active is None):
            raise ValueError("give either price or active")
        return self


class Category(OfProduct):
    """A category, new or changed."""

    icon: str = Field("", max_length=8)
    title_ru: Title
    title_en: Title
    active: bool = True


class Supplied(OfProduct):
    """A supplier, new or changed; a secret that is not given stays."""

    title: Title
    chat_id: int | None = Field(None, ge=-INT64_MAX, le=INT64_MAX, description="who is told in Telegram")
    callback_url: str | None = Field(None, max_length=URL_CHARS_MAX, description="what is called")
    secret: str | None = Field(None, max_length=200, description="which signs the calls; else it stays")


@in_words
async def look_at_products(room: Room[Options], _visit: Visit, _asked: Nothing) -> list[Good]:
    """All of them."""
    return await goods.list_goods(room.database)


@in_words
async def look_at_items(room: Room[Options], _visit: Visit, asked: Items) -> list[Item]:
    """The newest of one product."""
    return await list_items(room.database, (await goods.find_good(room.database, asked.slug)).id, asked.most)


@in_words
async def look_at_categories(room: Room[Options], _visit: Visit, _asked: Nothing) -> list[Shelf]:
    """All of them."""
    return await goods.list_categories(room.database)


@in_words
async def look_at_suppliers(room: Room[Options], _visit: Visit, _asked: Nothing) -> list[Supplier]:
    """All of them."""
    return await goods.list_suppliers(room.database)


@in_words
async def change(room: Room[Options], visit: Visit, asked: Change) -> Said:
    """Change the price of a product, or whether it is on sale."""
    by = actor(visit, "price" if asked.price else "on_sale", asked.slug)
    good = await goods.find_good(room.database, asked.slug)
    if asked.active is not None:
        await goods.set_active(room, by, asked.slug, active=asked.active)
        now = EN.products.now_on_sale if asked.active else EN.products.now_off_sale
        return {"says": f"{asked.slug}: {now}"}
    currency = parse_currency(asked.currency) if asked.currency else good.currency
    price_minor = parse_price(asked.price or "", currency)
    outcome = await goods.set_price(room, by, asked.slug, price_minor, currency)
    before, after = (
        format_money(outcome[one]["price_minor"], outcome[one]["currency"], Language("en"))
        for one in ("before", "after")
    )
    return {
        "says": f"{asked.slug} costs {after}" + (f", it was {before}." if before != after else " already.")
    }


@in_words
async def put_category(room: Room[Options], visit: Visit, asked: Category) -> Said:
    """Add or change one."""
    by = actor(visit, "category", asked.slug)
    shelf = goods.Shelf(parse_slug(asked.slug), asked.icon, asked.title_ru, asked.title_en, asked.active)
    await goods.put_category(room, by, shelf)
    return {"says": f"The category {shelf.slug} is saved."}


@in_words
async def put_supplier(room: Room[Options], visit: Visit, asked: Supplied) -> Said:
    """Add or change one."""
    by = actor(visit, "supplier", asked.slug)
    supplier = goods.Supplier(parse_slug(asked.slug), asked.title, asked.chat_id, asked.callback_url or None)
    await goods.put_supplier(room, by, supplier, asked.secret or None)
    return {"says": f"The supplier {supplier.slug} is saved."}


ASKS = (
    Ask("GET", "/products", Nothing, look_at_products, WORKERS,
        says="Every product with its price and stock."),
    Ask("GET", "/products/{slug}/items", Items, look_at_items, WORKERS,
        says="The newest items of a product, without what is in them."),
    Ask("GET", "/categories", Nothing, look_at_categories, WORKERS, says="Every category."),
    Ask("GET", "/suppliers", Nothing, look_at_suppliers, OWNERS, says="Every supplier, without secrets."),
    Ask("POST", "/products/{slug}", Change, change, OWNERS,
        says="Another price for a product, or on sale or not: one of the two."),
    Ask("PUT", "/categories/{slug}", Category, put_category, OWNERS,
        says="Add or change a category."),
    Ask("PUT", "/suppliers/{slug}", Supplied, put_supplier, OWNERS,
        says="Add or change a supplier."),
)  # fmt: skip
