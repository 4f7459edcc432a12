"""How people say that they buy, agree, haggle or ask for a price: patterns, in Russian and in English."""

import re

from mailroom.actors.bots.shop.demo.model.words import WORD

NUMBERS = {
    "два": 2,
    "две": 2,
    "двух": 2,
    "пару": 2,
    "три": 3,
    "трёх": 3,
    "трех": 3,
    "четыре": 4,
    "пять": 5,
    "two": 2,
    "couple": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
PIECES = re.compile(
    r"(?<![\w.,])(\d{1,3})\s*(?:x\b|×|х\b|шт|штук|копи|лиценз|ключ|экземпляр|pcs|pieces|copies|licen|keys|of)",
    re.IGNORECASE,
)


def quantity_in(text: str) -> int:
    """How many somebody wants; 1 if they do not say."""
    if found := PIECES.search(text):
        return max(1, int(found[1]))
    return next((NUMBERS[word] for word in WORD.findall(text.casefold()) if word in NUMBERS), 1)


PROMO = re.compile(
    r"\b(?:промокод\w*|код|promo(?:\s?code)?|coupon|code)\s+[«\"“]?([A-Za-z0-9][A-Za-z0-9_-]{2,31})",
    re.IGNORECASE,
)


def promo_in(text: str) -> str | None:
    """The promo code that somebody has written."""
    found = PROMO.search(text)
    return found[1] if found and (found[1].isupper() or any(map(str.isdigit, found[1]))) else None


def one_of(*patterns: str) -> re.Pattern[str]:
    """Any of some beginnings of words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})", re.IGNORECASE)


BUYS = one_of(
    r"купить\b",
    r"buy\b",
    r"куплю",
    r"беру\b",
    r"возьму",
    r"покупаю",
    r"оформ(?:и|ля|ите)",
    r"хочу (?:купить|взять|оплатить)",
    r"давай(?:те)? (?:её|ее|его|их|оформ|возьм|куп)",
    r"оплат(?:ить|им|а)\b",
    r"заверните",
    r"i(?:'|’)?ll (?:take|buy|have)",
    r"i(?:'|’)?d like to buy",
    r"buy (?:it|this|that|the|one|two)",
    r"i want to (?:buy|pay)",
    r"i want (?:it|this|that)\b",
    r"take (?:it|this|that|one|two)",
    r"check ?out",
)
AGREES = re.compile(
    r"^\W*(?:да|ага|угу|давай(?:те)?|конечно|хорошо|ок(?:ей)?"
    r"|yes|yeah|yep|sure|ok(?:ay)?|please do|go ahead)\b[^?]{0,25}$",
    re.IGNORECASE,
)
POINTS_BACK = one_of(
    r"е[её]\b",
    r"его\b",
    r"их\b",
    r"этот?\b",
    r"эту\b",
    r"эта\b",
    r"эти\b",
    r"перв",
    r"втор",
    r"трет",
    r"последн",
    r"он[аио]?\b",
    r"it\b",
    r"this\b",
    r"that\b",
    r"them\b",
    r"these\b",
    r"first",
    r"second",
    r"third",
    r"last",
)
GREETS = one_of(
    r"привет",
    r"здравствуй",
    r"добр(?:ый|ое|ого) (?:день|утро|вечер|времени)",
    r"hello\b",
    r"hi\b",
    r"hey\b",
    r"good (?:morning|evening|day)",
)
THANKS = one_of(r"спасибо", r"благодар", r"thank", r"пока\b", r"до свидания", r"bye\b")
ASKS_PRICE = one_of(r"сколько", r"цен[аыу]", r"почём", r"стоит", r"how much", r"price", r"cost")
ASKS_STOCK = one_of(
    r"наличи", r"остал", r"есть ли", r"закончил", r"in stock", r"available", r"left\b", r"sold out"
)
ASKS_DISCOUNT = one_of(r"скидк", r"акци[яию]", r"discount", r"on sale", r"promotion")
ASKS_MORE = one_of(r"ещё", r"еще", r"друг(?:ое|ие|ой)", r"кроме", r"else\b", r"other", r"more\b", r"another")
ASKS_CHEAPEST = one_of(r"дешев", r"подешевле", r"бюджетн", r"недорог", r"cheap", r"budget", r"affordable")
ASKS_COMPARE = one_of(
    r"сравни", r"отлича", r"разниц", r"чем лучше", r"compare", r"difference", r"versus", r"vs\b"
)
HAGGLES = one_of(
    r"скидк[уи] \d",
    r"дай(?:те)? скидк",
    r"сделай(?:те)? скидк",
    r"бесплатно",
    r"за (?:1|один) руб",
    r"за рубль",
    r"ignore (?:all|your|the|previous)",
    r"игнорируй",
    r"забудь (?:все|свои|правила|инструкц)",
    r"system prompt",
    r"системн\w+ (?:промпт|инструкц)",
    r"ты теперь",
    r"you are now",
    r"for free",
    r"free of charge",
    r"give me (?:a )?(?:\d+ ?%|discount)",
    r"for (?:one|1) (?:dollar|ruble|euro|cent)",
    r"\d+ ?% (?:off|скидк)",
)
ORDINALS = (
    (one_of(r"перв", r"first"), 0),
    (one_of(r"втор", r"second"), 1),
    (one_of(r"трет", r"third"), 2),
    (one_of(r"последн", r"last"), -1),
)
