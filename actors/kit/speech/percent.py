"""A share of a hundred as people read it."""

from mailroom.actors.kit.speech.money import MINUS, NO_BREAK_SPACE


def format_percent(percent: int, language: str) -> str:
    """Write it as the language (`ru`, else English) does: `10 %`, `10%`; less than nothing with a minus."""
    sign = MINUS if percent < 0 else ""
    return f"{sign}{abs(percent)}{NO_BREAK_SPACE if language == 'ru' else ''}%"
