"""Names of products that are none of ours. Pure.

A name is a word with a capital inside a sentence, in Latin letters in a Russian one, or in quotes. One is
let through when the catalogue or the customer has it, when everybody knows it (systems, formats, places),
or when it stands after a preposition: "works with Windows", «как в Instagram» compare; "try PhotoWizard"
sells.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from mailroom.actors.bots.shop.domain.product import Product

WORD = re.compile(r"[^\W_]+")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
ENDING_CHARS_MAX = 3
STEM_CHARS_MIN = 4
ENDING = re.compile(r"[аеиоуыюяйьмхвг]*")
LEAD_CHARS_MAX = 16
"""Signs, quotes and a number of a list before the first word of a sentence."""
CAPITALISED = re.compile(r"(?<![^\W_])[A-ZА-ЯЁ][^\W_]*(?:[-’'][^\W_]+)*")
LATIN = re.compile(r"(?<![^\W_])[A-Za-z][A-Za-z]+(?![^\W_])")
QUOTED = re.compile(r"[«“\"„]([^»”\"“«„]{2,60})[»”\"“]")
TO_SAY = re.compile(
    r"\b(?:say|write|type|reply|answer|скажите|скажи|напишите|напиши|ответьте|ответь)[\s:,]*$", re.IGNORECASE
)
"""What follows in quotes is for the customer to say."""
CALLED = re.compile(
    r"\b(?:called|named|titled|называется|под названием|по имени)[\s:—–-]+([^\W_]+)", re.IGNORECASE
)
COMPARED = re.compile(
    r"\b(?:with|for|from|in|into|on|to|like|than|via|under|by|of|after|without|instead of|and|or"
    r"|to use|a|an|the"
    r"|с|со|для|в|во|на|из|как|чем|от|под|к|ко|после|без|вместо|через|о|об|про|у|по|и|или|не)[\s«“\"]+$",
    re.IGNORECASE,
)
SENTENCE_START = re.compile(r"(?:^|[.!?…:\n])[\s•*«“\"„(–—-]*(?:\d+[.)]\s*)?$")
BLANK_BEFORE = re.compile("\x00[\\s•:—–-]*$")


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


KNOWN_TO_ALL = forms_of_all(
    "i ok okay telegram windows macos mac linux android ios iphone ipad pc raw xmp lut pdf jpeg jpg"
    " png tiff heic"
    " mp3 mp4 gb tb mb гб тб мб dvd usb wifi wi fi vpn ai ии hdr rgb srgb faq id sms email google"
    " youtube instagram"
    " facebook tiktok photoshop lightroom excel word office adobe cloud play app store python"
    " javascript html ui ux 2d 3d"
    " english russian latin cyrillic christmas monday tuesday wednesday thursday friday saturday"
    " sunday january february march april may june"
    " july august september october november december europe russia россия москва петербург ютуб"
    " инстаграм фотошоп"
    " вы вас вам вами ваш ваша ваше ваши вашей вашего вашему вашим вашу you your"
    " catalogue catalog cart menu help каталог корзина меню помощь заказы orders ll ve re d m s t"
)


def unknown_name(sentence: str, shop: Iterable[Product], question: str) -> str | None:
    """Something in a sentence that looks like the name of a product and is none of ours. Names of our
    products are blanked out already.
    """
    known = _vocabulary(tuple(shop)) | KNOWN_TO_ALL | forms_of_all(question)
    for at, candidate in _candidates(sentence):
        if not _is_known(candidate, known) and not COMPARED.search(sentence[:at]):
            return candidate
    return None


def _candidates(sentence: str) -> Iterator[tuple[int, str]]:
    for quoted in QUOTED.finditer(sentence):
        if quoted[1][:1].isupper() and not TO_SAY.search(
            sentence[max(0, quoted.start() - LEAD_CHARS_MAX) : quoted.start()]
        ):
            yield 0, quoted[1]
    for called in CALLED.finditer(sentence):
        yield 0, called[1]
    capitals = list(CAPITALISED.finditer(sentence))
    for number, found in enumerate(capitals):
        if not _begins_sentence(sentence, found.start()):
            yield found.start(), found[0]
        elif number + 1 < len(capitals) and sentence[found.end() : capitals[number + 1].start()] == " ":
            # Two capitals in a row begin no ordinary sentence, unless the second is a name that is known.
            yield 0, capitals[number + 1][0]
    if CYRILLIC.search(sentence):
        for found in LATIN.finditer(sentence):
            yield found.start(), found[0]


def _begins_sentence(text: str, at: int) -> bool:
    if at <= LEAD_CHARS_MAX:
        return bool(SENTENCE_START.search(text[:at]) or BLANK_BEFORE.search(text[:at]))
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
