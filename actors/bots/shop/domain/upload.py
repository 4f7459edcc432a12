"""What an owner uploads: stock and products as tables. Pure: text in, what to put into the shop out.

Good lines are taken, bad ones are named with what to do about them, and every line is in exactly one of the
lists of its file.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from mailroom.actors.bots.shop.domain.item import Kind, NewItem
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.kit.owners.prices import parse_currency, parse_price
from mailroom.actors.kit.owners.refusals import OwnerError, refuse
from mailroom.actors.kit.owners.tables.cells import cell, known, yes_or_no
from mailroom.actors.kit.owners.tables.table import BadLine, Line, in_order, read_table
from mailroom.actors.kit.owners.tables.text import ReadAs

CONTENT_CHARS_MAX = 3_000
"""A code or a link reaches its buyer in a message of 4096 characters, with a title around it."""
TITLE_CHARS_MAX = 64
DESCRIPTION_CHARS_MAX = 1_000
"""As the tables have it: titles are on buttons, descriptions in a message."""
SLUG_CHARS_MAX = 64
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""A product's name in commands, addresses and tools; Telegram's buttons and our URLs take it as it is."""
LINK = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)

STOCK_COLUMNS = {
    "slug": ("product", "товар", "артикул"),
    "kind": ("type", "вид", "тип"),
    "content": ("value", "содержимое", "значение"),
}
PRODUCT_COLUMNS = {
    "slug": ("product", "товар", "артикул"),
    "category": ("категория", "раздел"),
    "title_ru": ("название", "название_ru", "название_рус"),
    "title_en": ("title", "название_en", "название_англ"),
    "description_ru": ("описание", "описание_ru", "описание_рус"),
    "description_en": ("description", "описание_en", "описание_англ"),
    "price": ("цена",),
    "currency": ("валюта",),
    "supplier": ("поставщик",),
    "active": ("on_sale", "в_продаже", "активен"),
}
OPTIONAL_PRODUCT_COLUMNS = ("supplier", "active")
"""A product without a supplier is our own, and one of which nothing is said is on sale."""

KINDS: dict[str, Kind] = {"code": "code", "код": "code", "link": "link", "url": "link", "ссылка": "link"}
FILE_KINDS = ("file", "файл")


@dataclass(frozen=True)
class StockLine:
    """A line of stock that can be taken."""

    line: int
    slug: str
    item: NewItem


@dataclass(frozen=True)
class Twice:
    """A line that says what an earlier one said."""

    line: int
    first_line: int


@dataclass(frozen=True)
class StockFile:
    """What is in a file of stock."""

    good: tuple[StockLine, ...]
    bad: tuple[BadLine, ...]
    twice: tuple[Twice, ...]
    ignored: tuple[str, ...]
    read_as: ReadAs = "UTF-8"

    @property
    def lines(self) -> int:
        """How many lines there are, the header and empty ones left out."""
        return len(self.good) + len(self.bad) + len(self.twice)


@dataclass(frozen=True)
class ProductLine:
    """A product as a line of a table has it."""

    line: int
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


@dataclass(frozen=True)
class ProductFile:
    """What is in a file of products."""

    good: tuple[ProductLine, ...]
    bad: tuple[BadLine, ...]
    ignored: tuple[str, ...]
    read_as: ReadAs = "UTF-8"

    @property
    def lines(self) -> int:
        """How many lines there are, the header and empty ones left out."""
        return len(self.good) + len(self.bad)


def parse_stock(data: bytes, slugs: Collection[str]) -> StockFile:
    """Read a file of stock for products of these names: a line is an item, whatever quotes are in it. Raises
    `OwnerError` if it cannot be taken at all.
    """
    table = read_table(data, STOCK_COLUMNS)
    good: list[StockLine] = []
    bad = list(table.bad)
    twice: list[Twice] = []
    seen: dict[tuple[str, bytes], int] = {}
    for row in table.rows:
        try:
            slug = known(cell(row, "slug", SLUG_CHARS_MAX).lower(), slugs, Fault.UNKNOWN_PRODUCT)
            item = _item(row)
        except OwnerError as error:
            bad.append(BadLine(row.line, error.wrong))
            continue
        first_line = seen.setdefault((slug, item.content), row.line)
        if first_line == row.line:
            good.append(StockLine(row.line, slug, item))
        else:
            twice.append(Twice(row.line, first_line))
    return StockFile(tuple(good), in_order(bad), tuple(twice), table.ignored, table.read_as)


def parse_products(data: bytes, categories: Collection[str], suppliers: Collection[str]) -> ProductFile:
    """Read a file of products. Raises `OwnerError` if it cannot be taken at all."""
    table = read_table(data, PRODUCT_COLUMNS, OPTIONAL_PRODUCT_COLUMNS, across=True)
    good: dict[str, ProductLine] = {}
    bad = list(table.bad)
    for row in table.rows:
        try:
            product = _product(row, categories, suppliers)
            if product.slug in good:
                raise refuse(Fault.SLUG_TWICE, slug=product.slug, line=good[product.slug].line)
        except OwnerError as error:
            bad.append(BadLine(row.line, error.wrong))
        else:
            good[product.slug] = product
    return ProductFile(tuple(good.values()), in_order(bad), table.ignored, table.read_as)


def parse_slug(text: str) -> str:
    """A name for something new. Raises `OwnerError`."""
    slug = text.strip().lower()
    if SLUG.fullmatch(slug) is None:
        raise refuse(Fault.BAD_SLUG, slug=slug[:SLUG_CHARS_MAX])
    return slug


def _item(row: Line) -> NewItem:
    word = cell(row, "kind", 20).casefold()
    if word in FILE_KINDS:
        raise refuse(Fault.FILE_IN_TABLE)
    kind = KINDS.get(word)
    if kind is None:
        raise refuse(Fault.UNKNOWN_KIND, kind=word)
    content = cell(row, "content", CONTENT_CHARS_MAX)
    if kind == "link" and LINK.fullmatch(content) is None:
        raise refuse(Fault.NOT_A_LINK)
    return NewItem(kind, content.encode())


def _product(row: Line, categories: Collection[str], suppliers: Collection[str]) -> ProductLine:
    slug = parse_slug(cell(row, "slug", SLUG_CHARS_MAX))
    currency = parse_currency(cell(row, "currency", 20))
    supplier = cell(row, "supplier", SLUG_CHARS_MAX, required=False).lower()
    return ProductLine(
        line=row.line,
        slug=slug,
        category=known(cell(row, "category", SLUG_CHARS_MAX).lower(), categories, Fault.UNKNOWN_CATEGORY),
        title_ru=cell(row, "title_ru", TITLE_CHARS_MAX),
        title_en=cell(row, "title_en", TITLE_CHARS_MAX),
        description_ru=_description(row, "description_ru"),
        description_en=_description(row, "description_en"),
        price_minor=parse_price(cell(row, "price", 40), currency),
        currency=currency,
        supplier=known(supplier, suppliers, Fault.UNKNOWN_SUPPLIER) if supplier else None,
        active=yes_or_no(row, "active"),
    )


def _description(row: Line, column: str) -> str:
    return cell(row, column, DESCRIPTION_CHARS_MAX, required=False, many_lines=True)
