"""Orders: a list, one of them, what it was sold, and whether its money is to go back."""

from collections.abc import Sequence
from html import escape

from mailroom.actors.bots.shop.owner_orders import Dossier, OrderRow, PaidHow
from mailroom.actors.bots.shop.routes.owner.keyboards import orders as keyboards
from mailroom.actors.bots.shop.stock import SoldItem
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.lists import fitted, shortened
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.dates import format_moment
from mailroom.actors.kit.speech.money import format_money

LINES_CHARS_MAX = 1_000
ITEM_BUTTONS_MAX = 40


def orders(own: OwnerTexts, found: Sequence[OrderRow], text: str = "") -> Screen:
    """A list of orders, each a button."""
    heading = own.orders.found(text=escape(text)) if text else own.orders.heading
    return Screen(
        f"{heading}\n{own.orders.how_to_find}" if found else own.orders.none, keyboards.orders(own, found)
    )


def order(own: OwnerTexts, found: Dossier, *, owner: bool) -> Screen:
    """One order: who, what, how it was paid, and what is still to be done."""
    one, language = found.order, own.language

    def money(amount_minor: int) -> str:
        return format_money(amount_minor, one.currency, language)

    lines = (
        own.orders.line(title=escape(line.title), quantity=line.quantity, price=money(line.price_minor))
        for line in one.lines
    )
    text = own.orders.page(
        number=one.number,
        status=own.statuses.order[one.status],
        date=format_moment(one.created_at, language),
        name=escape(found.name) or "–",
        contact=escape(one.contact),
        user=one.user_id,
        lines="\n".join(lines),
        total=money(one.total_minor),
    )
    if one.promo_code:
        text += "\n" + own.orders.promo(code=escape(one.promo_code))
    if one.balance_minor:
        text += "\n" + own.orders.balance(balance=money(one.balance_minor))
    if one.comment:
        text += "\n" + own.orders.comment(comment=escape(one.comment))
    payments = [_payment(own, paid) for paid in found.payments] or [own.orders.no_payments]
    jobs = [
        own.orders.job_line(
            name=escape(job.name), state=own.statuses.job.get(job.state, job.state), attempts=job.attempts
        )
        for job in found.jobs
    ]
    text += "\n\n" + "\n".join([own.orders.payments, *payments])
    text += "\n\n" + ("\n".join([own.orders.jobs, *jobs]) if jobs else own.orders.no_jobs)
    if any(item.dead_at is not None for item in found.items):
        text += "\n\n" + _items(own, found.items)
    keyboard = keyboards.order(
        own,
        one.number,
        refundable=is_refundable(found, owner=owner),
        complaint=found.complaint is not None,
        items=replaceable(found, owner=owner),
    )
    return Screen(text, keyboard)


def items(own: OwnerTexts, found: Dossier) -> Screen:
    """What an order was sold, each to be replaced with one press."""
    live = replaceable(found, owner=True)
    places = {item.id: place for place, item in enumerate(found.items, start=1)}
    labels = [
        (item.id, shortened(own.orders.button_replace_one(place=places[item.id], title=item.title), 60))
        for item in live[:ITEM_BUTTONS_MAX]
    ]
    text = own.orders.items(number=found.order.number, rows=_items(own, found.items))
    return Screen(text, keyboards.items(own, found.order.number, labels))


def ask_refund(own: OwnerTexts, found: Dossier) -> Screen:
    """Whether the money is really to go back."""
    one = found.order
    total = format_money(one.total_minor, one.currency, own.language)
    unseen = one.delivered_at is None
    text = own.orders.ask_refund(total=total, number=one.number) + (
        own.orders.ask_refund_goods if unseen else ""
    )
    return Screen(text, keyboards.ask_refund(own, one.number, total, goods=unseen))


def replaceable(found: Dossier, *, owner: bool) -> list[SoldItem]:
    """What can be replaced: that is for owners, and of what was delivered."""
    if not owner or found.order.status != "delivered":
        return []
    return [item for item in found.items if item.dead_at is None]


def is_refundable(found: Dossier, *, owner: bool) -> bool:
    """Whether money can go back: that is for owners, and of what was paid."""
    return owner and found.order.status in ("paid", "delivered")


def _items(own: OwnerTexts, items: Sequence[SoldItem]) -> str:
    rows = []
    for place, item in enumerate(items, start=1):
        at = format_moment(item.dead_at or item.sold_at, own.language)
        if item.dead_at is not None:
            state = own.orders.item_dead(at=at)
        else:
            state = own.orders.item_given(at=at) if item.replaces is not None else own.orders.item_sold(at=at)
        rows.append(own.orders.item_row(place=place, title=escape(item.title), state=state))
    return fitted(rows, LINES_CHARS_MAX)


def _payment(own: OwnerTexts, paid: PaidHow) -> str:
    payment = paid.payment
    text = own.orders.payment_line(
        provider=escape(payment.provider),
        total=format_money(payment.amount_minor, payment.currency, own.language),
        status=own.statuses.payment[payment.status],
    )
    for refund in paid.refunds:
        text += own.orders.payment_refund(
            total=format_money(refund.amount_minor, refund.currency, own.language),
            status=own.statuses.refund["by_gateway" if refund.by_gateway else refund.status],
        )
    return text
