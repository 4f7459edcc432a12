"""Which products a text speaks of. Pure.

A product is known by its title, by the part of its title before a colon or within quotes, and by its slug;
Russian words by their beginnings, as their endings change. The longest name wins where one is part of
another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mailroom.actors.bots.shop.domain.product import Product

QUOTED = re.compile(r"[«“\"„]([^»”\"“]{2,})[»”\"“]")
ENDING_CHARS = 2
"""How much of a Russian word its cases change."""
STEM_CHARS_MIN = 3
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that speaks of a product, or of one of several that share a name."""

    start: int
    end: int
    slugs: frozenset[str]


def find_mentions(text: str, products: Iterable[Product]) -> list[Mention]:
    """All mentions, from left to right; none within another."""
    named: dict[str, set[str]] = {}
    for product in products:
        for name in names(product):
            named.setdefault(name, set()).add(product.slug)
    found: list[Mention] = []
    folded = text.casefold()
    for name in sorted(named, key=len, reverse=True):
        first = WORD.search(name)
        # Most products are not spoken of, and a look is cheaper than a search.
        if first is None or first[0][:STEM_CHARS_MIN].casefold() not in folded:
            continue
        pattern = _pattern(name)
        for place in pattern.finditer(text):
            overlaps = any(place.start() < one.end and one.start < place.end() for one in found)
            # A name is written with a capital; else it is the word that it was made of.
            if not overlaps and (place[0] != place[0].lower() or name.islower() or not name[0].isalpha()):
                found.append(Mention(place.start(), place.end(), frozenset(named[name])))
    return sorted(found, key=lambda one: one.start)


def mentioned(text: str, products: Iterable[Product]) -> list[str]:
    """The slugs of the products that a text speaks of, in order."""
    return list(dict.fromkeys(slug for one in find_mentions(text, products) for slug in sorted(one.slugs)))


def names(product: Product) -> set[str]:
    """What a product may be called."""
    title = product.title
    known = {title, product.slug}
    head = title.partition(":")[0].strip()
    if head != title:
        known.add(head)
    known.update(QUOTED.findall(title))
    return {name for name in known if name}


@lru_cache(maxsize=4_096)
def _pattern(name: str) -> re.Pattern[str]:
    words = WORD.findall(name)
    # Punctuation between the words may differ: quotes, colons and dashes are written in many ways.
    return re.compile(
        r"(?<![^\W_])" + r"[\W_]{1,4}".join(map(_inflected, words)) + r"(?![^\W_])", re.IGNORECASE
    )


def _inflected(word: str) -> str:
    if not re.search("[а-яё]", word, re.IGNORECASE):
        return re.escape(word)
    stem = word[: max(STEM_CHARS_MIN, len(word) - ENDING_CHARS)]
    if len(word) <= STEM_CHARS_MIN:
        return re.escape(word)
    return re.escape(stem) + r"[а-яё]{0,4}"
