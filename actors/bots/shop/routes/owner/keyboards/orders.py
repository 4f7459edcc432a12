"""What can be done about orders."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.owner_orders import OrderRow
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    AdminPlace,
    AskAnswer,
    AskRefund,
    DoRefund,
    ReplaceItem,
    ShowComplaint,
    ShowItems,
    ShowOrder,
)
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import goto
from mailroom.actors.bots.shop.stock import SoldItem
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import Row, button, keyboard
from mailroom.actors.kit.speech.money import format_money

LABEL_CHARS_MAX = 60


def orders(own: OwnerTexts, found: Sequence[OrderRow]) -> InlineKeyboardMarkup:
    """A button for each order."""
    rows = [
        [
            button(
                own.orders.row(
                    number=row.number,
                    status=own.statuses.order[row.status],
                    total=format_money(row.total_minor, row.currency, own.language),
                ),
                ShowOrder(order=row.number),
            )
        ]
        for row in found
    ]
    return keyboard(*rows, [goto(own.shared.button_back, AdminPlace.HOME)])


def order(
    own: OwnerTexts,
    number: int,
    *,
    refundable: bool,
    complaint: bool = False,
    items: Sequence[SoldItem] = (),
) -> InlineKeyboardMarkup:
    """What can be done about an order; `items` are those that can be replaced."""
    about = ShowComplaint(order=number)
    return keyboard(
        [
            *([button(own.complaints.button_complaint, about)] if complaint else []),
            button(own.complaints.button_answer, AskAnswer(order=number)),
        ],
        replace(own, number, items),
        [button(own.orders.button_refund, AskRefund(order=number))] if refundable else [],
        [
            button(own.shared.button_refresh, ShowOrder(order=number)),
            goto(own.shared.button_back, AdminPlace.ORDERS),
        ],
    )


def items(own: OwnerTexts, number: int, labels: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """A button for each item that can be replaced."""
    rows = [[button(label, ReplaceItem(order=number, item=id_))] for id_, label in labels]
    return keyboard(*rows, [button(own.shared.button_back, ShowOrder(order=number))])


def ask_refund(own: OwnerTexts, number: int, total: str, *, goods: bool) -> InlineKeyboardMarkup:
    """Yes, yes with the goods back into stock, or no."""
    return keyboard(
        [button(own.orders.button_refund_money(total=total), DoRefund(order=number, goods=False))],
        [button(own.orders.button_refund_goods, DoRefund(order=number, goods=True))] if goods else [],
        [button(own.shared.button_no, ShowOrder(order=number))],
    )


def replace(own: OwnerTexts, number: int, items: Sequence[SoldItem]) -> Row:
    """One press where there is only one that it can be; else the choice."""
    if len(items) == 1:
        label = own.orders.button_replace(title=items[0].title)
        return [button(label[:LABEL_CHARS_MAX], ReplaceItem(order=number, item=items[0].id))]
    return [button(own.orders.button_items, ShowItems(order=number))] if items else []
