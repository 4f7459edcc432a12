"""What the page is shown, as plain JSON values. Money is in minor units, as everywhere; the page writes it
as the visitor's language does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import Any

from mailroom.actors.bots.shop.complaints import ABOUT, Complaint
from mailroom.actors.bots.shop.domain.bill import Bill, promo_effect
from mailroom.actors.bots.shop.domain.order import Order, OrderSummary
from mailroom.actors.bots.shop.domain.product import Category, Product
from mailroom.actors.bots.shop.stock import Goods
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.texts.statuses import STATUSES
from mailroom.actors.pages.address import page_path
from mailroom.actors.providers.payments import MINOR_DIGITS, MINOR_DIGITS_DEFAULT, PaymentProvider
from mailroom.actors.texts.language import Language

Json = dict[str, Any]
TAG = re.compile("<[^>]*>")


def shown_catalogue(bot: str, categories: Iterable[Category], products: Sequence[Product]) -> Json:
    """All that is on sale."""
    return {
        "categories": [{"id": one.id, "icon": one.icon, "title": one.title} for one in categories],
        "products": [_product(bot, product) for product in products],
        "digits": {one.currency: MINOR_DIGITS.get(one.currency, MINOR_DIGITS_DEFAULT) for one in products},
    }


def shown_quote(bill: Bill) -> Json:
    """A priced cart, and what the balance can pay of it. Without lines it has neither a currency nor anything
    to confirm.
    """
    quote = bill.quote
    return {
        "lines": [
            {
                "product_id": line.product.id,
                "title": line.product.title,
                "quantity": line.quantity,
                "available": line.product.available,
                "price_minor": line.price_minor,
                "list_price_minor": line.product.price_minor,
                "total_minor": line.total_minor,
                "discount": line.discount and line.discount.title,
            }
            for line in quote.lines
        ],
        "missing": list(quote.missing),
        "short": [list(pair) for pair in quote.short],
        "total_minor": quote.total_minor,
        "list_total_minor": quote.list_total_minor,
        "currency": quote.currency if quote.lines else None,
        "fingerprint": quote.fingerprint if quote.lines else None,
        "promo_code": quote.promo_code,
        "promo": _promo(bill),
        "balance_minor": bill.balance_minor,
        "from_balance_minor": bill.from_balance_most_minor,
    }


def _promo(bill: Bill) -> Json | None:
    """What the promo code does, in a word, and from which quantity; None without a code."""
    if bill.quote.promo_code is None:
        return None
    if bill.promo_refused is not None:
        return {"says": bill.promo_refused, "quantity": 1}
    effect, quantity = promo_effect(bill.quote)
    return {"says": effect, "quantity": quantity}


def shown_order(
    order: Order,
    now: datetime,
    goods: Sequence[Goods] | None,
    offered: Sequence[str],
    complaint: Complaint | None,
    language: Language,
) -> Json:
    """One order, its goods if it has been delivered, who takes what is to be paid, and what was said of it
    to the shop; None where nothing can be.
    """
    held = order.status == "awaiting_payment" and order.reserved_until is not None
    return {
        "number": order.number,
        "status": order.status,
        "status_name": STATUSES[language].order[order.status],
        "lines": [
            {
                "product_id": line.product_id,
                "title": line.title,
                "quantity": line.quantity,
                "price_minor": line.price_minor,
                "list_price_minor": line.list_price_minor,
                "total_minor": line.total_minor,
            }
            for line in order.lines
        ],
        "total_minor": order.total_minor,
        "balance_minor": order.balance_minor,
        "to_pay_minor": order.to_pay_minor,
        "providers": list(offered),
        "currency": order.currency,
        "promo_code": order.promo_code,
        "contact": order.contact,
        "created_at": order.created_at.isoformat(),
        "seconds_left": max(0.0, (order.reserved_until - now).total_seconds())
        if held and order.reserved_until
        else None,
        "goods": None if goods is None else [_goods(one) for one in goods],
        "complaint": _complaint(complaint) if complaint is not None or order.status in ABOUT else None,
    }


def shown_summary(order: OrderSummary, language: Language) -> Json:
    """A row of the list of orders."""
    return {
        "number": order.number,
        "status": order.status,
        "status_name": STATUSES[language].order[order.status],
        "items": order.items,
        "total_minor": order.total_minor,
        "currency": order.currency,
        "created_at": order.created_at.isoformat(),
    }


def shown_policy(html: str) -> Json:
    """A text written for the chat, as paragraphs without its marks."""
    text = unescape(TAG.sub("", html))
    return {"paragraphs": [part.strip() for part in text.split("\n\n") if part.strip()]}


def shown_providers(providers: Mapping[str, PaymentProvider], language: Language) -> list[Json]:
    """The accounts to pay at, in the order in which they are offered."""
    return [
        {
            "name": name,
            "title": TEXTS[language].orders.provider(provider.kind),
            "test": provider.test,
        }
        for name, provider in providers.items()
    ]


def _product(bot: str, product: Product) -> Json:
    # Discounts with a code are for those who know it, so they stay here.
    public = [one for one in product.discounts if one.promo_code is None]
    return {
        "id": product.id,
        "category_id": product.category_id,
        "title": product.title,
        "description": product.description,
        "picture": page_path(bot, f"api/pictures/{product.picture}") if product.picture else None,
        "currency": product.currency,
        "available": product.available,
        "list_price_minor": product.price_minor,
        "price_minor": product.unit_price(1)[0],
        "discounts": [
            {
                "title": one.title,
                "min_quantity": one.min_quantity,
                "percent": one.percent,
                "price_minor": one.price_minor,
            }
            for one in public
        ],
    }


def _goods(one: Goods) -> Json:
    about = {"title": one.title, "kind": one.kind, "dead": one.dead}
    if one.kind == "file":
        return {**about, "file_name": one.file_name, "bytes": len(one.content)}
    return {**about, "text": one.content.decode(errors="replace")}


def _complaint(complaint: Complaint | None) -> Json:
    return {
        "open": complaint is not None and complaint.open,
        "messages": [
            {"by_shop": one.who is not None, "text": one.text, "at": one.at.isoformat()}
            for one in (complaint.messages if complaint is not None else ())
        ],
    }
