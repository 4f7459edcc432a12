"""Whether stock is to be taken off sale."""

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.routes.owner.callbacks import DoWithdraw, ShowProduct
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import button, keyboard


def ask_withdraw(own: OwnerTexts, product_id: int) -> InlineKeyboardMarkup:
    """Yes or no."""
    return keyboard(
        [
            button(own.stock.button_withdraw_all, DoWithdraw(product=product_id)),
            button(own.shared.button_no, ShowProduct(product=product_id)),
        ]
    )
