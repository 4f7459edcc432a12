"""The last step of the order form: the summary, and the button that makes it an order."""

from dataclasses import replace

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.billing import Bills
from mailroom.actors.bots.shop.callbacks import ConfirmOrder
from mailroom.actors.bots.shop.cart import Cart
from mailroom.actors.bots.shop.memory import (
    CART,
    COMMENT,
    CONTACT,
    PROMO,
    USE_BALANCE,
    OrderForm,
    Turn,
    Wake,
    close_form,
    forget,
)
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import (
    Buyer,
    QuoteChanged,
    SoldOut,
    TooManyWaiting,
    find_order_of,
    place_order,
)
from mailroom.actors.bots.shop.replies import chat_of, popup, send, show
from mailroom.actors.bots.shop.screens import Screen
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.ways import reserve_minutes
from mailroom.actors.paying.ways import Ways


async def ask_to_confirm(
    state: FSMContext,
    texts: Texts,
    cart: Cart,
    bills: Bills,
    notice: str = "",
    promo_gone: str | None = None,
) -> Screen:
    """Enter the last step and show all that will be ordered, under an optional notice; `promo_gone` is a code
    that has been dropped just before.

    If it cannot be ordered as it is, the form closes and the cart says why.
    """
    bill = await bills.read(cart)
    bill = replace(bill, promo_gone=bill.promo_gone or promo_gone)
    if not bill.quote.lines or bill.quote.short:
        await close_form(state)
        return screens.cart(texts, bill)
    await state.set_state(OrderForm.confirm)
    form = await state.get_data()
    screen = screens.summary(texts, bill, form.get(CONTACT, ""), form.get(COMMENT, ""))
    return screen.noting(texts.missing(len(bill.quote.missing)) if bill.quote.missing else notice)


async def confirm(
    callback: CallbackQuery,
    callback_data: ConfirmOrder,
    state: FSMContext,
    database: Pool,
    turn: Turn,
    ways: Ways,
    options: Options,
    wake: Wake,
    texts: Texts,
    cart: Cart,
    bills: Bills,
) -> None:
    """Place the order the customer saw, and show how to pay for it.

    This handler may run again after a crash. So the order is looked up first: a price may have changed by
    now, and what was agreed and written stays agreed.
    """
    effect_id = turn.effect_id("order")
    order = await find_order_of(database, effect_id)
    if order is None:
        bill = await bills.read(cart)
        quote = bill.quote
        if not quote.missing and quote.lines and quote.fingerprint == callback_data.quote:
            try:
                order = await place_order(
                    database,
                    effect_id,
                    await _buyer(callback, state, turn, texts),
                    quote,
                    reserve_minutes=reserve_minutes(options, bill),
                    ways=ways,
                    use_balance=bill.use_balance,
                    origin=turn.origin("order"),
                )
            except TooManyWaiting:
                await popup(callback, texts.orders.too_many_waiting_popup, alert=True)
                return
            except (QuoteChanged, SoldOut):
                pass  # shown below, as it is now
        if order is None:
            # The cart as it was read, not as it was tidied: the screen tells what had to leave it.
            screen = await ask_to_confirm(state, texts, cart, bills, texts.form.changed, bill.promo_gone)
            await show(callback, screen, texts.form.changed, alert=True)
            return
    wake("delivery")
    await forget(state, CART, PROMO, USE_BALANCE)
    await close_form(state)
    await show(callback, screens.order_placed(texts, order, ways.offered(order.to_pay_minor, order.currency)))


async def remind_to_confirm(
    message: Message, state: FSMContext, texts: Texts, cart: Cart, bills: Bills
) -> None:
    """A message where a button is expected: show the buttons again, where the customer is looking."""
    needed = texts.form.confirm_needs_button
    await send(message, await ask_to_confirm(state, texts, cart, bills, needed))


async def form_is_closed(callback: CallbackQuery, texts: Texts) -> None:
    """The confirm button of an order that was placed or cancelled meanwhile."""
    await popup(callback, texts.form.closed_popup, alert=True)


async def _buyer(callback: CallbackQuery, state: FSMContext, turn: Turn, texts: Texts) -> Buyer:
    form = await state.get_data()
    return Buyer(
        bot=turn.bot,
        chat_id=chat_of(callback),
        user_id=callback.from_user.id,
        language=texts.language,
        contact=form[CONTACT],
        comment=form.get(COMMENT, ""),
    )


def build() -> Router:
    """The router of the last step."""
    router = Router(name="shop.confirm")
    router.message.register(remind_to_confirm, OrderForm.confirm)
    router.callback_query.register(confirm, ConfirmOrder.filter(), OrderForm.confirm)
    router.callback_query.register(form_is_closed, ConfirmOrder.filter())
    return router
