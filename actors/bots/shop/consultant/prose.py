"""Which sentences of a model's prose may be shown.

The model is not trusted: it may be wrong, or talked into something, or somebody else's. So prose may
advise, ask, compare and describe, and states nothing that a block of ours states (`blocks.py`). A sentence
is shown when

- its form is that of prose: no number, no money, no link (`form.py`), no name of a product that is not ours
  (`names.py`);
- the products it names were looked up in this turn, and it offers none that is sold out;
- it makes no statement on price, discount, payment, stock, delivery, dates, terms: what it means is judged
  (`judge/`), as a whole and in its parts.

Sentences fall one by one: dropping the whole answer for one statement loses the honest sentences beside it
and catches nothing more.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailroom.actors.bots.shop.consultant import form, names
from mailroom.actors.bots.shop.consultant.facts import Facts
from mailroom.actors.bots.shop.consultant.judge.judge import (
    PART_FROM,
    STATEMENT_FROM,
    UnjudgedError,
    marks,
)
from mailroom.actors.bots.shop.consultant.mentions import Mention, find_mentions
from mailroom.actors.bots.shop.consultant.wording import clauses, sentences
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.texts.language import Language
from mailroom.actors.uses.cpu import Cpu

AVAILABLE = re.compile(
    r"\b(?:в наличии|у нас есть|есть (?:у нас|сейчас)|можно купить|доступ[ен]\w*|осталось|имеется"
    r"|купите|берите|закажите"
    r"|in stock|available|you can (?:buy|get|have|take)|ready|left|have it|buy it|take it)\b",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:не|нет|ни|без|кроме|вместо|к сожалению|увы|no|not|none|never|cannot|without|except|instead"
    r"|unfortunately"
    r"|sorry|\w+n['’]t)\b",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\d+(?:[.,]\d+)?[\s-]+[^\W\d_]{2,}")
"""A number with what it counts."""
BLANK = "\x00"
NAMED = re.compile(BLANK + "+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a sentence must not be shown."""

    why: str
    what: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What is left of some prose, and what is not."""

    shown: str
    refused: Sequence[Refusal]


async def judged(
    cpu: Cpu, text: str, facts: Facts, shop: Sequence[Product], language: Language, question: str = ""
) -> Judged:
    """Drop what must not be said from a cleaned text."""
    # A long text among many goods takes as long as some chats together.
    mentions, bare, places, faults = await asyncio.to_thread(_looked_over, text, facts, shop, question)
    try:
        whys = [
            why or await _meant(cpu, bare[slice(*place)], language)
            for place, why in zip(places, faults, strict=True)
        ]
    except UnjudgedError as error:
        return Judged("", [Refusal("unjudged", str(error))])
    refused = [Refusal(why, text[slice(*at)].strip()) for at, why in zip(places, whys, strict=True) if why]
    kept = [place for place, why in zip(places, whys, strict=True) if why is None]
    if refused and not any(_in(mentions, *place) for place in kept):
        # A greeting and "Shall I go on?" make no answer when what stood between them is gone.
        kept = []
    return Judged("".join(text[slice(*place)] for place in kept).strip(), refused)


def _looked_over(
    text: str, facts: Facts, shop: Sequence[Product], question: str
) -> tuple[list[Mention], str, list[tuple[int, int]], list[str | None]]:
    """Who is named in the text, the text without them, its sentences, and what is wrong with the letters of
    each.
    """
    mentions = find_mentions(text, shop)
    bare = _without(text, mentions, facts)
    places = sentences(bare)
    faults = [
        _fault(bare[start:end], _in(mentions, start, end), facts, shop, question) for start, end in places
    ]
    return mentions, bare, places, faults


def _fault(
    sentence: str, mentions: Sequence[Mention], facts: Facts, shop: Iterable[Product], question: str
) -> str | None:
    if any(not any(slug in facts for slug in one.slugs) for one in mentions):
        # Not read in this turn, or gone from the shop meanwhile.
        return "not_looked_up"
    if why := form.fault(sentence):
        return why
    if AVAILABLE.search(sentence) and not NEGATION.search(sentence):
        for one in mentions:
            known = [product for slug in one.slugs if (product := facts.get(slug))]
            if known and not any(product.available for product in known):
                return "sold_out"
    return "unknown_product" if names.unknown_name(sentence, shop, question) else None


async def _meant(cpu: Cpu, sentence: str, language: Language) -> str | None:
    """What is wrong with what a sentence means, as a whole or in one of its parts. Raises `UnjudgedError`."""
    said = " ".join(NAMED.sub(f" {TEXTS[language].consultant.instead} ", sentence).split())
    whole, *parts = await marks(cpu, [said, *clauses(said)])
    return "statement" if whole >= STATEMENT_FROM or max(parts, default=PART_FROM - 1) >= PART_FROM else None


def _in(mentions: Iterable[Mention], start: int, end: int) -> list[Mention]:
    return [one for one in mentions if start <= one.start < end]


def _without(text: str, mentions: Iterable[Mention], facts: Facts) -> str:
    """The text with a blank where a product is named, and where a number is told as a description has it:
    every other letter stays at its place.
    """
    chars = list(text)
    described = " ".join(f"{one.title}. {one.description}" for one in facts).casefold()
    for counted in COUNTED.finditer(text):
        if re.search(rf"(?<!\w){re.escape(counted[0].casefold())}(?!\w)", described):
            for at in range(counted.start(), counted.end()):
                if not chars[at].isalpha():
                    chars[at] = " "
    for one in mentions:
        chars[one.start : one.end] = BLANK * (one.end - one.start)
    return "".join(chars)
