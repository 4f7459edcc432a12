"""Buttons that lead to a screen of the owner's side."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from mailroom.actors.bots.shop.routes.owner.callbacks import Admin, AdminPlace
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import button, keyboard


def goto(text: str, place: AdminPlace) -> InlineKeyboardButton:
    """Open a screen."""
    return button(text, Admin(place=place))


def back(own: OwnerTexts, place: AdminPlace = AdminPlace.HOME) -> InlineKeyboardMarkup:
    """For screens one only reads."""
    return keyboard([goto(own.shared.button_back, place)])
