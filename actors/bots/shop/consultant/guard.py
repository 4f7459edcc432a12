"""Nothing that the view has not said in this turn gets into an answer. Pure.

The model is not trusted: it may be wrong, or talked into something, or somebody else's. So its words are read
before a customer reads them, and refused when they hold

- a sum that is not a true price of the product it is said of, another currency, a price without a number;
- a discount, a number or a product that the facts do not know;
- a claim that something sold out is to be had;
- a link, an address, a phone number.

Which price is whose: a price belongs to the one product that was named since the price before it, or, where
none was, to the one named last. Where that is not one product, the price is nobody's, and refused.

What is refused wrongly costs little: the customer gets the same facts in plain words instead.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from actors.bots.shop.consultant import words
from actors.bots.shop.consultant.amounts import (
    PRICE_WORD,
    Number,
    find_numbers,
    loose_currency,
    worded_amount,
)
from actors.bots.shop.consultant.claims import Counts, Sentence, is_count, is_price, is_true, known_counts
from actors.bots.shop.consultant.facts import Facts
from actors.bots.shop.consultant.mentions import Mention, find_mentions
from actors.bots.shop.product import Product

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^\Wа-яa-z]|[«“\"„•*-])|\n+")
"""A new sentence begins with a capital, a digit or a sign: `990 руб. за год` is one."""
LINKS = re.compile(
    r"https?:|www\.|t\.me|tg:|@\w|\+\d[\d ()-]{6,}|\b[a-z0-9-]{2,}\.[a-z]{2,}(?:/|\b)"
    r"|[а-яё0-9-]{2,}\.(?:рф|рус|онлайн|сайт|москва|дети)\b",
    re.IGNORECASE,
)
FILES = re.compile(
    r"\b(?:e\.g|i\.e|node\.js|\w+\.(?:xmp|lut|pdf|raw|jpg|png|mp3|mp4|exe|docx?|xlsx?))\b", re.IGNORECASE
)
MARKUP = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^#{1,6}\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text must not be shown."""

    why: str
    what: str


def clean(text: str) -> str:
    """The text as it is checked and shown: signs that nobody sees and marks that nobody needs are gone."""
    text = unicodedata.normalize("NFKC", text)
    seen = "".join(
        char
        for char in text
        if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Mn", "Me")
    )
    seen = MARKUP.sub("", seen)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", seen)).strip()


def check(text: str, facts: Facts, assortment: Iterable[Product], question: str = "") -> Refusal | None:
    """Why a cleaned text must not be shown, or None. `question` is what it answers: products that the
    customer named may be said not to be here.
    """
    shop = list(assortment)
    mentions = find_mentions(text, shop)
    for mention in mentions:
        if not any(slug in facts for slug in mention.slugs):
            return Refusal("not_looked_up", text[mention.start : mention.end])
    if link := LINKS.search(FILES.sub(" ", text)):
        return Refusal("link", link[0])
    # Names hold numbers and number words of their own.
    bare = _without(text, mentions)
    known = known_counts(facts)
    subject: frozenset[str] = frozenset()
    for sentence in _sentences(bare, mentions):
        refusal = _check_words(sentence, shop, facts, question) or _check_sold_out(sentence, facts)
        if refusal is None:
            refusal, subject = _check_numbers(sentence, subject, facts, known)
        if refusal is not None:
            return refusal
    return None


def _check_numbers(
    sentence: Sentence, subject: frozenset[str], facts: Facts, known: Counts
) -> tuple[Refusal | None, frozenset[str]]:
    """What is wrong with the numbers of a sentence, and what the next sentence is about: the products named
    since the last price.
    """
    since = sentence.start
    for number in sentence.numbers:
        subject = _named(sentence, since, number.start) or subject
        product = facts.get(next(iter(subject))) if len(subject) == 1 else None
        if is_price(sentence, number, known):
            why = _why_no_price(sentence, number, product, facts)
            since = number.end
        elif number.percent:
            percents = {one.percent for one in facts.discounts(product)} if product else set()
            why = "" if number.value in percents else "discount"
        else:
            why = "" if is_count(sentence, number, known, facts) else "number"
        if why:
            return Refusal(why, _quote(sentence, number)), subject
    return None, _named(sentence, since, sentence.start + len(sentence.text)) or subject


def _why_no_price(sentence: Sentence, number: Number, product: Product | None, facts: Facts) -> str:
    if product is None:
        return "nobodys_price"
    if words.ORDINAL.search(sentence.text) and len(list(facts)) > 1:
        return "unclear_price"
    return "" if is_true(number, product, sentence, facts) else "price"


def _named(sentence: Sentence, start: int, end: int) -> frozenset[str]:
    return frozenset(slug for one in sentence.mentions if start <= one.start < end for slug in one.slugs)


def mentioned(text: str, assortment: Iterable[Product]) -> list[str]:
    """The slugs of the products that a text speaks of, in order."""
    return list(dict.fromkeys(slug for one in find_mentions(text, assortment) for slug in sorted(one.slugs)))


def whole_sentences(text: str) -> str:
    """A text that is still being written, up to its last whole sentence."""
    ends = [found.start() for found in re.finditer(r"[.!?…](?=\s+[^\Wа-яa-z])|\n", text)]
    return text[: ends[-1] + 1].rstrip() if ends else ""


def _without(text: str, mentions: Iterable[Mention]) -> str:
    """The text with blanks where products are named: every place stays where it is."""
    chars = list(text)
    for one in mentions:
        chars[one.start : one.end] = "\x00" * (one.end - one.start)
    return "".join(chars)


def _sentences(bare: str, mentions: Sequence[Mention]) -> Iterable[Sentence]:
    cuts = [0, *(found.end() for found in SENTENCE_END.finditer(bare)), len(bare)]
    for start, end in itertools.pairwise(cuts):
        yield Sentence(
            start,
            bare[start:end],
            [one for one in mentions if start <= one.start < end],
            [
                Number(
                    one.start + start,
                    one.end + start,
                    one.value,
                    one.currency,
                    one.percent,
                    one.glued,
                    one.next_word,
                )
                for one in find_numbers(bare[start:end])
            ],
        )


def _check_words(sentence: Sentence, shop: Sequence[Product], facts: Facts, question: str) -> Refusal | None:
    if loose_currency(sentence.text):
        return Refusal("loose_currency", sentence.text)
    described = " ".join(one.description for one in facts).casefold()
    worded = worded_amount(sentence.text)
    # "Twenty conversations" are in a description; "twenty" roubles are not.
    if worded and (worded.casefold() not in described or PRICE_WORD.search(sentence.text)):
        return Refusal("worded_price", worded)
    stranger = words.unknown_name(sentence.text, shop, question)
    return Refusal("unknown_product", stranger) if stranger else None


def _check_sold_out(sentence: Sentence, facts: Facts) -> Refusal | None:
    if not words.AVAILABLE.search(sentence.text) or words.NEGATION.search(sentence.text):
        return None
    for one in sentence.mentions:
        gone = [slug for slug in one.slugs if (product := facts.get(slug)) and not product.available]
        if gone and len(gone) == len(one.slugs):
            return Refusal("sold_out", gone[0])
    return None


def _quote(sentence: Sentence, number: Number) -> str:
    at = number.start - sentence.start
    return sentence.text[max(0, at - 20) : number.end - sentence.start + 20].replace("\x00", "")
