"""Finding products by words, without a model: for its tools, and for answers where there is none."""

import re
from collections.abc import Iterable, Sequence

from mailroom.actors.bots.shop.domain.product import Product

WORD = re.compile(r"[^\W_]+")
STEM_CHARS = 5
"""Russian endings change; beginnings of this length tell most words apart, in English too."""
SHORT_CHARS = 2
COMMON = frozenset(
    WORD.findall(
        "a an and any are can could do does for from have how i in is it me my of on one or please some"
        " something"
        " that the there to want what which with would you your need looking best good show tell about get"
        " buy"
        " а без бы в вы где для до его есть ещё за и из или как какой какая какие ко ли мне мои мой мы на"
        " нам нас"
        " не нет но ну о об от по подскажите помогите при про с со так там то только ты у уже хочу хотел"
        " хотела"
        " чем что чтобы это этот эта эти я можно нужно нужен нужна посоветуйте посоветуете какую купить"
        " покажите"
        " сколько стоит"
    )
)
"""Words that tell nothing about what somebody is looking for."""


def stem(word: str) -> str:
    """The part of a word that its forms share."""
    folded = word.casefold().replace("ё", "е")
    return folded[:STEM_CHARS] if len(folded) > STEM_CHARS else folded


def stems(text: str) -> set[str]:
    """The stems of all words of a text."""
    return {stem(word) for word in WORD.findall(text)}


def asked_for(text: str) -> set[str]:
    """The stems that tell what somebody is looking for."""
    return {
        stem(word)
        for word in WORD.findall(text)
        if len(word) >= SHORT_CHARS and word.casefold() not in COMMON and not word.isdigit()
    }


def rank(text: str, products: Iterable[Product], shelves: dict[int, str], *, most: int) -> Sequence[Product]:
    """The products that a text seems to be about, the best first. `shelves` are category titles by id."""
    wanted = asked_for(text)
    scored: list[tuple[int, int, Product]] = []
    for place, product in enumerate(products):
        score = 4 * len(wanted & stems(f"{product.title} {product.slug}"))
        score += 2 * len(wanted & stems(shelves.get(product.category_id, "")))
        score += len(wanted & stems(product.description))
        if score:
            # What can be bought comes first among equals.
            scored.append((-score * 2 - (product.available > 0), place, product))
    scored.sort(key=lambda one: one[:2])
    return [product for _, _, product in scored[:most]]
