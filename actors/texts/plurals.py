"""Which form of a word a count takes, by the rules of CLDR."""

from collections.abc import Callable
from functools import cache, lru_cache

from babel.core import Locale, UnknownLocaleError

from mailroom.actors.texts.language import Language

CATEGORIES = frozenset({"zero", "one", "two", "few", "many", "other"})
_COUNTS = (*range(1001), 1_000_000)
"""Whole numbers among which each form occurs that a language has for whole numbers."""


class NoLanguageError(ValueError):
    """CLDR knows no such language: a folder of texts is called by a tag such as `de` or `pt-BR`."""


@cache
def form_of(language: Language) -> Callable[[int], str]:
    """What tells the form by the count, in this language. Raises `NoLanguageError`."""
    try:
        rule = Locale.parse(language, sep="-").plural_form
    except (UnknownLocaleError, ValueError) as error:
        raise NoLanguageError(f"there is no language {language!r}") from error
    return lru_cache(maxsize=1024)(rule)


@cache
def forms_of(language: Language) -> frozenset[str]:
    """All forms that whole numbers take in it: `one few many` in Russian, `one other` in English."""
    of = form_of(language)
    return frozenset(of(count) for count in _COUNTS)
