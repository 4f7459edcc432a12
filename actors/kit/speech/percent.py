"""A share of a hundred as people read it."""

from babel.numbers import format_percent as by_cldr

from mailroom.actors.kit.speech.locales import locale_of
from mailroom.actors.kit.speech.money import MINUS, NO_BREAK_SPACE


def format_percent(percent: int, language: str) -> str:
    """Write it as the language does: `10 %`, `10%`; less than nothing with a minus."""
    if (locale := locale_of(language)) is not None:
        return by_cldr(percent / 100, locale=locale).replace("-", MINUS)
    sign = MINUS if percent < 0 else ""
    return f"{sign}{abs(percent)}{NO_BREAK_SPACE if language == 'ru' else ''}%"
