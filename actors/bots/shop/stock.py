"""What there is to sell: items that are each sold once, encrypted at rest, read only for those who paid.

Who gives items to an order, or takes them away, first locks the rows of their products in the order of their
ids (`lock`, `lock_for`), so that two orders never get the same item, and none is refused an item that another
one had and gave back. All that locks more goes in this order: the order, its customer, products, promo codes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailroom.actors.bots.shop.domain.item import Kind, NewItem
from mailroom.actors.bots.shop.domain.language import described
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load
from mailroom.storage.vault import Vault

SQL = load(Path(__file__).with_name("stock.sql"))

ADDED_ITEMS_MAX = 500
"""Items in one statement: a few milliseconds, for so long nobody can order the product."""


@dataclass(frozen=True)
class StockReport:
    """What became of items that were to be added."""

    added: int
    duplicates: tuple[int, ...]
    """Which of them were there already or twice among them, counted from 0."""


@dataclass(frozen=True)
class Level:
    """How many items of a product there are."""

    product_id: int
    slug: str
    title_ru: str
    title_en: str
    active: bool
    available: int
    reserved: int
    """Held by orders that wait for their payment."""
    sold: int
    withdrawn: int

    def title(self, language: Language) -> str:
        """The product's title in one of the languages."""
        return described(language, self.title_ru, self.title_en)


@dataclass(frozen=True)
class Item:
    """What may be known of an item by those who may not read it."""

    id: int
    kind: Kind
    file_name: str | None
    order_number: int | None
    reserved_until: datetime | None
    sold_at: datetime | None
    withdrawn_at: datetime | None
    added_at: datetime
    added_by: str
    dead_at: datetime | None
    """When it was found not to work; it stays sold, and another one replaces it."""
    replaces: int | None


@dataclass(frozen=True)
class SoldItem:
    """What may be known of an item that an order was sold by those who may not read it."""

    id: int
    product_id: int
    title: str
    kind: Kind
    file_name: str | None
    sold_at: datetime
    dead_at: datetime | None
    replaces: int | None
    """The dead one that it was given for."""


@dataclass(frozen=True)
class Goods:
    """One thing that was bought, readable: for the eyes of its buyer."""

    title: str
    kind: Kind
    content: bytes
    file_name: str | None
    dead: bool = False
    """It did not work; another one was given for it."""


@dataclass(frozen=True)
class Lack:
    """A product of which an order cannot have as many as it wants."""

    product_id: int
    title: str
    wanted: int
    available: int


async def lock(connection: Connection, product_ids: Sequence[int]) -> None:
    """Have these products to oneself until the transaction ends."""
    await connection.execute(SQL["lock"], sorted(set(product_ids)))


async def lock_for(connection: Connection, number: int) -> None:
    """Have the products of an order to oneself until the transaction ends."""
    await connection.execute(SQL["lock_for"], number)


async def hold(connection: Connection, number: int, until: datetime | None) -> list[Lack]:
    """Reserve for an order what it lacks of its lines. The products are locked.

    Returns what could not be had; what could be had is reserved all the same, so roll back then.
    """
    rows = await connection.fetch(SQL["hold"], number, until)
    return [Lack(*row) for row in rows]


async def held(source: Source, number: int) -> list[int]:
    """The items that an order holds or was sold."""
    return [row["id"] for row in await source.fetch(SQL["held"], number)]


async def sell(connection: Connection, number: int) -> None:
    """What the order holds is its own. The products are locked."""
    await connection.execute(SQL["sell"], number)


async def release(connection: Connection, number: int) -> None:
    """What the order holds unpaid is free for others at once. The products are locked."""
    await connection.execute(SQL["release"], number)


async def take_back(connection: Connection, number: int) -> None:
    """What the order was sold can be sold to others. The products are locked."""
    await connection.execute(SQL["take_back"], number)


async def sold_items(source: Source, number: int) -> list[SoldItem]:
    """What an order was sold, dead or not."""
    return [SoldItem(*row) for row in await source.fetch(SQL["sold_items"], number)]


async def kill(connection: Connection, item_id: int) -> bool:
    """A sold item does not work: it is never sold again. True for the one call that says so first."""
    return await connection.fetchval(SQL["kill"], item_id) is not None


async def give(connection: Connection, product_id: int, number: int, replaces: int) -> int | None:
    """Sell an order another item of a product in place of a dead one; its id, None if there is none. The
    product is locked.
    """
    given: int | None = await connection.fetchval(SQL["give"], product_id, number, replaces)
    return given


async def add_items(
    database: Source, vault: Vault, product_id: int, items: Sequence[NewItem], added_by: str
) -> StockReport:
    """Put items into stock, each once: what is there, sold or not, is not added again.

    Raises `asyncpg.ForeignKeyViolationError` for a product that there is not.
    """
    added = 0
    duplicates: list[int] = []
    seen: set[bytes] = set()
    for start in range(0, len(items), ADDED_ITEMS_MAX):
        part = items[start : start + ADDED_ITEMS_MAX]
        # Encryption takes a while: the loop has chats to serve meanwhile.
        sealed = await asyncio.to_thread(_seal, vault, part)
        first = {one[3]: one for one in reversed(sealed)}
        fresh = [one for one in sealed if first[one[3]] is one and one[3] not in seen]
        seen.update(first)
        columns = [list(column) for column in zip(*fresh, strict=True)] or [[], [], [], []]
        rows = await database.fetch(SQL["add"], product_id, added_by, *columns)
        new = {row["fingerprint"] for row in rows}
        added += len(new)
        for place, one in enumerate(sealed, start=start):
            if one[3] in new:
                new.remove(one[3])
            else:
                duplicates.append(place)
    return StockReport(added, tuple(duplicates))


async def withdraw(database: Source, product_id: int, item_ids: Sequence[int] | None = None) -> int:
    """Take free items off sale, these or all of the product; how many. Held and sold ones stay."""
    ids = list(item_ids) if item_ids is not None else None
    return len(await database.fetch(SQL["withdraw"], product_id, ids))


async def levels(database: Source, product_id: int | None = None) -> list[Level]:
    """How much there is of every product, or of one."""
    return [Level(*row) for row in await database.fetch(SQL["levels"], product_id)]


async def list_items(database: Source, product_id: int, most: int = 50) -> list[Item]:
    """The newest items of a product, without what is in them."""
    return [Item(*row) for row in await database.fetch(SQL["items"], product_id, most)]


async def goods_of(source: Source, vault: Vault, number: int, item_id: int | None = None) -> list[Goods]:
    """What the buyer of an order gets, line by line, or one item of it; nothing unless it is paid. Raises
    `VaultError`.
    """
    return [
        Goods(row["title"], row["kind"], vault.decrypt(row["content"]), row["file_name"], row["dead"])
        for row in await source.fetch(SQL["goods"], number, item_id)
    ]


def _seal(vault: Vault, items: Sequence[NewItem]) -> list[tuple[Kind, bytes, str | None, bytes]]:
    return [
        (item.kind, vault.encrypt(item.content), item.file_name, vault.fingerprint(item.content))
        for item in items
    ]


async def require_readable(source: Source, vault: Vault) -> None:
    """See whether the goods can be read with the keys we have, by the newest. Raises `VaultError`."""
    content = await source.fetchval(SQL["newest"])
    if content is not None:
        vault.decrypt(content)
