"""Paying for an order: the way to a provider's page, "I have paid", and doing without it."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery
from structlog import get_logger

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.callbacks import CancelOrder, HavePaid, PayWith
from mailroom.actors.bots.shop.checkout import PURPOSE, NotOffered, OrderClosed, pay_link
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.orders import cancel_order
from mailroom.actors.bots.shop.routes.theirs import their_order
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.waiting import minutes_left, own_order
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.screens.replies import popup, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn
from mailroom.actors.paying.kinds import CONFIRM, Confirm
from mailroom.actors.providers.payments import PaymentProviderError, ProviderUnavailableError
from mailroom.storage.postgres.payments import payments_of

log = get_logger("mailroom.shop")

ASKED_AGAIN_SECONDS = 5.0
"""However often somebody presses, a provider is asked no more often about one payment."""


async def pay(
    callback: CallbackQuery,
    callback_data: PayWith,
    bot: Bot,
    room: Room[Options],
    turn: Turn,
    ordering: Ordering,
    texts: Texts,
) -> None:
    """Have the provider make a payment and show the way to it; run again it is the same payment."""
    order = await their_order(callback, room.database, turn.bot, texts, callback_data.order)
    if order is None:
        return
    name = callback_data.provider
    try:
        chat_url = "" if room.public_url else f"https://t.me/{(await bot.me()).username}"
        link = await pay_link(room, turn, ordering.ways, order, name, chat_url=chat_url)
    except (OrderClosed, NotOffered, PaymentProviderError) as error:
        screen = await order_screen(texts, order, ordering)
        await show(callback, screen, _why_not(texts, order, ordering, name, error), alert=True)
        return
    screen = screens.pay_page(
        texts,
        order,
        ordering.ways.kind(name),
        link.url,
        await minutes_left(room.database, order.number),
        choice=len(ordering.payable_at(order)) > 1,
        moves_money=not ordering.ways.providers[name].test,
    )
    await show(callback, screen)


def _why_not(texts: Texts, order: Order, ordering: Ordering, name: str, error: Exception) -> str:
    """Why there is no way to this provider's page."""
    own = texts.orders
    if isinstance(error, OrderClosed):
        return own.closed_popup
    if isinstance(error, NotOffered):
        return own.not_offered_popup
    log.warning("no_pay_link", order=order.number, provider=name, error=str(error))
    said = own.provider_refused_popup
    if isinstance(error, ProviderUnavailableError):
        others = any(one != name for one in ordering.payable_at(order))
        said = own.provider_down_choose_popup if others else own.provider_down_popup
    return said(provider=own.provider(ordering.ways.kind(name)))


async def have_paid(
    callback: CallbackQuery,
    callback_data: HavePaid,
    room: Room[Options],
    turn: Turn,
    ordering: Ordering,
    texts: Texts,
) -> None:
    """Have the providers asked. What they say reaches the customer as any payment does; an order that is over
    is shown as it is.
    """
    order = await their_order(callback, room.database, turn.bot, texts, callback_data.order)
    if order is None:
        return
    if order.status not in ("awaiting_payment", "expired", "canceled"):
        await show(callback, await order_screen(texts, order, ordering))
        return
    asked = [
        one
        for one in await payments_of(room.database, order.bot, PURPOSE, str(order.number))
        if one.provider_id is not None and one.status in ("pending", "canceled")
    ]
    if not asked:
        await popup(callback, texts.orders.nothing_to_ask_popup, alert=True)
        return
    jobs = [
        CONFIRM(
            Confirm(payment_id=one.id),
            bot=one.bot,
            dedup_key=f"customer:{one.id}",
            dedup_seconds=ASKED_AGAIN_SECONDS,
        )
        for one in asked
    ]
    async with room.transaction(turn) as tx:
        await tx.enqueue(*jobs)
    names = ", ".join(dict.fromkeys(texts.orders.provider(ordering.ways.kind(one.provider)) for one in asked))
    await popup(callback, texts.orders.asked_popup(provider=names), alert=True)


async def cancel(
    callback: CallbackQuery,
    callback_data: CancelOrder,
    room: Room[Options],
    turn: Turn,
    ordering: Ordering,
    texts: Texts,
) -> None:
    """Do without the order; its goods are free at once."""
    user_id = callback.from_user.id
    order = await their_order(callback, room.database, turn.bot, texts, callback_data.order)
    if order is None:
        return
    await cancel_order(room, turn, order.number, user_id)
    order = await own_order(room.database, turn.bot, user_id, order.number) or order
    # By its state, not by what the call said: a handler that runs again finds it cancelled already.
    canceled = order.status == "canceled"
    said = texts.orders.canceled_popup if canceled else texts.orders.not_canceled_popup
    screen = await order_screen(texts, order, ordering)
    await show(callback, screen, said, alert=not canceled)


async def order_screen(texts: Texts, order: Order, ordering: Ordering) -> Screen:
    """An order as it stands now."""
    now = await own_order(ordering.database, order.bot, order.user_id, order.number) or order
    left = await minutes_left(ordering.database, order.number)
    return screens.order_page(texts, now, ordering.payable_at(now), left)


def build() -> Router:
    """The router of paying."""
    router = Router(name="shop.pay")
    router.callback_query.register(pay, PayWith.filter())
    router.callback_query.register(have_paid, HavePaid.filter())
    router.callback_query.register(cancel, CancelOrder.filter())
    return router
