"""A message, ready to be sent or to replace an earlier one. Pure: the same facts make the same screen."""

from dataclasses import dataclass, replace

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.kit.screens.picture import Picture
from mailroom.actors.kit.screens.shown import Shows


@dataclass(frozen=True)
class Screen:
    """A message, with its buttons and its picture. Its text is HTML; what people wrote is escaped in it."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None
    shows: Shows | None = None
    """The thing that it is about: the message turns when that does, see `turning.py`."""
    picture: Picture | None = None
    """Shown above the text, which is its caption then and shorter: `CAPTION_UNITS_MAX`."""

    def noting(self, notice: str) -> "Screen":
        """The same screen with a notice above it."""
        return replace(self, text=f"{notice}\n\n{self.text}") if notice else self
