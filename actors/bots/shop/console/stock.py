"""Tables and files that fill a shop, and what takes stock off sale again, in the console."""

from pydantic import Field

from mailroom.actors.bots.shop import goods, owner_stock
from mailroom.actors.bots.shop.console.acting import EN, in_words
from mailroom.actors.bots.shop.console.asked import OfProduct
from mailroom.actors.bots.shop.domain.upload import parse_products
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.restored import confirm as confirm_stock
from mailroom.actors.bots.shop.roles import OWNERS, WORKERS
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.console import Said, actor
from mailroom.actors.kit.owners.tables.table import BadLine
from mailroom.actors.kit.owners.tables.text import ReadAs
from mailroom.actors.pages.ask import Ask, Asked, Upload
from mailroom.actors.pages.visit import Visit
from mailroom.actors.texts.language import Language

UPLOAD = Upload(bytes_max=1 << 20)
"""More than a table or a file may have: which of them is too large is said in the shop's own words."""


class Table(Asked):
    """A CSV."""

    file: bytes


class ForSale(OfProduct):
    """A file that one buyer gets, as it is."""

    name: str = Field(min_length=1, max_length=200, description="what its buyer sees it called")
    file: bytes


@in_words
async def fill_stock(room: Room[Options], visit: Visit, asked: Table) -> Said:
    """Take the good lines of a table of codes and links."""
    by = actor(visit, "stock", "table")
    upload = await owner_stock.upload_stock(room, by, asked.file)
    lines = EN.uploads.lines(count=upload.lines)
    return {
        "says": f"{lines}: {upload.added} added, {len(upload.in_stock)} in stock "
        f"already, {len(upload.twice)} twice in the file, {len(upload.bad)} not taken."
        + _as_read(upload.read_as),
        "failed": len(upload.bad),
        "lines": upload.lines,
        "added": upload.added,
        "added_by_product": upload.added_by_product,
        "in_stock": upload.in_stock,
        "twice": upload.twice,
        "bad": _bad(upload.bad),
        "ignored": upload.ignored,
    }


@in_words
async def sell_file(room: Room[Options], visit: Visit, asked: ForSale) -> Said:
    """Put one file into stock."""
    by = actor(visit, "stock", asked.slug)
    added = await owner_stock.upload_file(room, by, asked.slug, asked.name, asked.file)
    words = EN.stock.file_added if added else EN.stock.file_was_there
    return {"says": words(slug=asked.slug), "added": int(added)}


@in_words
async def put_products(room: Room[Options], visit: Visit, asked: Table) -> Said:
    """Take the good lines of a table of products."""
    by = actor(visit, "products", "table")
    categories = [shelf.slug for shelf in await goods.list_categories(room.database)]
    suppliers = [supplier.slug for supplier in await goods.list_suppliers(room.database)]
    file = parse_products(asked.file, categories, suppliers)
    outcome: dict[str, list[str]] = {"added": [], "changed": [], "same": []}
    if file.good:
        outcome = await goods.put_products(room, by, file.good)
    counts = {name: len(slugs) for name, slugs in outcome.items()}
    return {
        "says": f"{EN.products.report(**counts)} Not taken: {len(file.bad)}." + _as_read(file.read_as),
        "failed": len(file.bad),
        "lines": file.lines,
        **outcome,
        "bad": _bad(file.bad),
        "ignored": file.ignored,
    }


@in_words
async def withdraw(room: Room[Options], visit: Visit, asked: OfProduct) -> Said:
    """Take what is free of a product off sale."""
    by = actor(visit, "withdraw", asked.slug)
    count = await owner_stock.withdraw_stock(room, by, asked.slug)
    return {"says": EN.stock.withdrawn(count=count), "done": count}


@in_words
async def confirm(room: Room[Options], visit: Visit, asked: OfProduct) -> Said:
    """Sell again what a restore has made doubtful."""
    by = actor(visit, "confirm", asked.slug)
    count = await confirm_stock(room, by, asked.slug)
    return {"says": f"On sale again: {count}.", "done": count}


def _as_read(read_as: ReadAs) -> str:
    """What is told of a file that is not in UTF-8."""
    return "" if read_as == "UTF-8" else f" {EN.uploads.report_read_as(encoding=read_as)}"


def _bad(lines: tuple[BadLine, ...]) -> list[dict[str, object]]:
    return [{"line": one.line, "problem": problem(Language("en"), one.wrong)} for one in lines]


ASKS = (
    Ask("POST", "/stock", Table, fill_stock, WORKERS, takes=UPLOAD,
        says="Fill the stock from a CSV with the columns slug, kind, content."),
    Ask("POST", "/stock/{slug}", ForSale, sell_file, WORKERS, takes=UPLOAD,
        says="Put one file into stock, for one buyer."),
    Ask("POST", "/products", Table, put_products, OWNERS, takes=UPLOAD,
        says="Add or change products from a CSV."),
    Ask("POST", "/products/{slug}/withdraw", OfProduct, withdraw, OWNERS,
        says="Take all that is free of a product off sale."),
    Ask("POST", "/products/{slug}/confirm", OfProduct, confirm, OWNERS,
        says="Sell again what was kept off sale after a restore: it was not sold meanwhile."),
)  # fmt: skip
