"""How a person is offered another language: by its own name, out of those that the room has texts in."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.core import Locale

from mailroom.actors.texts.declared import Texts
from mailroom.actors.texts.language import Language

LANGUAGE_FOLDER = Path(__file__).with_name("texts")
"""Where the texts of this theme are by language; a room adds its own: `read_texts(…, over=…)`."""


class LanguageTexts(Texts):
    """What is said where there are more than two languages to choose from."""

    ask: str
    button: str


@cache
def name_of(language: Language) -> str:
    """What a language calls itself: `Русский`, `English`, `Português (Brasil)`."""
    name = Locale.parse(language, sep="-").get_display_name() or language
    return name[0].upper() + name[1:]


@cache
def in_english(language: Language) -> str:
    """What English calls a language, for whoever is told in English what to speak: `Russian`, `German`."""
    return Locale.parse(language, sep="-").english_name or language


def others(there_are: Iterable[Language], spoken: Language) -> tuple[Language, ...]:
    """Those that somebody who is spoken to in one may change to."""
    return tuple(one for one in there_are if one != spoken)
