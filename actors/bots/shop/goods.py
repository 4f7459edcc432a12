"""Products, their categories and suppliers, as those who run the shop see and change them.

A product's row is locked before it is changed, as it is by whoever orders it: an order is placed at the price
before or at the one after, never at a mixture.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailroom.actors.bots.shop.domain.language import described
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.domain.upload import ProductLine
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.owners.tables.cells import known
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("goods.sql"))

CALLBACK_URL = re.compile(r"https?://[^\s/]+\S*")
SECRET_CHARS_MIN = 16
"""Anything shorter can be guessed from one signed call."""


@dataclass(frozen=True)
class Good:
    """A product, on sale or not, with what there is of it."""

    id: int
    slug: str
    category: str
    title_ru: str
    title_en: str
    description_ru: str
    description_en: str
    price_minor: int
    currency: str
    supplier: str | None
    active: bool
    category_active: bool
    """A product of a hidden category is not on sale either."""
    available: int
    reserved: int
    sold: int
    withdrawn: int
    doubted: int = 0
    """Of the withdrawn, what may have been sold since a backup; on sale again when the owner confirms it."""
    dead: int = 0
    """What was sold, did not work and was replaced; not among the sold."""
    picture: str | None = None
    """What its picture is called, see `pictures.py`."""

    def title(self, language: str) -> str:
        """The title in one of the languages."""
        return described(language, self.title_ru, self.title_en)


@dataclass(frozen=True)
class Shelf:
    """A category, hidden or not."""

    slug: str
    icon: str
    title_ru: str
    title_en: str
    active: bool
    products: int = 0


@dataclass(frozen=True)
class Supplier:
    """Who brings goods, and how they are told of a sale."""

    slug: str
    title: str
    chat_id: int | None
    callback_url: str | None
    products: int = 0


async def list_goods(source: Source) -> list[Good]:
    """Every product, shelf by shelf."""
    return [Good(*row) for row in await source.fetch(SQL["goods"], None, None)]


async def find_good(source: Source, slug: str) -> Good:
    """One product. Raises `OwnerError` with the nearest name."""
    row = await source.fetchrow(SQL["goods"], slug, None)
    if row is None:
        known(slug, await slugs(source), Fault.UNKNOWN_PRODUCT)
        raise refuse(Fault.UNKNOWN_PRODUCT, name=slug, near="")  # it was made this very moment
    return Good(*row)


async def good_of(source: Source, product_id: int) -> Good:
    """One product by its number. Raises `OwnerError`."""
    row = await source.fetchrow(SQL["goods"], None, product_id)
    if row is None:
        raise refuse(Fault.UNKNOWN_PRODUCT, name=product_id, near="")
    return Good(*row)


async def slugs(source: Source) -> dict[str, int]:
    """The names of all products, and their ids."""
    return {row["slug"]: row["id"] for row in await source.fetch(SQL["slugs"])}


async def set_price(room: Room[Options], by: By, slug: str, price_minor: int, currency: str) -> Outcome:
    """Sell a product at another price from now on. Orders that were placed keep theirs."""

    async def act(tx: Transaction) -> Outcome:
        before = await _locked(tx.connection, slug)
        await tx.connection.execute(SQL["set_price"], slug, price_minor, currency)
        return {
            "before": {"price_minor": before["price_minor"], "currency": before["currency"]},
            "after": {"price_minor": price_minor, "currency": currency},
        }

    return await once(room, by, "price", slug, act)


async def set_active(room: Room[Options], by: By, slug: str, *, active: bool) -> Outcome:
    """Put a product on sale, or take it off. Orders that were placed stay."""

    async def act(tx: Transaction) -> Outcome:
        before = await _locked(tx.connection, slug)
        await tx.connection.execute(SQL["set_active"], slug, active)
        return {"before": before["active"], "after": active}

    return await once(room, by, "on_sale" if active else "off_sale", slug, act)


async def put_products(room: Room[Options], by: By, lines: Sequence[ProductLine]) -> Outcome:
    """Add products, or change those that are there, all of them or none. What came of it: slugs by
    `added`, `changed` and `same`.
    """

    async def act(tx: Transaction) -> Outcome:
        names = [line.slug for line in lines]
        await tx.connection.fetch(SQL["lock"], names)
        rows = await tx.connection.fetch(
            SQL["put"],
            names,
            [line.category for line in lines],
            [line.title_ru for line in lines],
            [line.title_en for line in lines],
            [line.description_ru for line in lines],
            [line.description_en for line in lines],
            [line.price_minor for line in lines],
            [line.currency for line in lines],
            [line.supplier for line in lines],
            [line.active for line in lines],
        )
        new = {row["slug"]: row["new"] for row in rows}
        return {
            "added": [name for name in names if new.get(name) is True],
            "changed": [name for name in names if new.get(name) is False],
            "same": [name for name in names if name not in new],
        }

    return await once(room, by, "products", f"{len(lines)} lines", act)


async def list_categories(source: Source) -> list[Shelf]:
    """All categories, hidden ones too."""
    return [Shelf(*row) for row in await source.fetch(SQL["categories"])]


async def put_category(room: Room[Options], by: By, shelf: Shelf) -> Outcome:
    """Add a category, or change one."""

    async def act(tx: Transaction) -> Outcome:
        await tx.connection.execute(
            SQL["put_category"], shelf.slug, shelf.icon, shelf.title_ru, shelf.title_en, shelf.active
        )
        return {"title_ru": shelf.title_ru, "title_en": shelf.title_en, "active": shelf.active}

    return await once(room, by, "category", shelf.slug, act)


async def list_suppliers(source: Source) -> list[Supplier]:
    """All suppliers, without their secrets."""
    return [Supplier(*row) for row in await source.fetch(SQL["suppliers"])]


async def put_supplier(room: Room[Options], by: By, supplier: Supplier, secret: str | None = None) -> Outcome:
    """Add a supplier, or change one. An address needs a secret to sign the calls with: a new one, or the one
    it has. Raises `OwnerError`.
    """
    if supplier.callback_url is not None and CALLBACK_URL.fullmatch(supplier.callback_url) is None:
        raise refuse(Fault.BAD_SUPPLIER, secret=SECRET_CHARS_MIN)
    if supplier.callback_url is not None and (why := room.http.why_not(supplier.callback_url)):
        raise refuse(Fault.FORBIDDEN_ADDRESS, why=why)
    if secret is not None and len(secret) < SECRET_CHARS_MIN:
        raise refuse(Fault.BAD_SUPPLIER, secret=SECRET_CHARS_MIN)
    sealed = room.vault.encrypt(secret.encode()) if secret and supplier.callback_url else None

    async def act(tx: Transaction) -> Outcome:
        has_secret = await tx.connection.fetchval(SQL["has_secret"], supplier.slug)
        if supplier.callback_url is not None and sealed is None and not has_secret:
            raise refuse(Fault.BAD_SUPPLIER, secret=SECRET_CHARS_MIN)
        await tx.connection.execute(
            SQL["put_supplier"],
            supplier.slug,
            supplier.title,
            supplier.chat_id,
            supplier.callback_url,
            sealed,
        )
        return {"chat_id": supplier.chat_id, "callback_url": supplier.callback_url}

    return await once(room, by, "supplier", supplier.slug, act)


async def _locked(connection: Connection, slug: str) -> dict[str, object]:
    row = await connection.fetchrow(SQL["lock"], [slug])
    if row is None:
        known(slug, await slugs(connection), Fault.UNKNOWN_PRODUCT)
        raise refuse(Fault.UNKNOWN_PRODUCT, name=slug, near="")
    return dict(row)
