"""The inline keyboards of the owner's side."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.goods import Good
from mailroom.actors.bots.shop.owner_broadcast import Move
from mailroom.actors.bots.shop.owner_orders import OrderRow
from mailroom.actors.bots.shop.owner_texts import OwnerTexts
from mailroom.actors.bots.shop.policies import POLICIES, Policy
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    Admin,
    AdminPlace,
    AskAnswer,
    AskPicture,
    AskPolicy,
    AskPrice,
    AskRefund,
    AskWithdraw,
    CloseComplaint,
    DoRefund,
    DoWithdraw,
    DropDraft,
    DropPicture,
    DropPolicy,
    MoveBroadcast,
    ReplaceItem,
    SendDraft,
    SetOnSale,
    ShowBroadcast,
    ShowComplaint,
    ShowFigures,
    ShowItems,
    ShowOrder,
    ShowPolicy,
    ShowProduct,
    ShowProducts,
    SwitchOff,
)
from mailroom.actors.bots.shop.stock import SoldItem
from mailroom.actors.kit.speech.money import format_money
from mailroom.storage.postgres.broadcasts import Progress

Row = list[InlineKeyboardButton]

LABEL_CHARS_MAX = 60
OFFER_BUTTONS_MAX = 20
"""Discounts that can be switched off from the list; older ones by the console."""
MOVES: dict[str, tuple[Move, ...]] = {
    "filling": ("cancel",),
    "running": ("pause", "cancel"),
    "paused": ("resume", "cancel"),
}
"""What can be done to a broadcast in which state."""


def _button(text: str, data: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def _goto(text: str, place: AdminPlace) -> InlineKeyboardButton:
    return _button(text, Admin(place=place))


def _keyboard(*rows: Row) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def back(own: OwnerTexts, place: AdminPlace = AdminPlace.HOME) -> InlineKeyboardMarkup:
    """For screens one only reads."""
    return _keyboard([_goto(own.button_back, place)])


def menu(own: OwnerTexts, waiting: int, *, owner: bool) -> InlineKeyboardMarkup:
    """The way to everything; staff is not shown what only owners may. First those who wait for an answer."""
    return _keyboard(
        [_goto(own.button_complaints.format(count=waiting), AdminPlace.COMPLAINTS)] if waiting else [],
        [_button(own.button_figures, ShowFigures(days=0)), _goto(own.button_orders, AdminPlace.ORDERS)],
        [_button(own.button_products, ShowProducts(page=0)), _goto(own.button_stock, AdminPlace.STOCK)],
        [
            _goto(own.button_discounts, AdminPlace.DISCOUNTS),
            _goto(own.button_broadcasts, AdminPlace.BROADCASTS),
            _goto(own.button_log, AdminPlace.LOG),
        ]
        if owner
        else [],
        [_goto(own.button_policies, AdminPlace.POLICIES)] if owner else [],
    )


def figures(own: OwnerTexts, days: int) -> InlineKeyboardMarkup:
    """The other periods."""
    marks = {period: f"• {name} •" if period == days else name for period, name in own.periods.items()}
    buttons = [_button(name, ShowFigures(days=period)) for period, name in marks.items()]
    return _keyboard(buttons, [_goto(own.button_back, AdminPlace.HOME)])


def orders(own: OwnerTexts, found: Sequence[OrderRow]) -> InlineKeyboardMarkup:
    """A button for each order."""
    rows = [
        [
            _button(
                own.order_row.format(
                    number=row.number,
                    status=own.statuses[row.status],
                    total=format_money(row.total_minor, row.currency, own.language),
                ),
                ShowOrder(order=row.number),
            )
        ]
        for row in found
    ]
    return _keyboard(*rows, [_goto(own.button_back, AdminPlace.HOME)])


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
    return _keyboard(
        [
            *([_button(own.button_complaint, about)] if complaint else []),
            _button(own.button_answer, AskAnswer(order=number)),
        ],
        _replace(own, number, items),
        [_button(own.button_refund, AskRefund(order=number))] if refundable else [],
        [
            _button(own.button_refresh, ShowOrder(order=number)),
            _goto(own.button_back, AdminPlace.ORDERS),
        ],
    )


def complaint(
    own: OwnerTexts, number: int, *, waits: bool, refundable: bool, items: Sequence[SoldItem]
) -> InlineKeyboardMarkup:
    """What can be done about a problem with an order."""
    return _keyboard(
        [_button(own.button_answer, AskAnswer(order=number))],
        _replace(own, number, items),
        [_button(own.button_refund, AskRefund(order=number))] if refundable else [],
        [_button(own.button_close, CloseComplaint(order=number))] if waits else [],
        [
            _button(own.button_order, ShowOrder(order=number)),
            _goto(own.button_back, AdminPlace.COMPLAINTS),
        ],
    )


def complaints(own: OwnerTexts, labels: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """A button for each problem that waits."""
    rows = [[_button(label, ShowComplaint(order=number))] for number, label in labels]
    return _keyboard(*rows, [_goto(own.button_back, AdminPlace.HOME)])


def items(own: OwnerTexts, number: int, labels: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """A button for each item that can be replaced."""
    rows = [[_button(label, ReplaceItem(order=number, item=id_))] for id_, label in labels]
    return _keyboard(*rows, [_button(own.button_back, ShowOrder(order=number))])


def _replace(own: OwnerTexts, number: int, items: Sequence[SoldItem]) -> Row:
    """One press where there is only one that it can be; else the choice."""
    if len(items) == 1:
        label = own.button_replace.format(title=items[0].title)
        return [_button(label[:LABEL_CHARS_MAX], ReplaceItem(order=number, item=items[0].id))]
    return [_button(own.button_items, ShowItems(order=number))] if items else []


def ask_refund(own: OwnerTexts, number: int, total: str, *, goods: bool) -> InlineKeyboardMarkup:
    """Yes, yes with the goods back into stock, or no."""
    return _keyboard(
        [_button(own.button_refund_money.format(total=total), DoRefund(order=number, goods=False))],
        [_button(own.button_refund_goods, DoRefund(order=number, goods=True))] if goods else [],
        [_button(own.button_no, ShowOrder(order=number))],
    )


def products(
    own: OwnerTexts, labels: Sequence[tuple[int, str]], page: int, pages: int
) -> InlineKeyboardMarkup:
    """A button for each product, arrows only in directions that exist."""
    rows = [[_button(label, ShowProduct(product=id_))] for id_, label in labels]
    arrows: Row = []
    if page > 0:
        arrows.append(_button(own.button_previous, ShowProducts(page=page - 1)))
    if page < pages - 1:
        arrows.append(_button(own.button_next, ShowProducts(page=page + 1)))
    return _keyboard(*rows, arrows, [_goto(own.button_back, AdminPlace.HOME)])


def product(own: OwnerTexts, good: Good, *, owner: bool) -> InlineKeyboardMarkup:
    """What can be done about a product."""
    change = [
        _button(own.button_price, AskPrice(product=good.id)),
        _button(own.button_on_sale[not good.active], SetOnSale(product=good.id, on=not good.active)),
    ]
    picture = [_button(own.button_picture[good.picture is not None], AskPicture(product=good.id))]
    if good.picture is not None:
        picture.append(_button(own.button_picture_off, DropPicture(product=good.id)))
    withdraw = [_button(own.button_withdraw, AskWithdraw(product=good.id))]
    return _keyboard(
        change if owner else [],
        picture if owner else [],
        withdraw if owner and good.available else [],
        [
            _button(own.button_refresh, ShowProduct(product=good.id)),
            _button(own.button_back, ShowProducts(page=0)),
        ],
    )


def ask_withdraw(own: OwnerTexts, product_id: int) -> InlineKeyboardMarkup:
    """Yes or no."""
    return _keyboard(
        [
            _button(own.button_withdraw_all, DoWithdraw(product=product_id)),
            _button(own.button_no, ShowProduct(product=product_id)),
        ]
    )


def offers(own: OwnerTexts, active: Sequence[int]) -> InlineKeyboardMarkup:
    """A button for each discount that can be ended, two in a row."""
    buttons = [
        _button(own.button_switch_off.format(id=id_), SwitchOff(discount=id_))
        for id_ in active[:OFFER_BUTTONS_MAX]
    ]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    return _keyboard(*rows, [_goto(own.button_back, AdminPlace.HOME)])


def preview(own: OwnerTexts, draft: str, recipients: dict[Language, int]) -> InlineKeyboardMarkup:
    """To whom, or not at all; a language that nobody speaks is left out."""
    total = sum(recipients.values())
    some = {Language.RU: own.button_send_ru, Language.EN: own.button_send_en}
    by_language = [
        _button(some[language].format(count=count), SendDraft(draft=draft, to=language))
        for language, count in recipients.items()
        if 0 < count < total
    ]
    return _keyboard(
        [_button(own.button_send_all.format(count=total), SendDraft(draft=draft, to=None))] if total else [],
        by_language,
        [_button(own.button_no, DropDraft())],
    )


def policies(own: OwnerTexts) -> InlineKeyboardMarkup:
    """Each policy in each language."""
    rows = [
        [
            _button(own.policy_names[f"{name} {language.value}"], ShowPolicy(policy=name, language=language))
            for language in Language
        ]
        for name in POLICIES
    ]
    return _keyboard(*rows, [_goto(own.button_back, AdminPlace.HOME)])


def policy(own: OwnerTexts, name: Policy, language: Language, *, written: bool) -> InlineKeyboardMarkup:
    """What can be done about a policy."""
    return _keyboard(
        [_button(own.button_policy, AskPolicy(policy=name, language=language))],
        [_button(own.button_policy_off, DropPolicy(policy=name, language=language))] if written else [],
        [_goto(own.button_back, AdminPlace.POLICIES)],
    )


def broadcasts(own: OwnerTexts, labels: Sequence[tuple[int, str]]) -> InlineKeyboardMarkup:
    """A button for each broadcast, and one for a new one."""
    rows = [[_button(label, ShowBroadcast(broadcast=id_))] for id_, label in labels]
    return _keyboard(
        *rows,
        [_goto(own.button_broadcast, AdminPlace.NEW_BROADCAST), _goto(own.button_back, AdminPlace.HOME)],
    )


def broadcast(own: OwnerTexts, found: Progress) -> InlineKeyboardMarkup:
    """What can be done about a broadcast."""
    names: dict[Move, str] = {
        "pause": own.button_pause,
        "resume": own.button_resume,
        "cancel": own.button_stop,
    }
    moves = [
        _button(names[to], MoveBroadcast(broadcast=found.id, to=to)) for to in MOVES.get(found.status, ())
    ]
    return _keyboard(
        moves,
        [
            _button(own.button_refresh, ShowBroadcast(broadcast=found.id)),
            _goto(own.button_back, AdminPlace.BROADCASTS),
        ],
    )
