"""A language as owners read of it: that something is said in it, or that people are served in it."""

from functools import cache

from babel.core import Locale, UnknownLocaleError

from mailroom.actors.kit.owners.texts.shared import SharedTexts


def in_language(shared: SharedTexts, language: str) -> str:
    """`in Russian`, as a part of a sentence; what a language is called, where texts have no word for it."""
    return shared.in_language(language=language, name=_name(language, shared.language))


@cache
def _name(language: str, reader: str) -> str:
    try:
        return Locale.parse(language, sep="-").get_display_name(reader.replace("-", "_")) or language
    except (UnknownLocaleError, ValueError):
        return language
