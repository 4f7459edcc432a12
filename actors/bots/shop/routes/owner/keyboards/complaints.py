"""What can be done about problems with orders."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.routes.owner.callbacks import (
    AdminPlace,
    AskAnswer,
    AskRefund,
    CloseComplaint,
    ShowComplaint,
    ShowOrder,
)
from mailroom.actors.bots.shop.routes.owner.keyboards.orders import replace
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import goto
from mailroom.actors.bots.shop.stock import SoldItem
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import button, keyboard


def complaint(
    own: OwnerTexts, number: int, *, waits: bool, refundable: bool, items: Sequence[SoldItem]
) -> InlineKeyboardMarkup:
    """What can be done about a problem with an order."""
    return keyboard(
        [button(own.complaints.button_answer, AskAnswer(order=number))],
        replace(own, number, items),
        [button(own.orders.button_refund, AskRefund(order=number))] if refundable else [],
        [button(own.complaints.button_close, CloseComplaint(order=number))] if waits else [],
        [
            button(own.complaints.button_order, ShowOrder(order=number)),
            goto(own.shared.button_back, AdminPlace.COMPLAINTS),
        ],
    )


def complaints(own: OwnerTexts, labels: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """A button for each problem that waits."""
    rows = [[button(label, ShowComplaint(order=number))] for number, label in labels]
    return keyboard(*rows, [goto(own.shared.button_back, AdminPlace.HOME)])
