"""How languages write numbers, sums and days that this kit has no form of its own for: as CLDR says."""

from functools import cache

from babel.core import Locale, UnknownLocaleError

OWN = ("ru", "en")
"""These are written here, the same in a chat as in a page."""


@cache
def locale_of(language: str) -> Locale | None:
    """What CLDR says of a language; None for Russian, for English, and for what is no language: they are
    written as Russian and English are.
    """
    try:
        return None if language in OWN else Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
