"""The order form up to its last step: contact, then comment.

    cart ──begin──► contact ──text, known, @username──► comment ──text, skip──► confirm ──► order, form closed
                       ▲                                                           │
                       └───────────────────────────change──────────────────────────┘

`cancel` (button or /cancel) closes the form from any step and keeps the cart; `confirm.py` is the last step.
The contact is remembered, and offered the next time.
"""

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.billing import Bills
from mailroom.actors.bots.shop.callbacks import FormAction, FormStep, StartOrder
from mailroom.actors.bots.shop.customers import find_customer, set_contact
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.contact import (
    COMMENT_LENGTH_MAX,
    parse_comment,
    parse_contact,
)
from mailroom.actors.bots.shop.memory import COMMENT, CONTACT, OrderForm, PromoForm, close_form
from mailroom.actors.bots.shop.routes.confirm import ask_to_confirm
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import popup, send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.printable import printable
from mailroom.actors.kit.turn import Turn


async def begin(
    callback: CallbackQuery,
    state: FSMContext,
    database: Pool,
    turn: Turn,
    texts: Texts,
    cart: Cart,
    bills: Bills,
) -> None:
    """Open the form; a cart that cannot be ordered as it is is shown instead."""
    bill = await bills.read(cart)
    if bill.quote.missing or bill.quote.short or not bill.quote.lines:
        await show(callback, screens.cart(texts, bill))
        return
    await _ask_contact(callback, state, database, turn, texts)


async def unknown_command(message: Message, texts: Texts) -> None:
    """A command that no router before this one knows: it must not be taken for a contact or a comment."""
    await send(message, Screen(texts.menu.unknown_command))


async def take_contact(
    message: Message, state: FSMContext, database: Pool, turn: Turn, texts: Texts, user_id: int
) -> None:
    """A typed contact, or one shared with Telegram's own button."""
    given = message.contact.phone_number if message.contact else message.text
    contact = parse_contact(given or "")
    if contact is None:
        username = message.from_user.username if message.from_user else None
        known = await _known_contact(database, turn, user_id)
        await send(message, screens.ask_contact(texts, username, known, texts.form.bad_contact))
        return
    await _to_comment(state, database, turn, user_id, contact)
    await send(message, screens.ask_comment(texts))


async def use_known(
    callback: CallbackQuery, state: FSMContext, database: Pool, turn: Turn, texts: Texts
) -> None:
    """The contact of the last time."""
    contact = await _known_contact(database, turn, callback.from_user.id)
    if not contact:
        await _ask_contact(callback, state, database, turn, texts)
        return
    await _to_comment(state, database, turn, callback.from_user.id, contact)
    await show(callback, screens.ask_comment(texts))


async def use_username(
    callback: CallbackQuery, state: FSMContext, database: Pool, turn: Turn, texts: Texts
) -> None:
    """The customer's @username as the contact; it may have been removed since the button was drawn."""
    username = callback.from_user.username
    if username is None:
        await popup(callback, texts.form.no_username_popup, alert=True)
        return
    await _to_comment(state, database, turn, callback.from_user.id, f"@{username}")
    await show(callback, screens.ask_comment(texts))


async def take_comment(message: Message, state: FSMContext, texts: Texts, cart: Cart, bills: Bills) -> None:
    """A typed comment leads to the summary."""
    comment = parse_comment(message.text or "")
    if comment is None:
        length = len(printable(message.text or ""))
        complaint = texts.form.comment_too_long(length=length, limit=COMMENT_LENGTH_MAX)
        await send(message, screens.ask_comment(texts, complaint))
        return
    await state.update_data({COMMENT: comment})
    await send(message, await ask_to_confirm(state, texts, cart, bills))


async def skip_by_command(
    message: Message, state: FSMContext, texts: Texts, cart: Cart, bills: Bills
) -> None:
    """/skip does what the button does."""
    await state.update_data({COMMENT: ""})
    await send(message, await ask_to_confirm(state, texts, cart, bills))


async def skip_comment(
    callback: CallbackQuery, state: FSMContext, texts: Texts, cart: Cart, bills: Bills
) -> None:
    """No comment."""
    await state.update_data({COMMENT: ""})
    screen = await ask_to_confirm(state, texts, cart, bills)
    await show(callback, screen)


async def change(
    callback: CallbackQuery, state: FSMContext, database: Pool, turn: Turn, texts: Texts
) -> None:
    """Back to the first step."""
    await _ask_contact(callback, state, database, turn, texts)


async def cancel(
    callback: CallbackQuery, state: FSMContext, texts: Texts, cart: Cart, front: screens.Front
) -> None:
    """Close the form, keep the cart."""
    await close_form(state)
    await show(callback, screens.menu(texts, cart.items, texts.form.cancelled, front))


async def ask_for_text(message: Message, texts: Texts) -> None:
    """A photo or a sticker where the form waits for words."""
    await send(message, Screen(texts.form.needs_text))


async def form_is_closed(callback: CallbackQuery, texts: Texts) -> None:
    """A button of a form that was sent, cancelled, or is at another step."""
    await popup(callback, texts.form.closed_popup, alert=True)


async def _ask_contact(
    callback: CallbackQuery, state: FSMContext, database: Pool, turn: Turn, texts: Texts
) -> None:
    await state.set_state(OrderForm.contact)
    known = await _known_contact(database, turn, callback.from_user.id)
    await show(callback, screens.ask_contact(texts, callback.from_user.username, known))


async def _known_contact(database: Pool, turn: Turn, user_id: int) -> str:
    customer = await find_customer(database, turn.bot, user_id)
    return customer.contact if customer else ""


async def _to_comment(state: FSMContext, database: Pool, turn: Turn, user_id: int, contact: str) -> None:
    await set_contact(database, turn.bot, user_id, contact)
    await state.update_data({CONTACT: contact})
    await state.set_state(OrderForm.comment)


def build() -> Router:
    """The router of the form's steps; it comes after all routers with commands, see `unknown_command`."""
    router = Router(name="shop.form")
    router.message.register(skip_by_command, OrderForm.comment, Command("skip", ignore_case=True))
    router.message.register(unknown_command, F.text.startswith("/"))
    router.message.register(take_contact, OrderForm.contact, F.text | F.contact)
    router.message.register(take_comment, OrderForm.comment, F.text)
    waits_for_text = StateFilter(OrderForm.contact, OrderForm.comment, PromoForm.code)
    router.message.register(ask_for_text, waits_for_text)
    router.callback_query.register(begin, StartOrder.filter())
    for action, handler, states in (
        (FormAction.USE_KNOWN, use_known, (OrderForm.contact,)),
        (FormAction.USE_USERNAME, use_username, (OrderForm.contact,)),
        (FormAction.SKIP_COMMENT, skip_comment, (OrderForm.comment,)),
        (FormAction.CHANGE, change, (OrderForm.confirm,)),
        (FormAction.CANCEL, cancel, (OrderForm.contact, OrderForm.comment, OrderForm.confirm)),
    ):
        router.callback_query.register(handler, FormStep.filter(F.action == action), StateFilter(*states))
    router.callback_query.register(form_is_closed, FormStep.filter())
    return router
