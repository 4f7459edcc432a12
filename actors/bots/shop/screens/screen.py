"""A message of the shop."""

from dataclasses import dataclass, replace

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.pictures import Picture

CAPTION_CHARS_MAX = 1024
"""Telegram's limit, in units of UTF-16, of what is read below a picture."""


@dataclass(frozen=True)
class OrderShown:
    """Which order a message shows, and how it says that the order stands."""

    order: int
    status: str


@dataclass(frozen=True)
class Screen:
    """A message of the shop, ready to be sent or to replace an earlier one."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    shows: OrderShown | None = None
    """The order that it is the page of: the message turns when the order does."""
    picture: Picture | None = None
    """Shown above the text, which is its caption then and shorter: `CAPTION_CHARS_MAX`."""

    def noting(self, notice: str) -> "Screen":
        """The same screen with a notice above it."""
        return replace(self, text=f"{notice}\n\n{self.text}") if notice else self
