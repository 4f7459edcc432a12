"""The catalogue: categories, pages of products, the card of one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape

from mailroom.actors.bots.shop.callbacks import AddToCart, BuyNow, OpenCategory, OpenProduct, Place
from mailroom.actors.bots.shop.domain.cart import QUANTITY_MAX, Cart
from mailroom.actors.bots.shop.domain.discounts import Discount
from mailroom.actors.bots.shop.domain.product import Category, Page, Product
from mailroom.actors.bots.shop.domain.quote import Least, no_least, price
from mailroom.actors.bots.shop.keyboards import cart_button, goto
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import Row, button, keyboard
from mailroom.actors.kit.screens.length import CAPTION_UNITS_MAX, cut, units_read
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent


def categories(texts: Texts, shelves: Sequence[Category], items: int) -> Screen:
    """A button for each category, then the ways out."""
    rows = [
        [
            button(
                f"{shelf.icon} {shelf.title} ({shelf.products})".strip(),
                OpenCategory(category=shelf.id, page=0),
            )
        ]
        for shelf in shelves
    ]
    text = texts.catalogue.categories if shelves else texts.catalogue.categories_empty
    return Screen(
        text, keyboard(*rows, [cart_button(texts, items), goto(texts.menu.button_menu, Place.HOME)])
    )


def category_page(texts: Texts, page: Page, items: int) -> Screen:
    """A button for each product, arrows only in directions that exist."""
    own = texts.catalogue
    title = f"{page.category.icon} {page.category.title}".strip()
    text = own.category_empty
    if page.products:
        text = own.category(title=escape(title), items=texts.orders.items(count=page.category.products))
    if page.count > 1:
        text += "\n" + own.page(number=page.number + 1, count=page.count)
    rows = [
        [button(_row(texts, product), OpenProduct(product=product.id, page=page.number))]
        for product in page.products
    ]
    arrows: Row = []
    if page.number > 0:
        arrows.append(
            button(own.button_previous, OpenCategory(category=page.category.id, page=page.number - 1))
        )
    if page.number < page.count - 1:
        arrows.append(button(own.button_next, OpenCategory(category=page.category.id, page=page.number + 1)))
    ways_out = [goto(own.button_categories, Place.CATEGORIES), cart_button(texts, items)]
    return Screen(text, keyboard(*rows, arrows, ways_out))


def product_card(
    texts: Texts, product: Product, page: int, quantity: int, items: int, least: Least = no_least
) -> Screen:
    """One product: what it costs and how many there are, and how many of it are in the cart already."""
    own = texts.catalogue
    lines = [
        own.product(
            title=escape(product.title), description=escape(product.description), price=_price(texts, product)
        )
    ]
    _, discount = product.unit_price(1)
    if discount is not None:
        lines.append(
            own.discount(
                title=escape(discount.title), percent=format_percent(-discount.percent, texts.language)
            )
        )
    lines += [
        own.from_quantity(
            quantity=tier.min_quantity,
            price=format_money(tier.price_minor, product.currency, texts.language),
            percent=format_percent(-tier.percent, texts.language),
        )
        for tier in _tiers(product)
    ]
    lines.append(_stock(texts, product))
    if quantity:
        lines.append(own.in_cart(quantity=quantity))
    ways_out = [
        button(own.button_back, OpenCategory(category=product.category_id, page=page)),
        cart_button(texts, items),
    ]
    text = "\n".join(lines)
    if product.picture and product.description and (over := units_read(text) - CAPTION_UNITS_MAX) > 0:
        shorter = replace(product, description=cut(product.description, over))
        return product_card(texts, shorter, page, quantity, items, least)
    return Screen(text, keyboard(*_sale(texts, product, page, least), ways_out))


def _row(texts: Texts, product: Product) -> str:
    if not product.available:
        return texts.catalogue.row_sold_out(title=product.title)
    now, _ = product.unit_price(1)
    return texts.catalogue.row(title=product.title, price=format_money(now, product.currency, texts.language))


def _price(texts: Texts, product: Product) -> str:
    now, _ = product.unit_price(1)
    shown = f"<b>{format_money(now, product.currency, texts.language)}</b>"
    if now == product.price_minor:
        return shown
    return f"<s>{format_money(product.price_minor, product.currency, texts.language)}</s> {shown}"


def _tiers(product: Product) -> Iterator[Discount]:
    """Discounts for larger quantities that one can have, each better than those before it."""
    best, _ = product.unit_price(1)
    for discount in sorted(product.discounts, key=lambda one: (one.min_quantity, one.price_minor)):
        within_reach = 1 < discount.min_quantity <= min(QUANTITY_MAX, product.available)
        if discount.promo_code is None and within_reach and discount.price_minor < best:
            best = discount.price_minor
            yield discount


def _stock(texts: Texts, product: Product) -> str:
    if not product.available:
        return texts.catalogue.sold_out
    if product.available == 1:
        return texts.catalogue.last_one
    return texts.catalogue.in_stock(count=product.available)


def _sale(texts: Texts, product: Product, page: int, least: Least) -> list[Row]:
    """The buttons of what can be bought; what is sold out has none."""
    if not product.available:
        return []
    quote = price(Cart(((product.id, 1),)), [product], least=least)
    total = format_money(quote.total_minor, quote.currency, texts.language)
    buy = BuyNow(product=product.id, quantity=1, quote=quote.fingerprint)
    return [
        [button(texts.catalogue.button_buy(price=total), buy)],
        [button(texts.catalogue.button_add, AddToCart(product=product.id, page=page))],
    ]
