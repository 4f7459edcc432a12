"""A discount as its owner says it, in one line of either language. Pure.

    -20% svetlitsa 3+ until 2026-12-31 code SALE20 uses 100 "Осень" "Autumn"
    -20% svetlitsa от 3 до 31.12.2026 код SALE20 раз 100

Only the percentage has to be there, the order does not matter, and a word that means nothing is refused: what
was misspelled must not become a discount on everything.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailroom.actors.bots.shop.domain.discounts import parse_promo_code
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.owners.tables.cells import known
from mailroom.actors.kit.speech.percent import format_percent
from mailroom.actors.kit.speech.printable import printable

LINE_CHARS_MAX = 300
TITLE_CHARS_MAX = 64
PERCENT_MAX = 90
QUANTITY_MAX = 1_000
USES_MAX = 1_000_000
"""As the table has them; a promotion with more uses has no limit at all."""

QUOTED = re.compile(r"[\"“«„]([^\"”»“]*)[\"”»“]")
PERCENT = re.compile(r"[-−–]?([0-9]{1,3})%")
AT_LEAST = re.compile(r"([0-9]{1,6})\+")
ALL = frozenset({"all", "everything", "все", "всё"})
UNTIL = frozenset({"until", "till", "до"})
CODE = frozenset({"code", "promo", "код", "промокод"})
USES = frozenset({"uses", "раз", "использований"})
FROM = frozenset({"from", "от"})
WHICH = frozenset({"all", "slug"})
"""On what it is: one of these can be said."""
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")


@dataclass(frozen=True)
class NewOffer:
    """A discount to add."""

    title_ru: str
    title_en: str
    percent: int
    slug: str | None = None
    """None: on all products."""
    min_quantity: int = 1
    promo_code: str | None = None
    ends_at: datetime | None = None
    """The first moment at which it counts no more."""
    uses_max: int | None = None


def parse_offer(text: str, slugs: Collection[str], today: date) -> NewOffer:
    """Read a line. `today` is the day by which the shop counts (UTC). Raises `OwnerError`."""
    text = printable(text)[:LINE_CHARS_MAX]
    titles = [found.strip() for found in QUOTED.findall(text)]
    words = iter(QUOTED.sub(" ", text).replace("%", "% ").split())
    said: dict[str, object] = {}
    for word in words:
        _read(word, words, said, slugs, today)
    percent = said.get("percent")
    if not isinstance(percent, int):
        raise refuse(Fault.NO_PERCENT)
    if "uses_max" in said and "promo_code" not in said:
        raise refuse(Fault.USES_WITHOUT_CODE)
    said.pop("all", None)
    title_ru, title_en = _titles(titles, percent)
    return NewOffer(title_ru=title_ru, title_en=title_en, **said)  # type: ignore[arg-type]


def _read(
    word: str, rest: Iterator[str], said: dict[str, object], slugs: Collection[str], today: date
) -> None:
    low = word.casefold()
    if match := PERCENT.fullmatch(word):
        percent = int(match[1])
        if not 1 <= percent <= PERCENT_MAX:
            raise refuse(Fault.BAD_PERCENT, percent=percent, most=PERCENT_MAX)
        _say(said, "percent", percent, word)
    elif match := AT_LEAST.fullmatch(word):
        _say(said, "min_quantity", _number(match[1], QUANTITY_MAX, Fault.BAD_QUANTITY), word)
    elif low in FROM:
        least = next(rest, "").removesuffix("+")
        _say(said, "min_quantity", _number(least, QUANTITY_MAX, Fault.BAD_QUANTITY), word)
    elif low in UNTIL:
        _say(said, "ends_at", _end_of(next(rest, ""), today), word)
    elif low in CODE:
        given = next(rest, "")
        code = parse_promo_code(given)
        if code is None:
            raise refuse(Fault.BAD_CODE, code=given)
        _say(said, "promo_code", code, word)
    elif low in USES:
        _say(said, "uses_max", _number(next(rest, ""), USES_MAX, Fault.BAD_USES), word)
    elif low in ALL:
        _say(said, "all", True, word)
    elif low in slugs:
        _say(said, "slug", low, word)
    elif re.fullmatch(r"[a-z0-9-]+", low):
        known(low, slugs, Fault.UNKNOWN_PRODUCT)
    else:
        raise refuse(Fault.UNKNOWN_WORD, word=word)


def _say(said: dict[str, object], name: str, value: object, word: str) -> None:
    if name in said or (name in WHICH and WHICH & said.keys()):
        raise refuse(Fault.SAID_TWICE, word=word)
    said[name] = value


def _number(text: str, most: int, fault: Fault) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= most:
        raise refuse(fault, number=text, most=most)
    return int(text)


def _end_of(text: str, today: date) -> datetime:
    for form in DATE_FORMATS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day < today:
            raise refuse(Fault.DATE_IS_OVER, date=text)
        return datetime.combine(day + timedelta(days=1), time(), UTC)
    raise refuse(Fault.BAD_DATE, date=text)


def _titles(titles: list[str], percent: int) -> tuple[str, str]:
    given = [title for title in titles if title]
    if not given:
        return f"Скидка {format_percent(percent, 'ru')}", f"{format_percent(percent, 'en')} off"
    if any(len(title) > TITLE_CHARS_MAX for title in given):
        longest = max(given, key=len)
        raise refuse(TableFault.TOO_LONG, column="title", chars=len(longest), most=TITLE_CHARS_MAX)
    return given[0], given[1] if len(given) > 1 else given[0]
