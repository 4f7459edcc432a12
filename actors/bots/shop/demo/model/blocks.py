"""The consultant's answer in blocks, for a prompt that asks for them: prose, and names of facts that the
shop writes.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailroom.actors.bots.shop.demo.model.found import Found
from mailroom.actors.bots.shop.demo.model.texts import Texts

ASKED = re.compile(r'\{"blocks"')
SHOWN_MAX = 3

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """What the tools said, and what the question was after."""

    found: Sequence[Found]
    offers: Sequence[Mapping[str, Any]]
    promo: bool
    haggles: bool
    asks_price: bool
    asks_stock: bool
    asks_discount: bool
    asks_cheapest: bool
    thanks: bool
    talks: bool
    failed: bool


def told(blocks: Sequence[Block]) -> str:
    """As it is sent."""
    return json.dumps({"blocks": list(blocks)}, ensure_ascii=False)


def prose(text: str) -> Block:
    """Words of the script's own."""
    return {"kind": "prose", "text": text}


def answered(given: Given, say: Texts) -> list[Block]:
    """The answer."""
    said: list[Block] = [{"kind": "prices_fixed"}] if given.haggles else []
    said += [{"kind": "promo"}] if given.promo else []
    if given.offers:
        return [*said, *_of_offer(given.offers[-1], say)]
    if given.found:
        return [*said, *_of_products(given, say)]
    if said:
        return said
    if given.failed:
        return [prose(say.look)]
    if given.talks:
        return [prose(say.welcome if given.thanks else say.hello)]
    return [{"kind": "not_here"}]


def _of_offer(offer: Mapping[str, Any], say: Texts) -> list[Block]:
    if offer["offered"]:
        return [prose(say.ready)]
    product = Found.read(offer.get("product"))
    if product is None:
        return [prose(say.look)]
    return [prose(say.sorry), {"kind": "stock", "slug": product.slug}]


def _of_products(given: Given, say: Texts) -> list[Block]:
    buyable = [one for one in given.found if one.available]
    gone = [one for one in given.found if not one.available]
    shown = [one.slug for one in [*buyable, *gone][:SHOWN_MAX]]
    # Who asks for a price wants a price; who asks what to take wants to know what it is.
    kind = "stock" if given.asks_stock else "discount" if given.asks_discount else "about"
    if kind == "about" and (given.asks_price or given.haggles or given.promo):
        kind = "product"
    blocks: list[Block] = [{"kind": kind, "slug": slug} for slug in shown]
    if given.asks_cheapest and len(buyable) > 1:
        blocks.append({"kind": "cheapest", "slugs": shown})
    if not buyable:
        return blocks
    intro = [prose(say.several)] if len(shown) > 1 else []
    return [*intro, *blocks, prose(say.choose_one if len(shown) > 1 else say.take_it)]
