"""Money as the shop writes it: as every bot does."""

from actors.kit.speech.money import NO_BREAK_SPACE, format_money

__all__ = ["NO_BREAK_SPACE", "format_money"]
