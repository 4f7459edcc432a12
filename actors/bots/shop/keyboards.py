"""The buttons that several of the shop's screens have. Each has its own below its text, see `screens/`."""

from aiogram.types import InlineKeyboardButton

from mailroom.actors.bots.shop.callbacks import Goto, Place
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import Row, button


def goto(text: str, place: Place) -> InlineKeyboardButton:
    """A button to one of the shop's places."""
    return button(text, Goto(place=place))


def cart_button(texts: Texts, items: int) -> InlineKeyboardButton:
    """The way to the cart; says how many goods are in it."""
    filled = texts.menu.button_cart_filled(count=items)
    return goto(filled if items else texts.menu.button_cart, Place.CART)


def ways_out(texts: Texts) -> Row:
    """Where one goes on from a screen that one only reads."""
    return [
        goto(texts.menu.button_catalogue, Place.CATEGORIES),
        goto(texts.menu.button_menu, Place.HOME),
    ]
