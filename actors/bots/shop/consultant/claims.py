"""What a number in a sentence claims: a price, how many there are, or merely a count. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from actors.bots.shop.consultant import words
from actors.bots.shop.consultant.amounts import PRICE_WORD, Number, find_numbers
from actors.bots.shop.consultant.facts import Facts
from actors.bots.shop.consultant.mentions import Mention
from actors.bots.shop.product import Product
from actors.providers.payments import MINOR_DIGITS, MINOR_DIGITS_DEFAULT

PROMO_WORD = re.compile(r"промокод|промо|promo|\bcode\b|\bкод", re.IGNORECASE)
TITLE_BEFORE = re.compile('\x00[\\s:(,–—»”"-]*$')
"""Right after the blanks where a product's name was."""
FOR_BEFORE = re.compile(r"\b(?:for|at|за|по|only|just|всего|лишь)\s+$", re.IGNORECASE)
BEFORE_CHARS = 40
"""How far before a number a word says what it is."""
SMALL = 10
"""Numbers below this count things in many an honest sentence."""

Counts = frozenset[tuple[str, str]]
"""Numbers that are known, as they are written, each with the beginning of the word that it counts."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with blanks where products are named; places in it are places in the whole text."""

    start: int
    text: str
    mentions: Sequence[Mention]
    numbers: Sequence[Number]


def is_price(sentence: Sentence, number: Number, known: Counts) -> bool:
    """Whether a number will be read as a price: by its currency, by a word of price before it, because it
    follows a product's name, or because it stands alone where a price would.
    """
    if number.percent:
        return False
    if number.currency:
        return True
    if _is_list_marker(sentence, number):
        return False
    before = _before(sentence, number)
    if _is_stock(sentence, number):
        return False
    if PRICE_WORD.search(before) and not _is_quantity(number, known):
        return True
    if (TITLE_BEFORE.search(before) or FOR_BEFORE.search(before)) and not _is_quantity(number, known):
        return not number.next_word or (_written(sentence, number), _stem(number.next_word)) not in known
    return not number.next_word and not number.glued and not before.rstrip().endswith(("×", "x", "х", "№"))


def is_true(number: Number, product: Product, sentence: Sentence, facts: Facts) -> bool:
    """Whether a price is one that the product has now, with what has to be said beside it to make it true."""
    if number.value is None or number.currency not in (None, product.currency) or number.glued:
        return False
    if number.currency is None and number.next_word.casefold() not in {"", *words.AFTER_PRICE}:
        return False
    minor = number.value * 10 ** MINOR_DIGITS.get(product.currency, MINOR_DIGITS_DEFAULT)
    said = {one.value for one in sentence.numbers if one is not number and one.value is not None}
    now = product.unit_price(1)[0]
    for amount in facts.amounts(product):
        if amount.minor != minor:
            continue
        if amount.quantity > 1 and Decimal(amount.quantity) not in said:
            continue
        if amount.promo and not PROMO_WORD.search(sentence.text):
            continue
        scale = 10 ** MINOR_DIGITS.get(product.currency, MINOR_DIGITS_DEFAULT)
        if amount.before_discount and Decimal(now) / scale not in said:
            continue
        return True
    return False


def is_count(sentence: Sentence, number: Number, known: Counts, facts: Facts) -> bool:
    """Whether a number merely counts something, and what it counts is known or few."""
    written = _written(sentence, number)
    if number.glued:
        return (written, number.glued.casefold()) in known
    if _is_list_marker(sentence, number) or (written in ("24", "7") and "24/7" in sentence.text):
        return True
    if number.value is None:
        return False
    if _is_stock(sentence, number):
        return number.value in {one.available for one in facts}
    if number.value < SMALL and number.value % 1 == 0:
        return True
    return _is_quantity(number, known) or (written, _stem(number.next_word)) in known


def _is_stock(sentence: Sentence, number: Number) -> bool:
    """Whether a number says how many there are: `3 left`, `осталось 3`."""
    return not number.currency and (
        number.next_word.casefold() in words.LEFT
        or bool(words.COUNTED.search(_before(sentence, number)) and not number.next_word)
    )


def _is_quantity(number: Number, known: Counts) -> bool:
    """Whether a number says how many are bought: `3 pcs`, or `3 for`, where 3 are offered."""
    word = number.next_word.casefold()
    if number.value is None or not word:
        return False
    if word in words.PIECES and number.value <= SMALL:
        return True
    return word in words.PIECES | words.FOR and (str(int(number.value)), "") in known


def _written(sentence: Sentence, number: Number) -> str:
    return sentence.text[number.start - sentence.start : number.end - sentence.start]


def _before(sentence: Sentence, number: Number) -> str:
    return sentence.text[max(0, number.start - sentence.start - BEFORE_CHARS) : number.start - sentence.start]


def _is_list_marker(sentence: Sentence, number: Number) -> bool:
    at = number.start - sentence.start
    after = sentence.text[number.end - sentence.start :]
    return (
        not sentence.text[:at].strip(" -•")
        and bool(re.match(r"[.)]\s", after))
        and (number.value or 99) < SMALL
    )


def known_counts(facts: Facts) -> Counts:
    """Numbers with the word after them, as the descriptions have them; and quantities of offers and
    discounts, which count anything.
    """
    known: set[tuple[str, str]] = set()
    for product in facts:
        text = f"{product.title}. {product.description}"
        for number in find_numbers(text):
            written = text[number.start : number.end]
            if counted := number.glued.casefold() or _stem(number.next_word):
                known.add((written, counted))
        known.update((str(one.min_quantity), "") for one in facts.discounts(product) if one.min_quantity > 1)
    if facts.offer is not None and facts.offer.quantity > 1:
        known.add((str(facts.offer.quantity), ""))
    return frozenset(known)


def _stem(word: str) -> str:
    return word.casefold()[:4]
