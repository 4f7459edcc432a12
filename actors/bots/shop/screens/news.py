"""What the shop writes when something has happened: goods, receipts, bonuses, news that nobody likes."""

from html import escape

from mailroom.actors.bots.shop.callbacks import Place
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.screens.friends import short_name
from mailroom.actors.bots.shop.screens.orders import body
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import keyboard
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.dates import format_date
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.paying.kinds import Why


def expired(texts: Texts, order: Order) -> Screen:
    """The time to pay is over."""
    return Screen(
        texts.news.expired(number=order.number),
        keyboard([goto(texts.orders.button_orders, Place.ORDERS)], ways_out(texts)),
    )


def refunding(texts: Texts, number: int, why: Why, amount_minor: int, currency: str) -> Screen:
    """Money is on its way back, and why."""
    amount = _bold(texts, amount_minor, currency)
    return _refund(texts, number, why, texts.news.refund_under_way(amount=amount))


def refunded(
    texts: Texts, number: int, why: Why, amount_minor: int, currency: str, *, to_balance: bool
) -> Screen:
    """Money has gone back, to where it came from or to the balance."""
    own, amount = texts.news, _bold(texts, amount_minor, currency)
    where = own.refund_to_balance(amount=amount) if to_balance else own.refund_over(amount=amount)
    return _refund(texts, number, why, where)


def receipt(texts: Texts, order: Order, kind: str | None) -> Screen:
    """What was paid, when, and at an account of which kind; without one it was the balance alone."""
    parts = [texts.news.receipt(number=order.number), body(texts, order, with_form=False)]
    if kind is not None:
        parts.append(
            texts.news.receipt_paid(
                date=format_date(order.paid_at or order.created_at, texts.language),
                amount=format_money(order.to_pay_minor, order.currency, texts.language),
                provider=texts.orders.provider(kind),
            )
        )
    return Screen("\n\n".join(parts))


def bonus(texts: Texts, friend: str, level: int, amount_minor: int, currency: str) -> Screen:
    """A friend has bought something, or at a higher level somebody whom that friend has brought."""
    own = texts.news
    amount = format_money(amount_minor, currency, texts.language)
    name = escape(short_name(friend)) or texts.friends.nobody
    thanks = (own.bonus_friend if level == 1 else own.bonus_further)(friend=name)
    return Screen(
        f"{own.bonus(amount=amount)}\n{thanks}",
        keyboard([goto(texts.menu.button_friends, Place.FRIENDS), goto(texts.menu.button_menu, Place.HOME)]),
    )


def _refund(texts: Texts, number: int, why: Why, where: str) -> Screen:
    reason = texts.news.refund_because(why, number)
    return Screen(f"{reason}\n\n{where}", keyboard(ways_out(texts)))


def _bold(texts: Texts, amount_minor: int, currency: str) -> str:
    return f"<b>{format_money(amount_minor, currency, texts.language)}</b>"
