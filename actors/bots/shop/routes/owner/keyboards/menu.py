"""The way to everything."""

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.routes.owner.callbacks import AdminPlace, ShowFigures, ShowProducts
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import goto
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import button, keyboard


def menu(own: OwnerTexts, waiting: int, *, owner: bool) -> InlineKeyboardMarkup:
    """The way to everything; staff is not shown what only owners may. First those who wait for an answer."""
    return keyboard(
        [goto(own.menu.button_complaints(count=waiting), AdminPlace.COMPLAINTS)] if waiting else [],
        [
            button(own.menu.button_figures, ShowFigures(days=0)),
            goto(own.menu.button_orders, AdminPlace.ORDERS),
        ],
        [
            button(own.menu.button_products, ShowProducts(page=0)),
            goto(own.menu.button_stock, AdminPlace.STOCK),
        ],
        [
            goto(own.menu.button_discounts, AdminPlace.DISCOUNTS),
            goto(own.broadcasts.button_broadcasts, AdminPlace.BROADCASTS),
            goto(own.menu.button_log, AdminPlace.LOG),
        ]
        if owner
        else [],
        [goto(own.menu.button_policies, AdminPlace.POLICIES)] if owner else [],
    )
