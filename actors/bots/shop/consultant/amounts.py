"""Finding what may be read as an amount in a text: numbers with their currency, and words that stand for one.

Pure. When in doubt it finds too much: a needless find costs an answer its wording, a missed one a lie.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

CURRENCIES = (
    ("RUB", r"₽|rub|rur|руб\w*|р|rou?bles?|ruble\w*"),
    ("USD", r"\$|usd|usdt|долл\w*|бакс\w*|dollars?|bucks?"),
    ("EUR", r"€|eur|евро|euros?"),
    ("GBP", r"£|gbp|фунт\w*|pounds?|quid"),
    ("KZT", r"₸|kzt|тенге|tenge"),
    ("JPY", r"¥|jpy|cny|иен\w*|йен\w*|юан\w*|yen|yuan"),
    # No price is ever told in these.
    (
        "?",
        (
            r"₴|₺|₹|₩|₿|₫|฿|¢|uah|byn|btc|eth|ton|гривн\w*|грн|лир\w*|сом|биткоин\w*|bitcoins?|cents?|коп\w*"
            r"|pence"
            r"|xtr"
        ),
    ),
)
_ANY = "|".join(pattern for _, pattern in CURRENCIES)
BEFORE = [
    (code, re.compile(rf"(?<![^\W\d_])(?:{pattern})\s?$", re.IGNORECASE)) for code, pattern in CURRENCIES
]
AFTER = [
    (code, re.compile(rf"\s?(?:{pattern})(?![^\W\d_])\.?", re.IGNORECASE)) for code, pattern in CURRENCIES
]
CURRENCY = re.compile(rf"(?<![^\W\d])(?:{_ANY})(?![^\W\d_])", re.IGNORECASE)
"""A currency on its own or at a number. Letters on either side make it another word."""
ONLY_AT_NUMBERS = frozenset({"ton", "сом", "р", "pounds", "pound"})
"""Words with other meanings, where no number is near."""
IN_CURRENCY = re.compile(r"\b(?:в рублях|in (?:russian )?rou?bles|in rubles)\b", re.IGNORECASE)
"""What may be said of a currency without an amount."""

NUMBER = re.compile(r"\d+(?:[ .,'’\u2009\u202f\u00a0]\d+)*")
SPACE = re.compile(r"[ \u2009\u202f\u00a0]")
PERCENT = re.compile(r"\s?(?:%|процент\w*|percent\b)", re.IGNORECASE)
CURRENCY_CHARS_MAX = 16
"""How far before a number its currency begins."""
TIMES = re.compile(
    r"\s?(?:тыс|тысяч\w*|млн|миллион\w*|k|к|m|м|thousands?|hundreds?|millions?|сот\w*)(?![^\W\d_])",
    re.IGNORECASE,
)
"""What makes another number of the one before it."""
GROUPED = re.compile(r"\d{1,3}(?:([ .,'’\u2009\u202f\u00a0])\d{3})(?:\1\d{3})*")
FRACTION = re.compile(r"[.,](\d{1,2})")

SPELLED = re.compile(
    r"\b(?:"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|grand|dozens?"
    r"|двадцат\w*|тридцат\w*|сорок\w*|(?:пять|шесть|семь|восемь)десят\w*|(?:пяти|шести|семи|восьми)десят\w*"
    r"|девяност\w*|сто|ста|двести|двухс\w*|триста|тр[её]хс\w*|четырест\w*|четыр[её]хс\w*"
    r"|(?:пят|шест|сем|восем|восьм|девят)[ьи]сот\w*"
    r"|тысяч\w*|тыщ\w*|миллион\w*|полтор\w*|полтыс\w*|косар\w*|сотн\w*|сотк\w*|дюжин\w*|пятихат\w*"
    r")\b",
    re.IGNORECASE,
)
"""Large numbers in words. Small ones are part of many an honest sentence."""
SMALL = re.compile(
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|ноль|нуля|один|одна|одну|одного|два|две|двух|три|тр[её]х|четыре|четыр[её]х|пять|пяти|шесть|шести"
    r"|семь|семи"
    r"|восемь|восьми|девять|девяти|десять|десяти|\w+надцать|\w+надцати)",
    re.IGNORECASE,
)
PRICE_WORD = re.compile(
    r"\b(?:цен[аыуеой]\w{0,2}|сто[ия]т\w{0,3}|стоимост\w*|обойд[её]тся|обойдутся|плат\w*|оплат\w*|заплат\w*"
    r"|отда\w+"
    r"|costs?|pric(?:e|es|ed|ing)|worth|pay\w*|paid|charge\w*)\b",
    re.IGNORECASE,
)
PRICED_SMALL = re.compile(
    rf"{PRICE_WORD.pattern}\W+(?:\w+\W+){{0,2}}(?<![^\W_]){SMALL.pattern}(?![^\W_])", re.IGNORECASE
)
FREE = re.compile(
    r"\b(?:бесплат\w*|даром|задаром|в подарок|подар\w+|халяв\w*|полцены|полстоимост\w*|пол-цены"
    r"|(?:вдвое|втрое|вчетверо|вполовину|в (?:два|три|четыре|пять|десять|\d+) раза?) дешевле"
    r"|free of charge|free(?! to\b| of\b)"
    r"|gratis|complimentary|no charge|half[ -]?(?:price|off|the price|the cost)"
    r"|(?:costs?|стоит) (?:nothing|ничего)|giveaway|for nothing|(?:as )?a (?:gift|present))\b",
    re.IGNORECASE,
)
"""Prices that have no number."""
NOT_FREE = re.compile(r"\bfeel free\b|\b(?:hands|distraction|stress|ad)-free\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text, with what makes it an amount of money if it is one."""

    start: int
    end: int
    """Of all that belongs to it, the currency too."""
    value: Decimal | None
    """None where it cannot be read with certainty."""
    currency: str | None
    percent: bool
    glued: str
    """Letters right at it, as in 4K or B2; no currency."""
    next_word: str
    """The word after it, if nothing but a space is between."""


def find_numbers(text: str) -> Iterator[Number]:
    """All numbers of a text, from left to right."""
    for found in NUMBER.finditer(text):
        for start, end in _split(text, found.start(), found.end()):
            yield _read(text, start, end)


def loose_currency(text: str) -> bool:
    """Whether a currency is spoken of without an amount in digits right at it."""
    taken = [(number.start, number.end) for number in find_numbers(text) if number.currency]
    taken += [found.span() for found in IN_CURRENCY.finditer(text)]
    return any(
        found[0].casefold() not in ONLY_AT_NUMBERS
        and not any(start <= found.start() < end for start, end in taken)
        for found in CURRENCY.finditer(text)
    )


def worded_amount(text: str) -> str | None:
    """A price in words, such as "nine hundred", "costs five", "half price"; None if there is none."""
    calmed = NOT_FREE.sub(" ", text)
    found = SPELLED.search(calmed) or PRICED_SMALL.search(calmed) or FREE.search(calmed)
    return found[0] if found else None


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Numbers side by side rather than one in groups: 12 1 490 is 12 and 1 490."""
    while _value(text[start:end]) is None and (space := SPACE.search(text, start, end)):
        yield start, space.start()
        start = space.end()
    yield start, end


def _read(text: str, start: int, end: int) -> Number:
    value = _value(text[start:end])
    left, before = _currency_before(text, start)
    right, after = _currency_after(text, end)
    glued = ""
    if before is None and left > 0 and text[left - 1].isalpha():
        glued = re.search(r"[^\W\d_]+$", text[:left])[0]  # type: ignore[index]
    if after is None and (letters := re.match(r"[^\W\d_]+", text[end:])):
        glued += letters[0]
    if TIMES.match(text[end:]) or re.match(r"\s?[/×x*^]\s?\d", text[end:]):
        value = None
    percent = PERCENT.match(text[end:])
    if percent:
        right = max(right, end + percent.end())
    word = re.match(r"[ \u00a0]([^\W\d_]+)", text[right:])
    codes = {code for code in (before, after) if code}
    currency = codes.pop() if len(codes) == 1 else "?" if codes else None
    return Number(left, right, value, currency, bool(percent), glued, word[1] if word else "")


def _value(written: str) -> Decimal | None:
    """1490, 1 490, 1,490.50 and 14.90 as people mean them; None for what is neither."""
    whole, fraction = written, ""
    if not written.isdecimal():
        grouped = GROUPED.match(written)
        whole = grouped[0] if grouped else re.match(r"\d+", written)[0]  # type: ignore[index]
        rest = written[len(whole) :]
        if rest:
            cents = FRACTION.fullmatch(rest)
            if cents is None or (grouped and grouped[1] == rest[0]):
                return None
            fraction = cents[1]
        whole = re.sub(r"\D", "", whole)
    return Decimal(f"{int(whole)}.{fraction or 0}")


def _currency_before(text: str, start: int) -> tuple[int, str | None]:
    head = text[max(0, start - CURRENCY_CHARS_MAX) : start]
    for code, pattern in BEFORE:
        if found := pattern.search(head):
            # A single letter before a number is a name rather than money: R 2.
            single = found[0].strip().casefold() == "р"
            return (start, None) if single else (start - len(found[0]), code)
    return start, None


def _currency_after(text: str, end: int) -> tuple[int, str | None]:
    for code, pattern in AFTER:
        if found := pattern.match(text, end):
            return found.end(), code
    return end, None
