"""What inline keyboards are made of."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

Row = list[InlineKeyboardButton]


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    """A button that comes back to us when it is pressed."""
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def link(text: str, url: str) -> InlineKeyboardButton:
    """A button that opens an address."""
    return InlineKeyboardButton(text=text, url=url)


def app(text: str, url: str) -> InlineKeyboardButton:
    """A button that opens the bot's page."""
    # Telegram opens Mini Apps from https only; a demo has no certificate, there it is a page like any other.
    if url.startswith("https://"):
        return InlineKeyboardButton(text=text, web_app=WebAppInfo(url=url))
    return link(text, url)


def copying(text: str, what: str) -> InlineKeyboardButton:
    """A button that puts something into the clipboard."""
    return InlineKeyboardButton(text=text, copy_text=CopyTextButton(text=what))


def keyboard(*rows: Row) -> InlineKeyboardMarkup:
    """Rows of buttons; those without any are left out."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])
