"""The step where one types a promo code; it comes before all that takes text."""

from html import escape

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.billing import Bills
from mailroom.actors.bots.shop.callbacks import AskPromo, DropPromo
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.discounts import parse_promo_code
from mailroom.actors.bots.shop.memory import PROMO, PromoForm, forget
from mailroom.actors.bots.shop.promo_refusal import why_refused
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import send, show


async def ask(callback: CallbackQuery, state: FSMContext, texts: Texts) -> None:
    """Wait for a code."""
    await state.set_state(PromoForm.code)
    await show(callback, screens.ask_promo(texts))


async def take(
    message: Message, state: FSMContext, database: Pool, texts: Texts, cart: Cart, bills: Bills
) -> None:
    """A code that was typed: the cart with it, or what is wrong with it."""
    code = parse_promo_code(message.text or "")
    if code is None:
        await send(message, screens.ask_promo(texts, texts.cart.promo_malformed))
        return
    why = await why_refused(database, code)
    if why is not None:
        complaints = {
            "unknown": texts.cart.promo_unknown,
            "not_yet": texts.cart.promo_not_yet,
            "used_up": texts.cart.promo_used_up,
            "over": texts.cart.promo_over,
        }
        await send(message, screens.ask_promo(texts, complaints[why](code=escape(code))))
        return
    await state.set_state(None)
    await state.update_data({PROMO: code})
    await send(message, screens.cart(texts, await bills.read(cart)))


async def leave(message: Message, state: FSMContext, texts: Texts, cart: Cart, bills: Bills) -> None:
    """/cancel, or another look at the cart: no code, then."""
    await state.set_state(None)
    await send(message, screens.cart(texts, await bills.read(cart)))


async def drop(callback: CallbackQuery, state: FSMContext, texts: Texts, cart: Cart, bills: Bills) -> None:
    """The cart without a code."""
    await forget(state, PROMO)
    bill = await bills.read(cart)
    await show(callback, screens.cart(texts, bill), texts.cart.promo_dropped_popup)


def build() -> Router:
    """The router of promo codes."""
    router = Router(name="shop.promo")
    router.message.register(leave, PromoForm.code, Command("cancel", "cart", ignore_case=True))
    router.message.register(take, PromoForm.code, F.text, ~F.text.startswith("/"))
    router.callback_query.register(ask, AskPromo.filter())
    router.callback_query.register(drop, DropPromo.filter())
    return router
