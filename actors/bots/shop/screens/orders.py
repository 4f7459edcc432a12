"""An order from its placing on, how it is paid for, and the list of all."""

from collections.abc import Mapping, Sequence
from html import escape

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.callbacks import (
    CancelOrder,
    Complain,
    HavePaid,
    OpenOrder,
    PayWith,
    Place,
    ShowGoods,
)
from mailroom.actors.bots.shop.complaints import ABOUT
from mailroom.actors.bots.shop.domain.order import Order, OrderSummary
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.screens.basket import balance_text, line_text, total_text
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import Row, button, keyboard, link
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.screens.shown import Shows
from mailroom.actors.kit.speech.dates import format_date
from mailroom.actors.kit.speech.money import format_money


def order_placed(texts: Texts, order: Order, providers: Mapping[str, str]) -> Screen:
    """An order that was just placed, from the row that was written: what, how much, and how to pay for it.

    Always the same for the same order: the handler that shows it may run again.
    """
    heading = texts.orders.placed(number=order.number)
    if order.status != "awaiting_payment":
        return order_page(texts, order, providers, None, heading)
    held = _held_minutes(order)
    state = (
        texts.orders.reserved(minutes=texts.orders.minutes(count=held)) if providers else texts.orders.by_hand
    )
    return _awaiting(texts, order, providers, heading, state)


def order_page(
    texts: Texts, order: Order, providers: Mapping[str, str], minutes_left: int | None, heading: str = ""
) -> Screen:
    """An order as it stands. `minutes_left` is for how long it still waits for its payment."""
    own = texts.orders
    waits = order.status == "awaiting_payment"
    status = "expired" if waits and minutes_left is None else order.status
    heading = heading or own.page(
        number=order.number,
        date=format_date(order.created_at, texts.language),
        status=texts.statuses.order[status],
    )
    if waits and minutes_left is not None:
        left = own.still_reserved(minutes=texts.orders.minutes(count=minutes_left))
        return _awaiting(texts, order, providers, heading, left if providers else own.by_hand)
    states = {
        "paid": own.paid,
        "delivered": own.delivered,
        "expired": own.expired,
        "canceled": own.canceled,
        "refunding": own.refunding,
        "refunded": own.refunded,
    }
    goods = [button(own.button_goods, ShowGoods(order=order.number))] if status == "delivered" else []
    # What has just been paid for may have arrived by the time that somebody looks.
    again = [button(own.button_have_paid, HavePaid(order=order.number))] if status == "expired" else []
    complain = [button(texts.complaints.button, Complain(order=order.number))] if status in ABOUT else []
    text = "\n\n".join([heading, body(texts, order), states[status]])
    buttons = keyboard(goods, again, complain, [goto(own.button_orders, Place.ORDERS)], ways_out(texts))
    return Screen(text, buttons, Shows(order.number, status))


def pay_page(
    texts: Texts,
    order: Order,
    kind: str,
    url: str,
    minutes_left: int | None,
    *,
    choice: bool,
    moves_money: bool,
) -> Screen:
    """The way to the payment page of an account of this kind. `choice`: there are others."""
    own = texts.orders
    amount = format_money(order.to_pay_minor, order.currency, texts.language)
    parts = [
        own.page(
            number=order.number,
            date=format_date(order.created_at, texts.language),
            status=texts.statuses.order[order.status],
        ),
        body(texts, order, with_form=False),
        own.still_reserved(minutes=texts.orders.minutes(count=minutes_left))
        if minutes_left is not None
        else "",
        own.pay_below,
        "" if moves_money else own.no_money_moves,
    ]
    pay = own.button_pay_at(amount=amount, provider=texts.orders.provider(kind))
    other = [button(own.button_other_way, OpenOrder(order=order.number))] if choice else []
    rows: list[Row] = [
        [link(pay, url)],
        [button(own.button_have_paid, HavePaid(order=order.number))],
        [*other, button(own.button_cancel, CancelOrder(order=order.number))],
    ]
    shows = Shows(order.number, order.status)
    return Screen("\n\n".join(part for part in parts if part), keyboard(*rows), shows)


def orders(texts: Texts, recent: Sequence[OrderSummary]) -> Screen:
    """The customer's recent orders, each with a button."""
    own = texts.orders
    if not recent:
        return Screen(own.empty, keyboard(ways_out(texts)))
    rows, buttons = [], []
    for order in recent:
        total = format_money(order.total_minor, order.currency, texts.language)
        status = texts.statuses.order[order.status]
        rows.append(
            own.row(
                number=order.number,
                date=format_date(order.created_at, texts.language),
                status=status,
                items=texts.orders.items(count=order.items),
                total=total,
            )
        )
        label = own.button_open(number=order.number, total=total, status=status)
        buttons.append([button(label, OpenOrder(order=order.number))])
    return Screen("\n\n".join([own.title, *rows]), keyboard(*buttons, ways_out(texts)))


def body(texts: Texts, order: Order, *, with_form: bool = True) -> str:
    """What is in an order, as it was agreed; with what its customer wrote into the form."""
    lines = "\n".join(
        line_text(
            texts, number, line.title, line.quantity, line.price_minor, line.list_price_minor, order.currency
        )
        for number, line in enumerate(order.lines, start=1)
    )
    list_total_minor = sum(line.list_price_minor * line.quantity for line in order.lines)
    sums = [total_text(texts, order.total_minor, list_total_minor, order.currency)]
    if order.balance_minor:
        sums += balance_text(texts, order.balance_minor, order.to_pay_minor, order.currency)
    if order.promo_code:
        sums.append(texts.orders.promo(code=escape(order.promo_code)))
    form = _written(texts, order) if with_form else ""
    return "\n\n".join(filter(None, [lines, "\n".join(sums), form]))


def _awaiting(texts: Texts, order: Order, providers: Mapping[str, str], heading: str, state: str) -> Screen:
    parts = [heading, body(texts, order), state]
    if providers:
        parts.append(texts.orders.choose_payment)
    shows = Shows(order.number, order.status)
    return Screen("\n\n".join(parts), _payment(texts, order, providers), shows)


def _payment(texts: Texts, order: Order, providers: Mapping[str, str]) -> InlineKeyboardMarkup:
    own = texts.orders
    ways: list[Row] = [
        [
            button(
                own.button_pay(provider=texts.orders.provider(kind)),
                PayWith(order=order.number, provider=name),
            )
        ]
        for name, kind in providers.items()
    ]
    cancel = [button(own.button_cancel, CancelOrder(order=order.number))]
    return keyboard(*ways, cancel, ways_out(texts))


def _written(texts: Texts, order: Order) -> str:
    lines = []
    if order.contact:
        lines.append(texts.form.contact(contact=escape(order.contact)))
    if order.comment:
        lines.append(texts.form.comment(comment=escape(order.comment)))
    return "\n".join(lines)


def _held_minutes(order: Order) -> int:
    """For how long an order holds its goods, from its placing on."""
    if order.reserved_until is None:
        return 0
    return round((order.reserved_until - order.created_at).total_seconds() / 60)
