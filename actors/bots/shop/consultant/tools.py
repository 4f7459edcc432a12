"""What the model may ask for, and the answers, which come from the view at that moment."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import Pool
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mailroom.actors.bots.shop import catalog
from mailroom.actors.bots.shop.consultant.context import CUSTOMER, Context
from mailroom.actors.bots.shop.consultant.facts import Facts, Offer
from mailroom.actors.bots.shop.consultant.search import rank
from mailroom.actors.bots.shop.domain.cart import QUANTITY_MAX
from mailroom.actors.bots.shop.domain.discounts import parse_promo_code
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.domain.quote import Least, no_least
from mailroom.actors.bots.shop.promo_refusal import why_refused
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.providers.openai import ToolCall
from mailroom.actors.texts.language import Language
from mailroom.storage.wrong_values import in_a_sentence

FOUND_MAX = 6
"""More than a customer wants to choose from."""
SLUGS_MAX = 8
TEXT_CHARS_MAX = 200
CODE = re.compile(r"[A-Za-z0-9_-]+")


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FindProducts(_Arguments):
    """What is asked for, in words, or all of a category."""

    query: str | None = Field(default=None, max_length=TEXT_CHARS_MAX)
    category: str | None = Field(default=None, max_length=TEXT_CHARS_MAX)


class GetProducts(_Arguments):
    """Known products, by slug."""

    slugs: list[str] = Field(min_length=1, max_length=SLUGS_MAX)
    promo_code: str | None = Field(default=None, max_length=TEXT_CHARS_MAX)


class OfferPayment(_Arguments):
    """One product, so many of it."""

    slug: str = Field(max_length=TEXT_CHARS_MAX)
    quantity: int = Field(default=1, ge=1, le=QUANTITY_MAX)


def _tool(
    name: str, description: str, properties: Mapping[str, Any], required: Sequence[str]
) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


SCHEMAS = [
    _tool(
        "find_products",
        "Find products by words or by category, with their prices, discounts and availability now.",
        {
            "query": {"type": "string", "description": "What the customer looks for, in a few words"},
            "category": {"type": "string", "description": "The title of a category"},
        },
        [],
    ),
    _tool(
        "get_products",
        "Prices, discounts and availability of known products now.",
        {
            "slugs": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": SLUGS_MAX},
            "promo_code": {"type": "string", "description": "Only a code that the customer has written"},
        },
        ["slugs"],
    ),
    _tool(
        "offer_payment",
        "Show the customer a card with a pay button for one product. Price and stock are checked again.",
        {
            "slug": {"type": "string"},
            "quantity": {"type": "integer", "minimum": 1, "maximum": QUANTITY_MAX},
        },
        ["slug", "quantity"],
    ),
]


@dataclass(frozen=True, slots=True)
class Result:
    """What the model is told. `wrong` when it asked for something that is no tool or has no sense."""

    content: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of one turn; what they find out goes into the facts."""

    database: Pool
    language: Language
    facts: Facts
    context: Context
    question: str
    least: Least = no_least
    """The smallest sum that can be asked for: what is offered can be paid."""

    async def run(self, call: ToolCall) -> Result:
        """Do what the model asks for. Its mistakes are told, never raised."""
        arguments = call.arguments
        if arguments is None:
            return _wrong("the arguments are not a JSON object")
        try:
            match call.name:
                case "find_products":
                    return await self._find(FindProducts.model_validate(arguments))
                case "get_products":
                    return await self._get(GetProducts.model_validate(arguments))
                case "offer_payment":
                    return await self._offer(OfferPayment.model_validate(arguments))
        except ValidationError as error:
            return _wrong(f"the arguments do not fit: {in_a_sentence(error)}")
        return _wrong("there is no such tool: use find_products, get_products or offer_payment")

    async def read(self, slugs: Sequence[str]) -> list[Product]:
        """Ask the view for products by slug, and remember what it said; those that are gone are forgotten."""
        found = []
        for slug in dict.fromkeys(slugs):
            product = await catalog.find_by_slug(self.database, self.language, slug.replace("\x00", ""))
            if product is None:
                self.facts.forget(slug)
            else:
                found.append(product)
        self.facts.learn(found)
        return found

    async def search(self, text: str, most: int = FOUND_MAX) -> list[Product]:
        """What fits some words, from the view, remembered too."""
        shelves = {one.id: one.title for one in await catalog.list_categories(self.database, self.language)}
        found = list(rank(text, await catalog.assortment(self.database, self.language), shelves, most=most))
        self.facts.learn(found)
        return found

    async def _find(self, wanted: FindProducts) -> Result:
        if not (wanted.query or wanted.category):
            return _wrong("query or category is needed")
        if wanted.category and not wanted.query:
            found = await self._shelf(wanted.category)
        else:
            found = await self.search(f"{wanted.query} {wanted.category or ''}")
        return _told({"products": [self._described(one) for one in found]})

    async def _shelf(self, title: str) -> list[Product]:
        folded = title.casefold().strip()
        shelves = await catalog.list_categories(self.database, self.language)
        ids = {one.id for one in shelves if folded and folded in one.title.casefold()}
        products = await catalog.assortment(self.database, self.language)
        found = [one for one in products if one.category_id in ids][:FOUND_MAX]
        self.facts.learn(found)
        return found or await self.search(title)

    async def _get(self, wanted: GetProducts) -> Result:
        found = await self.read(wanted.slugs)
        known = {one.slug for one in found}
        told: dict[str, Any] = {}
        if wanted.promo_code:
            told["promo_code"] = await self._promo(wanted.promo_code)
        told["products"] = [self._described(one) for one in found]
        if unknown := [slug[:64] for slug in wanted.slugs if slug not in known]:
            told["not_on_sale"] = unknown
        return _told(told)

    async def _promo(self, text: str) -> str:
        """A code counts if the customer wrote it: the model has no codes to try out."""
        self.facts.promo_asked = True
        code = parse_promo_code(text)
        if code is None or code not in self._codes_written():
            return "not valid"
        if await why_refused(self.database, code) is not None:
            return "not valid"
        self.facts.promo_code = code
        return "valid; it is entered in the cart"

    def _codes_written(self) -> set[str]:
        said = [text for who, text in self.context.said if who == CUSTOMER]
        return {word.upper() for text in (self.question, *said) for word in CODE.findall(text)}

    async def _offer(self, wanted: OfferPayment) -> Result:
        found = await self.read([wanted.slug])
        if not found:
            return _wrong("there is no such product: use a slug of the assortment")
        product = found[0]
        offer = Offer.of(product, wanted.quantity, self.least)
        if offer is None:
            return _told(
                {"offered": False, "why": "not enough in stock", "product": self._described(product)}
            )
        self.facts.offer = offer
        total = format_money(offer.quote.total_minor, product.currency, self.language)
        return _told(
            {
                "offered": True,
                "title": product.title,
                "quantity": offer.quantity,
                "total": total,
                "note": "A card with the price and a pay button is shown under your answer.",
            }
        )

    def _described(self, product: Product) -> dict[str, Any]:
        def money(minor: int) -> str:
            return format_money(minor, product.currency, self.language)

        now, discount = product.unit_price(1)
        told: dict[str, Any] = {
            "slug": product.slug,
            "title": product.title,
            "description": product.description[:TEXT_CHARS_MAX],
            "price": money(now),
            "available": product.available,
        }
        if discount is not None:
            told["price_before_discount"] = money(product.price_minor)
        if discounts := self.facts.discounts(product):
            told["discounts"] = [
                {
                    "title": one.title,
                    "percent": one.percent,
                    "from_quantity": one.min_quantity,
                    "price_of_one": money(product.unit_price(one.min_quantity, one.promo_code)[0]),
                }
                | ({"promo_code": one.promo_code} if one.promo_code else {})
                for one in discounts
            ]
        return told


def _told(content: Mapping[str, Any]) -> Result:
    return Result(json.dumps(content, ensure_ascii=False))


def _wrong(why: str) -> Result:
    return Result(json.dumps({"error": why}, ensure_ascii=False), wrong=True)
