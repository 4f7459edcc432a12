"""A message of the shop."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.types import InlineKeyboardMarkup

from actors.bots.shop.language import Language


@dataclass(frozen=True)
class Screen:
    """A message of the shop, ready to be sent or to replace an earlier one."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None

    def noting(self, notice: str) -> "Screen":
        """The same screen with a notice above it."""
        return Screen(f"{notice}\n\n{self.text}" if notice else self.text, self.keyboard)


def format_date(moment: datetime, language: Language) -> str:
    """A day as the language writes it, by UTC."""
    return f"{moment:%d.%m.%Y}" if language is Language.RU else f"{moment.day} {moment:%b %Y}"
