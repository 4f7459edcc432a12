"""Words that the guard knows: of absence and presence, and such as look like names and are none. Pure."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from actors.bots.shop.product import Product

WORD = re.compile(r"[^\W_]+")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
ENDING_CHARS_MAX = 3
STEM_CHARS_MIN = 4
ENDING = re.compile(r"[аеиоуыюяйьмхвг]*")


def _forms(word: str) -> set[str]:
    """A word without the endings that it may have, as long as it can be told from other words."""
    folded = word.casefold().replace("ё", "е")
    if not CYRILLIC.search(folded):
        return {folded, folded.removesuffix("s")}
    shortest = max(min(STEM_CHARS_MIN, len(folded)), len(folded) - ENDING_CHARS_MAX)
    return {
        folded[:length] for length in range(shortest, len(folded) + 1) if ENDING.fullmatch(folded[length:])
    }


def forms_of_all(text: str) -> frozenset[str]:
    """The forms of all words of a text."""
    return frozenset[str]().union(*map(_forms, WORD.findall(text)))


NEGATION = re.compile(
    r"\b(?:не|нет|ни|без|кроме|вместо|к сожалению|увы|закончил\w*|распродан\w*|отсутству\w*"
    r"|no|not|none|never|cannot|without|except|instead|unfortunately|sorry|sold out|\w+n['’]t)\b",
    re.IGNORECASE,
)
AVAILABLE = re.compile(
    r"\b(?:в наличии|есть|можно купить|доступ[ен]\w*|осталось|имеется|купите|берите"
    r"|in stock|available|you can (?:buy|get|have)|ready to buy|left|have it|buy it)\b",
    re.IGNORECASE,
)
ORDINAL = re.compile(
    r"\b(?:перв(?:ый|ая|ое|ого|ой|ую)|втор(?:ой|ая|ое|ого|ую)|трет(?:ий|ья|ье)|последн\w*|остальн\w*"
    r"|друг(?:ой|ая|ое)|former|latter|first(?: one)?|second(?: one)?|third|other(?: one)?)\b",
    re.IGNORECASE,
)
AFTER_PRICE = frozenset(
    WORD.findall(
        "за на и а но или если при вместо сейчас сегодня каждый каждая каждое шт штука штуку всего вместе с"
        " со"
        " по от for each per and but or if now today instead with from in total a an apiece at this while"
        " is are"
    )
)
"""What may follow a price that has no currency; anything else would be taken for one."""
PIECES = frozenset(
    WORD.findall(
        "шт штук штуки штука копий копии копия лицензии лицензий ключа ключей pcs pieces piece copies"
    )
)
HARMLESS = forms_of_all(
    "i ok okay telegram windows macos mac linux android ios iphone ipad pc raw xmp lut pdf jpeg jpg png"
    " tiff heic"
    " mp3 mp4 gb tb mb гб тб мб dvd usb wifi vpn ai ии hdr rgb srgb faq id sms email google play app store"
    " english russian monday tuesday wednesday thursday friday saturday sunday january february march april"
    " may"
    " june july august september october november december europe russia россия москва"
    " вы вас вам вами ваш ваша ваше ваши вашей вашего вашему вашим вашу you your"
    " catalogue catalog cart menu help каталог корзина меню помощь заказы orders promo ll ve re d m s t"
)
"""Written with a capital, or in Latin letters, for other reasons than being sold here."""
STARTERS = forms_of_all(
    "this it here there that these those what which both each everything all nothing yes no sure price one"
    " delivery"
    " payment license licence key code order discount shop editor program app game course software quantity"
    " total"
    " stock availability summary answer question tip also he she they who how"
    " это вот тут здесь оба обе всё все да нет цена стоимость доставка оплата лицензия ключ код заказ"
    " скидка магазин"
    " редактор программа приложение игра курс итого наличие ответ вопрос совет главное вариант плюс минус"
    " разница"
    " кратко если он она оно они какой что кто"
)
"""What a sentence may be about besides a product."""
CAPITALISED = re.compile(r"(?<![^\W_])[A-ZА-ЯЁ][^\W_]*(?:[-’'][^\W_]+)*")
LATIN = re.compile(r"(?<![^\W_])[A-Za-z][A-Za-z]+(?![^\W_])")
QUOTED = re.compile(r"[«“\"„]([^»”\"“«„]{2,60})[»”\"“]")
TO_SAY = re.compile(
    r"\b(?:say|write|type|reply|answer|скажите|скажи|напишите|напиши|ответьте|ответь)[\s:,]*$", re.IGNORECASE
)
"""What follows in quotes is for the customer to say. Names in it are read as all others."""
FOR = frozenset({"for", "за", "по"})
LEFT = frozenset({"left", "available", "осталось", "осталась", "остались", "остался"})
COUNTED = re.compile(
    r"(?:остал[аио]?с[ья]|в наличии|left|in stock|available)[\s:—–-]*(?:только |всего |just |only )?$",
    re.IGNORECASE,
)
"""A number after these says how many there are."""
CALLED = re.compile(
    r"\b(?:called|named|titled|называется|под названием|по имени)[\s:—–-]+([^\W_]+)", re.IGNORECASE
)
AS_SUBJECT = re.compile(
    r"^[\s•*–—-]*([^\W\d_]+)(?![^\W\d_])\s*(?:[—–:]|-\s|is\b|costs?\b|can\b|has\b|will\b|offers?\b|стоит\b|поможет\b"
    r"|подойд\w*|умеет\b|это\b)",
    re.IGNORECASE,
)
LEAD_CHARS_MAX = 16
"""Signs, quotes and a number of a list before the first word of a sentence."""
SENTENCE_START = re.compile(r"(?:^|[.!?…:\n])[\s•*«“\"„(–—-]*(?:\d+[.)]\s*)?$")


def unknown_name(sentence: str, shop: Iterable[Product], question: str) -> str | None:
    """Something in a sentence that looks like the name of a product and is none of ours. Names of our
    products are blanked out already. What the customer named may be repeated to say that it is not here.
    """
    known = _vocabulary(tuple(shop)) | HARMLESS
    if NEGATION.search(sentence):
        known = known | forms_of_all(question)
    for candidate in _candidates(sentence):
        if not _is_known(candidate, known):
            return candidate
    if (subject := AS_SUBJECT.match(sentence)) and not _is_known(subject[1], known | STARTERS):
        return subject[1]
    return None


def _candidates(sentence: str) -> Iterator[str]:
    for quoted in QUOTED.finditer(sentence):
        if not TO_SAY.search(sentence[max(0, quoted.start() - LEAD_CHARS_MAX) : quoted.start()]):
            yield quoted[1]
    yield from CALLED.findall(sentence)
    for found in CAPITALISED.finditer(sentence):
        if not _begins_sentence(sentence, found.start()):
            yield found[0]
    if CYRILLIC.search(sentence):
        yield from LATIN.findall(sentence)


def _begins_sentence(text: str, at: int) -> bool:
    if at <= LEAD_CHARS_MAX:
        return bool(SENTENCE_START.search(text[:at]))
    # A letter in front, so that what was cut off does not look like a beginning.
    return bool(SENTENCE_START.search("x" + text[at - LEAD_CHARS_MAX : at]))


def _is_known(phrase: str, known: frozenset[str]) -> bool:
    return all(_forms(word) & known for word in WORD.findall(phrase))


@lru_cache(maxsize=8)
def _vocabulary(shop: tuple[Product, ...]) -> frozenset[str]:
    """All that is said of our products."""
    return frozenset[str]().union(
        *(forms_of_all(f"{one.title} {one.description} {one.slug}") for one in shop)
    )
