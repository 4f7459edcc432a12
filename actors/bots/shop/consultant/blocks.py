"""What a model's answer is made of: prose, and blocks that name facts and leave the writing of them to us.
Pure.

An answer is `{"blocks": [{"kind": "prose", "text": "…"}, {"kind": "product", "slug": "…"}]}` in the words
of the model: neither a tool nor a `response_format`, because any endpoint and any model can do it, it costs
no further round, and it can be shown while it is being written. What is no such object is one block of
prose; what breaks off in the middle is read as far as its blocks are whole, so nobody ever sees a brace.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailroom.actors.bots.shop.domain.cart import QUANTITY_MAX

BLOCKS_MAX = 16
SLUGS_MAX = 6
SLUG_CHARS_MAX = 64

PROSE = "prose"
OF_PRODUCTS = {
    "product": "price, discounts and availability of a product",
    "about": "what a product is: its description, word by word",
    "comparison": "two or more products side by side",
    "cheapest": "which of two or more products costs least",
    "price": "what `quantity` of a product cost together",
    "discount": "the discounts of a product, or that it has none",
    "stock": "whether a product can be had, and how many",
}
"""Blocks about products that a tool has returned in this turn, with what they say."""
OF_THE_SHOP = {
    "promo": "whether the promo code of the customer counts",
    "prices_fixed": "that only the shop makes prices and discounts",
    "delivery": "how goods come",
    "payment": "how one pays",
    "terms": "refunds and other terms",
    "order_status": "where the customer's orders are",
    "cart": "where the cart is",
    "owner": "how to reach a human",
    "not_here": "that the shop has nothing like that",
}
"""Blocks about the shop, with what they say."""

_START = re.compile(r'^\s*(?:```\w*\s*)?(?:\{\s*"blocks"\s*:\s*)?\[\s*(?=\{|\])|^\s*(?:```\w*\s*)?\{')
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an answer. `text` is prose as the model wrote it; the others name what is to be written."""

    kind: str
    text: str = ""
    slugs: tuple[str, ...] = ()
    quantity: int = 1


def read(said: str) -> list[Block]:
    """The blocks of an answer, as far as it has come."""
    start = _START.match(said)
    if start is None:
        return [Block(PROSE, text=said)] if said.strip() else []
    if start[0].rstrip().endswith("{"):
        # One block without a list, or something else that is no answer.
        found = _objects(said, start.end() - 1)
    else:
        found = _objects(said, start.end())
    return [block for one in found if (block := _block(one)) is not None][:BLOCKS_MAX]


def _objects(said: str, at: int) -> Iterator[Any]:
    """The whole objects of a list that may be broken off."""
    decoder = json.JSONDecoder()
    while at < len(said):
        try:
            one, at = decoder.raw_decode(said, at)
        except (ValueError, RecursionError):
            return
        if isinstance(one, dict):
            several = one.get("blocks", [one])
            yield from several if isinstance(several, list) else ()
        between = _BETWEEN.match(said, at)
        at = between.end() if between else at


def _block(given: Any) -> Block | None:
    """A block, or None for what is none. More than it needs is not looked at: a price in it is nobody's."""
    if not isinstance(given, Mapping):
        return None
    kind, text = given.get("kind"), given.get("text")
    if not isinstance(kind, str):
        return None
    if kind == PROSE:
        return Block(PROSE, text=text) if isinstance(text, str) and text.strip() else None
    if kind in OF_PRODUCTS:
        slugs = _slugs(given)
        return Block(kind, slugs=slugs, quantity=_quantity(given)) if slugs else None
    return Block(kind) if kind in OF_THE_SHOP else None


def _slugs(given: Mapping[str, Any]) -> tuple[str, ...]:
    named = given.get("slugs")
    several = named if isinstance(named, list) else []
    slugs = [one for one in [given.get("slug"), *several] if isinstance(one, str)]
    return tuple(dict.fromkeys(one for one in slugs if 0 < len(one) <= SLUG_CHARS_MAX))[:SLUGS_MAX]


def _quantity(given: Mapping[str, Any]) -> int:
    quantity = given.get("quantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        return 1
    return quantity if 1 <= quantity <= QUANTITY_MAX else 1
