"""What can be done about discounts."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.routes.owner.callbacks import AdminPlace, SwitchOff
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import goto
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import button, keyboard

OFFER_BUTTONS_MAX = 20
"""Discounts that can be switched off from the list; older ones by the console."""


def offers(own: OwnerTexts, active: Sequence[int]) -> InlineKeyboardMarkup:
    """A button for each discount that can be ended, two in a row."""
    buttons = [
        button(own.discounts.button_switch_off(number=id_), SwitchOff(discount=id_))
        for id_ in active[:OFFER_BUTTONS_MAX]
    ]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    return keyboard(*rows, [goto(own.shared.button_back, AdminPlace.HOME)])
