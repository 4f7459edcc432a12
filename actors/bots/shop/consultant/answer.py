"""The message that a customer sees: the model's words, below them what the view says, and buttons. Pure.

Prices are written here and nowhere else, from the facts. All that comes from the model or the catalogue is
escaped here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from actors.bots.shop import screens
from actors.bots.shop.callbacks import BuyNow, Goto, OpenProduct, Place
from actors.bots.shop.consultant.facts import Facts, Offer
from actors.bots.shop.consultant.texts import CONSULTANT_TEXTS, ConsultantTexts
from actors.bots.shop.money import NO_BREAK_SPACE, format_money
from actors.bots.shop.product import Product
from actors.bots.shop.screens import Front, Screen
from actors.bots.shop.texts import Texts

PRODUCTS_MAX = 5
"""A choice of more is none."""
WORDS_CHARS_MAX = 2_400
"""A message holds 4096; the rest is for the facts."""
BUTTON_CHARS_MAX = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be said, decided and checked."""

    words: str
    """Plain text."""
    products: Sequence[Product] = ()
    offer: Offer | None = None
    notice: str = ""
    """To be said above it."""


def shown(texts: Texts, reply: Reply, facts: Facts, items: int, front: Front) -> Screen:
    """The reply as a message; with the main menu below it where it speaks of no product. `items` are in the
    cart.
    """
    own = CONSULTANT_TEXTS[texts.language]
    if not reply.products and reply.offer is None:
        words = _kept_together(escape(reply.words))
        return screens.menu(texts, items, words, front).noting(reply.notice)
    products = [one for one in reply.products if reply.offer is None or one.slug != reply.offer.product.slug]
    products = products[:PRODUCTS_MAX]
    parts = [
        _kept_together(escape(reply.words)),
        "\n".join(_line(texts, own, one, facts) for one in products),
        _card(texts, own, reply.offer) if reply.offer else "",
    ]
    text = "\n\n".join(part for part in parts if part)
    return Screen(text, _keyboard(texts, own, products, reply.offer)).noting(reply.notice)


def _line(texts: Texts, own: ConsultantTexts, product: Product, facts: Facts) -> str:
    title = escape(product.title)
    if not product.available:
        return own.sold_out.format(title=title)

    def money(minor: int) -> str:
        return format_money(minor, product.currency, texts.language)

    now, discount = product.unit_price(1)
    if discount is None:
        line = own.price.format(title=title, price=money(now))
    else:
        line = own.price_discounted.format(
            title=title, price=money(now), before=money(product.price_minor), discount=escape(discount.title)
        )
    best = now
    for one in facts.discounts(product):
        unit, _ = product.unit_price(one.min_quantity, one.promo_code)
        if unit >= best:
            continue
        if one.promo_code is not None:
            line += own.promo.format(code=escape(one.promo_code), price=money(unit))
        elif one.min_quantity <= product.available:
            line += own.price_from.format(quantity=one.min_quantity, price=money(unit))
    return line


def _card(texts: Texts, own: ConsultantTexts, offer: Offer) -> str:
    line, currency = offer.quote.lines[0], offer.quote.currency
    return own.offer.format(
        title=escape(offer.product.title),
        quantity=offer.quantity,
        price=format_money(line.price_minor, currency, texts.language),
        total=format_money(offer.quote.total_minor, currency, texts.language),
    )


def _keyboard(
    texts: Texts, own: ConsultantTexts, products: Sequence[Product], offer: Offer | None
) -> InlineKeyboardMarkup:
    rows: list[list[InlineKeyboardButton]] = []
    if offer is not None:
        total = format_money(offer.quote.total_minor, offer.quote.currency, texts.language)
        pay = BuyNow(product=offer.product.id, quantity=offer.quantity, quote=offer.quote.fingerprint)
        rows.append([_button(own.button_pay.format(total=total), pay)])
    rows += [[_button(one.title[:BUTTON_CHARS_MAX], OpenProduct(product=one.id, page=0))] for one in products]
    rows.append(
        [
            _button(own.button_catalogue, Goto(place=Place.CATEGORIES)),
            _button(own.button_menu, Goto(place=Place.HOME)),
        ]
    )
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(text: str, data: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def _kept_together(text: str) -> str:
    """An amount is not torn apart at the end of a line."""
    for sign in ("₽", "€", "₸"):
        text = text.replace(f" {sign}", f"{NO_BREAK_SPACE}{sign}")
    return text
