"""What inline keyboards are made of. Each screen has its own below its text, see `screens/`."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from mailroom.actors.bots.shop.callbacks import Goto, Place
from mailroom.actors.bots.shop.texts import Texts

Row = list[InlineKeyboardButton]


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    """A button that comes back to us when it is pressed."""
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def link(text: str, url: str) -> InlineKeyboardButton:
    """A button that opens an address."""
    return InlineKeyboardButton(text=text, url=url)


def copying(text: str, what: str) -> InlineKeyboardButton:
    """A button that puts something into the clipboard."""
    return InlineKeyboardButton(text=text, copy_text=CopyTextButton(text=what))


def goto(text: str, place: Place) -> InlineKeyboardButton:
    """A button to one of the shop's places."""
    return button(text, Goto(place=place))


def keyboard(*rows: Row) -> InlineKeyboardMarkup:
    """Rows of buttons; those without any are left out."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def cart_button(texts: Texts, items: int) -> InlineKeyboardButton:
    """The way to the cart; says how many goods are in it."""
    filled = texts.menu.button_cart_filled.format(count=items)
    return goto(filled if items else texts.menu.button_cart, Place.CART)


def ways_out(texts: Texts) -> Row:
    """Where one goes on from a screen that one only reads."""
    return [
        goto(texts.menu.button_catalogue, Place.CATEGORIES),
        goto(texts.menu.button_menu, Place.HOME),
    ]
