"""Products: a page of them, one of them, and what became of a table of them."""

from collections.abc import Sequence
from html import escape

from mailroom.actors.bots.shop.domain.upload import ProductFile
from mailroom.actors.bots.shop.goods import Good
from mailroom.actors.bots.shop.routes.owner.keyboards import products as keyboards
from mailroom.actors.bots.shop.routes.owner.screens.marks import mark
from mailroom.actors.bots.shop.routes.owner.screens.uploads import reported
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money

PAGE_PRODUCTS_MAX = 8


def products(own: OwnerTexts, goods: Sequence[Good], page: int) -> Screen:
    """A page of all products, on sale or not, each a button."""
    pages = max(1, -(-len(goods) // PAGE_PRODUCTS_MAX))
    page = min(page, pages - 1)
    shown = goods[page * PAGE_PRODUCTS_MAX : (page + 1) * PAGE_PRODUCTS_MAX]
    labels = [
        (
            good.id,
            own.products.row(
                mark=mark(good),
                title=good.title(own.language),
                price=format_money(good.price_minor, good.currency, own.language),
                available=good.available,
            ),
        )
        for good in shown
    ]
    text = own.products.heading(page=page + 1, pages=pages) + "\n\n" + own.products.help
    return Screen(text, keyboards.products(own, labels, page, pages))


def product(own: OwnerTexts, good: Good, *, owner: bool) -> Screen:
    """One product."""
    other = good.title_en if own.language == "ru" else good.title_ru
    hidden = "" if good.category_active else own.products.hidden_category
    text = own.products.page(
        title=escape(good.title(own.language)),
        titles=escape(other),
        slug=good.slug,
        price=format_money(good.price_minor, good.currency, own.language),
        on_sale=(own.products.on_sale if good.active else own.products.not_on_sale) + hidden,
        category=escape(good.category),
        supplier=escape(good.supplier or own.products.no_supplier),
        available=good.available,
        reserved=good.reserved,
        sold=good.sold,
        withdrawn=good.withdrawn,
        picture=own.products.has_picture if good.picture is not None else own.products.has_no_picture,
    )
    if good.dead:
        text += "\n" + own.products.dead(dead=good.dead)
    return Screen(text, keyboards.product(own, good, owner=owner))


def products_report(own: OwnerTexts, outcome: dict[str, list[str]], file: ProductFile) -> Screen:
    """What became of a file of products."""
    counts = {name: len(slugs) for name, slugs in outcome.items()}
    lines = own.uploads.report(lines=own.uploads.lines(count=file.lines))
    return reported(own, [lines, own.products.report(**counts)], file)
