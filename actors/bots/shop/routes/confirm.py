"""The last step of the order form: the summary, and the button that makes it an order."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from actors.bots.shop import screens
from actors.bots.shop.callbacks import ConfirmOrder
from actors.bots.shop.cart import Cart
from actors.bots.shop.memory import COMMENT, CONTACT, OrderForm, Turn, close_form, save_cart
from actors.bots.shop.orders import Customer, find_order, place_order
from actors.bots.shop.replies import popup, send, show
from actors.bots.shop.routes.basket import quote_and_tidy
from actors.bots.shop.screens import Screen
from actors.bots.shop.texts import Texts


async def ask_to_confirm(
    state: FSMContext, database: Pool, texts: Texts, cart: Cart, notice: str = ""
) -> Screen:
    """Enter the last step and show all that will be ordered, under an optional notice.

    If nothing is left to order, the form closes and the cart says why.
    """
    quote = await quote_and_tidy(state, database, texts, cart)
    if not quote.lines:
        await close_form(state)
        return screens.cart(texts, quote)
    await state.set_state(OrderForm.confirm)
    form = await state.get_data()
    screen = screens.summary(texts, quote, form.get(CONTACT, ""), form.get(COMMENT, ""))
    return screen.noting(texts.missing(len(quote.missing)) if quote.missing else notice)


async def confirm(
    callback: CallbackQuery,
    callback_data: ConfirmOrder,
    state: FSMContext,
    database: Pool,
    turn: Turn,
    texts: Texts,
    cart: Cart,
) -> None:
    """Place the order the customer saw.

    This handler may run again after a crash. So the order is looked up first: a price may have changed by
    now, and what was agreed and written stays agreed.
    """
    effect_id = turn.effect_id("order")
    order = await find_order(database, effect_id)
    if order is None:
        quote = await quote_and_tidy(state, database, texts, cart)
        if quote.missing or not quote.lines or quote.fingerprint != callback_data.quote:
            # The cart as it was read, not as it was tidied: the screen tells what had to leave it.
            screen = await ask_to_confirm(state, database, texts, cart, texts.order_changed)
            await show(callback, screen, texts.order_changed, alert=True)
            return
        order = await place_order(database, effect_id, await _customer(callback, state, turn, texts), quote)
    await save_cart(state, Cart())
    await close_form(state)
    await show(callback, screens.order_placed(texts, order))


async def remind_to_confirm(
    message: Message, state: FSMContext, database: Pool, texts: Texts, cart: Cart
) -> None:
    """A message where a button is expected: show the buttons again, where the customer is looking."""
    await send(message, await ask_to_confirm(state, database, texts, cart, texts.confirm_needs_button))


async def form_is_closed(callback: CallbackQuery, texts: Texts) -> None:
    """The confirm button of an order that was placed or cancelled meanwhile."""
    await popup(callback, texts.form_closed_popup, alert=True)


async def _customer(callback: CallbackQuery, state: FSMContext, turn: Turn, texts: Texts) -> Customer:
    form = await state.get_data()
    return Customer(
        bot=turn.bot,
        # Without the message, the private chat with the customer has the customer's own id.
        chat_id=callback.message.chat.id if callback.message else callback.from_user.id,
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
