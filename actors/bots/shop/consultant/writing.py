"""Blocks become text: everything about prices, discounts, stock, payment and terms is written here, from
facts. Pure.

What is said of a product is one entry, however many blocks name it, and stands where the first of them
does: nothing is said twice. What the facts do not know is not written.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from mailroom.actors.bots.shop.consultant.blocks import OF_PRODUCTS, PROSE, Block
from mailroom.actors.bots.shop.consultant.facts import Facts, Offer
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.texts.consultant import ConsultantTexts
from mailroom.actors.kit.speech.money import NO_BREAK_SPACE, format_money
from mailroom.actors.texts.language import Language

PRODUCTS_MAX = 5
"""A choice of more is none."""
ABOUT_CHARS_MAX = 300


@dataclass(slots=True)
class _Entry:
    """What is to be said of a product besides its price."""

    product: Product
    about: bool = False
    stock: bool = False
    discount: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Paragraphs of HTML, and the products that they are about."""

    paragraphs: Sequence[str]
    products: Sequence[Product]


def written(blocks: Iterable[Block], also: Iterable[Product], facts: Facts, language: Language) -> Written:
    """Blocks whose prose has been judged, then the products that it spoke of (`also`) and no block did.
    What is offered has a card of its own.
    """
    own = TEXTS[language].consultant
    offered = facts.offer.product.slug if facts.offer is not None else ""
    parts: list[str | list[_Entry]] = []
    entries: dict[str, _Entry] = {}

    def entry(product: Product) -> _Entry | None:
        if product.slug == offered or (product.slug not in entries and len(entries) == PRODUCTS_MAX):
            return None
        if product.slug not in entries:
            entries[product.slug] = _Entry(product)
            if not parts or isinstance(parts[-1], str):
                parts.append([])
            lines = parts[-1]
            assert isinstance(lines, list), "the one before was a text"
            lines.append(entries[product.slug])
        return entries[product.slug]

    for block in blocks:
        if block.kind == PROSE:
            parts.append(kept_together(escape(block.text)))
        elif block.kind in OF_PRODUCTS:
            products = [one for slug in block.slugs if (one := facts.get(slug)) is not None]
            if text := _of_products(block, products, own, language):
                parts.append(text)
            for product in products:
                if (place := entry(product)) is not None:
                    place.about |= block.kind in ("about", "comparison")
                    place.stock |= block.kind == "stock"
                    place.discount |= block.kind == "discount"
        elif text := OF_THE_SHOP_WRITTEN[block.kind](own, facts):
            parts.append(text)
    for product in also:
        entry(product)
    paragraphs = [part if isinstance(part, str) else _list(part, own, facts, language) for part in parts]
    return Written(list(dict.fromkeys(paragraphs)), [one.product for one in entries.values()])


OF_THE_SHOP_WRITTEN: dict[str, Callable[[ConsultantTexts, Facts], str]] = {
    # A code that nobody has looked up in this turn is neither good nor bad.
    "promo": lambda own, facts: (
        (own.promo_good if facts.promo_code else own.promo_bad) if facts.promo_asked else ""
    ),
    "prices_fixed": lambda own, _: own.prices_fixed,
    "delivery": lambda own, _: own.delivery,
    "payment": lambda own, _: own.payment,
    "terms": lambda own, _: own.terms,
    "order_status": lambda own, _: own.orders,
    "cart": lambda own, _: own.cart,
    "owner": lambda own, _: own.owner,
    "not_here": lambda own, _: own.not_here,
}


def _of_products(block: Block, products: Sequence[Product], own: ConsultantTexts, language: Language) -> str:
    """What a block says besides the entries of its products."""
    if block.kind == "cheapest":
        buyable = [one for one in products if one.available]
        if len(buyable) < 2 or len({one.currency for one in buyable}) > 1:
            return ""
        least = min(buyable, key=lambda one: one.unit_price(1)[0])
        return own.cheapest(title=escape(least.title))
    if block.kind == "price" and block.quantity > 1 and products:
        offer = Offer.of(products[0], block.quantity)
        return own.offer_gone if offer is None else summed(own.total, offer, language)
    return ""


def summed(text: Callable[..., str], offer: Offer, language: Language) -> str:
    """So many of a product, what one of them costs and what all do."""
    line, currency = offer.quote.lines[0], offer.quote.currency
    return text(
        title=escape(offer.product.title),
        quantity=offer.quantity,
        price=format_money(line.price_minor, currency, language),
        total=format_money(offer.quote.total_minor, currency, language),
    )


def _list(entries: Sequence[_Entry], own: ConsultantTexts, facts: Facts, language: Language) -> str:
    apart = "\n\n" if any(one.about for one in entries) else "\n"
    return apart.join(_line(one, own, facts, language) for one in entries)


def _line(entry: _Entry, own: ConsultantTexts, facts: Facts, language: Language) -> str:
    product = entry.product
    line = _price(product, own, facts, language)
    if product.available:
        if entry.stock:
            line += own.in_stock(count=product.available)
        if entry.discount and not facts.discounts(product):
            line += own.no_discount
    if entry.about and product.description:
        line += own.described(about=escape(_shortened(product.description)))
    return line


def _price(product: Product, own: ConsultantTexts, facts: Facts, language: Language) -> str:
    title = escape(product.title)
    if not product.available:
        return own.sold_out(title=title)

    def money(minor: int) -> str:
        return format_money(minor, product.currency, language)

    now, discount = product.unit_price(1)
    if discount is None:
        line = own.price(title=title, price=money(now))
    else:
        line = own.price_discounted(
            title=title, price=money(now), before=money(product.price_minor), discount=escape(discount.title)
        )
    best = now
    for one in facts.discounts(product):
        unit, _ = product.unit_price(one.min_quantity, one.promo_code)
        if unit >= best:
            continue
        if one.promo_code is not None:
            line += own.promo(code=escape(one.promo_code), price=money(unit))
        elif one.min_quantity <= product.available:
            line += own.price_from(quantity=one.min_quantity, price=money(unit))
    return line


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= ABOUT_CHARS_MAX else text[:ABOUT_CHARS_MAX].rsplit(" ", 1)[0] + "…"


def kept_together(text: str) -> str:
    """An amount is not torn apart at the end of a line."""
    for sign in ("₽", "€", "₸"):
        text = text.replace(f" {sign}", f"{NO_BREAK_SPACE}{sign}")
    return text
