"""Goods for a demo, with stock, so that its shop can sell. Everything here is invented and says so."""

from dataclasses import dataclass
from pathlib import Path

from asyncpg import Pool

from mailroom.actors.bots.shop.demo.pictures import MOTIFS, picture
from mailroom.actors.bots.shop.domain.item import Kind, NewItem
from mailroom.actors.bots.shop.pictures import add_picture
from mailroom.actors.bots.shop.stock import add_items
from mailroom.actors.uses.cpu import Cpu
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.queries import load
from mailroom.storage.vault import Vault

SQL = load(Path(__file__).with_name("goods.sql"))
SHELVES = load(Path(__file__).with_name("shelves.sql"))

ADDED_BY = "demo"
SUPPLIER_SECRET = b"demo-supplier-secret"
"""What the calls to the demo's supplier are signed with; a secret in name only."""
SUPPLIER_BY_CHAT = "demo-keys"
SUPPLIER_BY_CALL = "demo-school"

STOCK: tuple[tuple[str, Kind, int], ...] = (
    ("svetlitsa", "code", 40),
    ("svetlitsa-mobile", "code", 3_000),
    ("presets-city", "file", 25),
    ("presets-forest", "file", 12),
    ("montazh", "code", 15),
    ("sound-pack", "link", 60),
    ("upscale", "code", 3),
    ("stranitsa", "code", 50),
    ("planer", "code", 120),
    ("pdf", "code", 80),
    ("voice", "code", 45),
    ("invoice", "code", 30),
    ("fonts", "file", 40),
    ("lighthouse", "code", 70),
    ("trams", "code", 90),
    ("chess", "code", 200),
    ("puzzles", "link", 100),
    ("orbit", "code", 2),
    ("python", "link", 100),
    ("photo-start", "link", 60),
    ("phrasebook", "file", 35),
    ("finance", "link", 25),
    ("safe", "code", 150),
    ("shield", "code", 100),
    ("backup", "code", 5),
)
"""How many of what there is; `orbit` and `upscale` soon will be sold out."""
SOLD_OUT = ["album", "taiga"]


@dataclass(frozen=True)
class DemoDiscount:
    """An invented discount."""

    title_ru: str
    title_en: str
    percent: int
    product: str | None = None
    promo_code: str | None = None
    min_quantity: int = 1
    days: int | None = None
    uses_max: int | None = None


DISCOUNTS = (
    DemoDiscount(
        "Знакомство: скидка по промокоду", "Welcome discount", 10, promo_code="WELCOME10", uses_max=1_000
    ),
    DemoDiscount("Фотоосень: неделя скидок", "Photo week", 20, product="svetlitsa", days=7),
    DemoDiscount("Вместе дешевле: от трёх штук", "Three or more for less", 15, "lighthouse", min_quantity=3),
    DemoDiscount(
        "Для всей команды: от пяти кодов", "For the whole team", 25, "svetlitsa-mobile", min_quantity=5
    ),
)


async def fill(
    database: Pool,
    vault: Vault,
    *,
    supplier_chat_id: int | None = None,
    supplier_callback_url: str | None = None,
) -> bool:
    """Put the demo goods into a shop, with stock, discounts and suppliers, once. False if that was done.

    The suppliers are told of sales in a chat and at an address, where these are given.
    """
    async with database.acquire() as connection, connection.transaction():
        await connection.execute(SQL["lock"])
        if await connection.fetchval(SQL["is_filled"], SUPPLIER_BY_CHAT):
            return False
        await connection.execute(SHELVES["categories"])
        await connection.execute(SHELVES["products"])
        await _add_suppliers(connection, vault, supplier_chat_id, supplier_callback_url)
        for slug, kind, count in STOCK:
            product_id = await connection.fetchval(SQL["product"], slug)
            if product_id is not None:
                items = [demo_item(slug, kind, number) for number in range(1, count + 1)]
                await add_items(connection, vault, product_id, items, ADDED_BY)
        for one in DISCOUNTS:
            await connection.execute(
                SQL["add_discount"],
                one.title_ru,
                one.title_en,
                one.product,
                one.promo_code,
                one.min_quantity,
                one.percent,
                one.days,
                one.uses_max,
            )
        return True


async def fill_pictures(database: Pool, cpu: Cpu) -> bool:
    """Give the demo goods pictures, once. False if there are some."""
    async with database.acquire() as connection, connection.transaction():
        await connection.execute(SQL["lock"])
        rows = await connection.fetch(SQL["without_pictures"], [slug for slug, _, _ in STOCK] + SOLD_OUT)
        goods = [(row["shelf"], row["slug"]) for row in rows if row["shelf"] in MOTIFS]
        for shelf, slug in goods:
            await add_picture(connection, slug, await cpu(picture, shelf, slug))
        return bool(goods)


def demo_item(slug: str, kind: Kind, number: int) -> NewItem:
    """One of the invented goods: nobody could take it for a real one."""
    name = f"DEMO-{slug.upper()}-{number:04d}"
    match kind:
        case "code":
            return NewItem("code", name.encode())
        case "link":
            return NewItem("link", f"https://example.com/demo/{slug}/{name}".encode())
        case "file":
            text = f"{name}\nA demo file, all of it invented.\nДемонстрационный файл, выдуманный целиком.\n"
            return NewItem("file", text.encode(), f"{name}.txt")


async def _add_suppliers(
    connection: Connection, vault: Vault, chat_id: int | None, callback_url: str | None
) -> None:
    secret = vault.encrypt(SUPPLIER_SECRET) if callback_url else None
    await connection.execute(SQL["add_supplier"], SUPPLIER_BY_CHAT, "Demo keys", chat_id, None, None)
    await connection.execute(SQL["add_supplier"], SUPPLIER_BY_CALL, "Demo school", None, callback_url, secret)
    await connection.execute(SQL["supply"], SUPPLIER_BY_CHAT, ["photo", "work", "games"])
    await connection.execute(SQL["supply"], SUPPLIER_BY_CALL, ["courses", "security"])
