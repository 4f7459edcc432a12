"""The stock: how much there is, and what became of a table of it."""

from collections.abc import Sequence

from mailroom.actors.bots.shop.goods import Good
from mailroom.actors.bots.shop.owner_stock import StockUpload
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.routes.owner.screens.marks import mark
from mailroom.actors.bots.shop.routes.owner.screens.uploads import reported
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.lists import LIST_CHARS_MAX, fitted, shortened
from mailroom.actors.kit.screens.screen import Screen

LINE_NUMBERS_SHOWN_MAX = 20


def levels(own: OwnerTexts, goods: Sequence[Good]) -> Screen:
    """How much there is of every product, the scarcest first, and how to fill up."""
    rows = [
        own.stock.row(
            mark=mark(good),
            slug=good.slug,
            available=good.available,
            reserved=good.reserved,
            sold=good.sold,
        )
        for good in sorted(goods, key=lambda one: (not one.active, one.available))
    ]
    listed = fitted(rows, LIST_CHARS_MAX - len(own.stock.help))
    return Screen(f"{own.stock.heading}\n{listed or own.shared.nothing_here}\n\n{own.stock.help}", back(own))


def stock_report(own: OwnerTexts, upload: StockUpload) -> Screen:
    """What became of a file of stock, line by line."""
    parts = [own.uploads.report(lines=own.uploads.lines(count=upload.lines))]
    if upload.added:
        by_product = ", ".join(f"{slug} {count}" for slug, count in upload.added_by_product.items())
        parts.append(own.stock.added(count=upload.added, products=shortened(by_product, 500)))
    if upload.in_stock:
        parts.append(own.stock.in_stock(count=len(upload.in_stock), lines=_numbers(upload.in_stock)))
    if upload.twice:
        lines = _numbers([one.line for one in upload.twice])
        parts.append(own.stock.twice(count=len(upload.twice), lines=lines))
    return reported(own, parts, upload)


def _numbers(lines: Sequence[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINE_NUMBERS_SHOWN_MAX])
    return f"{shown}…" if len(lines) > LINE_NUMBERS_SHOWN_MAX else shown
