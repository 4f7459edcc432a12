"""The last step of the order form: the summary, and the button that makes it an order."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.billing import Bills
from mailroom.actors.bots.shop.callbacks import ConfirmOrder
from mailroom.actors.bots.shop.domain.bill import read_seen
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.memory import (
    CART,
    COMMENT,
    CONTACT,
    PROMO,
    USE_BALANCE,
    OrderForm,
    close_form,
    forget,
)
from mailroom.actors.bots.shop.ordering import Ordering, Refused, Wish
from mailroom.actors.bots.shop.orders import Buyer
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import chat_of, popup, send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn


async def ask_to_confirm(
    state: FSMContext,
    texts: Texts,
    cart: Cart,
    bills: Bills,
    notice: str = "",
) -> Screen:
    """Enter the last step and show all that will be ordered, under an optional notice.

    If it cannot be ordered as it is, the form closes and the cart says why.
    """
    bill = await bills.read(cart)
    if not bill.quote.lines or bill.quote.short:
        await close_form(state)
        return screens.cart(texts, bill)
    await state.set_state(OrderForm.confirm)
    form = await state.get_data()
    screen = screens.summary(texts, bill, form.get(CONTACT, ""), form.get(COMMENT, ""))
    return screen.noting(texts.cart.missing(count=len(bill.quote.missing)) if bill.quote.missing else notice)


async def confirm(
    callback: CallbackQuery,
    callback_data: ConfirmOrder,
    state: FSMContext,
    turn: Turn,
    ordering: Ordering,
    texts: Texts,
    cart: Cart,
    bills: Bills,
) -> None:
    """Place the order the customer saw, and show how to pay for it.

    This handler may run again after a crash: what was agreed and written stays agreed.
    """
    remembered = await state.get_data()
    quote, to_pay_minor = read_seen(callback_data.quote)
    wish = Wish(
        cart,
        quote,
        to_pay_minor,
        remembered.get(PROMO),
        use_balance=bool(remembered.get(USE_BALANCE)),
    )
    buyer = await _buyer(callback, state, turn, texts)
    outcome = await ordering.order(turn, buyer, wish)
    if isinstance(outcome, Refused):
        if outcome.why == "too_many_waiting":
            await popup(callback, texts.orders.too_many_waiting_popup, alert=True)
            return
        said = texts.cart.short if outcome.why == "sold_out" else texts.form.changed
        await show(callback, await ask_to_confirm(state, texts, cart, bills, said), said, alert=True)
        return
    await forget(state, CART, PROMO, USE_BALANCE)
    await close_form(state)
    await show(callback, screens.order_placed(texts, outcome.order, ordering.payable_at(outcome.order)))


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
