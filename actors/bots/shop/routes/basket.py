"""Filling, changing and looking at the cart."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from mailroom.actors.bots.shop import catalog, screens
from mailroom.actors.bots.shop.billing import Bills
from mailroom.actors.bots.shop.callbacks import (
    AddToCart,
    ChangeLine,
    ClearCart,
    FitCart,
    Goto,
    LineAction,
    Place,
    UseBalance,
)
from mailroom.actors.bots.shop.domain.bill import Bill
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX, Cart, Change
from mailroom.actors.bots.shop.domain.quote import Quote
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.memory import USE_BALANCE, save_cart
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.routes.card import card_of
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.screens.replies import popup, send, show
from mailroom.actors.kit.turn import Turn

CHANGES = {LineAction.MORE: Cart.increase, LineAction.LESS: Cart.decrease, LineAction.REMOVE: Cart.remove}


async def cart_command(message: Message, texts: Texts, cart: Cart, bills: Bills) -> None:
    """/cart: the cart in a new message."""
    await send(message, screens.cart(texts, await bills.read(cart)))


async def open_cart(callback: CallbackQuery, texts: Texts, cart: Cart, bills: Bills) -> None:
    """The cart in place."""
    bill = await bills.read(cart)
    await show(callback, screens.cart(texts, bill))


async def add(
    callback: CallbackQuery,
    callback_data: AddToCart,
    state: FSMContext,
    room: Room[Options],
    turn: Turn,
    ordering: Ordering,
    texts: Texts,
    cart: Cart,
    user_id: int,
) -> None:
    """Add one of the product on the card: if there is one more, within the limits, in the cart's currency."""
    product = await catalog.find_product(room.database, texts.language, callback_data.product)
    if product is None:
        shelves = await catalog.list_categories(room.database, texts.language)
        await show(
            callback, screens.categories(texts, shelves, cart.items), texts.catalogue.gone_popup, alert=True
        )
        return
    fuller, change = cart.add(product.id)
    if change is not Change.DONE:
        await popup(callback, refusal(texts, change), alert=True)
        return
    if product.id in (await catalog.quote_cart(room.database, texts.language, fuller)).missing:
        await popup(callback, texts.cart.other_currency_popup, alert=True)
        return
    quantity = fuller.quantity(product.id)
    if quantity > product.available:
        card = await card_of(turn, texts, ordering, product, cart, callback_data.page)
        await show(callback, card, too_few(texts, product.available), alert=True)
        return
    await save_cart(state, fuller)
    tell(room, "cart", user_id, door="chat", product=product.slug)
    card = await card_of(turn, texts, ordering, product, fuller, callback_data.page)
    await show(callback, card, texts.cart.added_popup(title=product.title, quantity=quantity))


async def change_line(
    callback: CallbackQuery,
    callback_data: ChangeLine,
    state: FSMContext,
    texts: Texts,
    cart: Cart,
    bills: Bills,
) -> None:
    """More, less or none of a line; a refusal too shows the cart as it is now, for the button may be old."""
    product_id = callback_data.product
    changed, change = CHANGES[callback_data.action](cart, product_id)
    bill = await bills.read(changed)
    left = dict(bill.quote.short).get(product_id)
    if change is Change.DONE and callback_data.action is LineAction.MORE and left is not None:
        bill = await bills.read(cart)
        await show(callback, screens.cart(texts, bill), too_few(texts, left), alert=True)
        return
    await save_cart(state, changed.without(*bill.quote.missing))
    screen = screens.cart(texts, bill)
    if change is not Change.DONE:
        await show(callback, screen, refusal(texts, change), alert=True)
    elif not changed.quantity(product_id):
        await show(callback, screen, texts.cart.removed_popup)
    else:
        await show(callback, screen)


async def fit(callback: CallbackQuery, state: FSMContext, texts: Texts, cart: Cart, bills: Bills) -> None:
    """As many of everything as there are."""
    bill = await bills.read(cart)
    fitting = cart.without(*bill.quote.missing)
    for product_id, left in bill.quote.short:
        fitting = fitting.at_most(product_id, left)
    await save_cart(state, fitting)
    bill = await bills.read(fitting)
    await show(callback, screens.cart(texts, bill))


async def clear(callback: CallbackQuery, state: FSMContext, texts: Texts) -> None:
    """Empty the cart."""
    await save_cart(state, Cart())
    await show(callback, screens.cart(texts, Bill(Quote(()))), texts.cart.cleared_popup)


async def use_balance(
    callback: CallbackQuery,
    callback_data: UseBalance,
    state: FSMContext,
    texts: Texts,
    cart: Cart,
    bills: Bills,
) -> None:
    """Pay with the balance, or not."""
    await state.update_data({USE_BALANCE: callback_data.on})
    bill = await bills.read(cart)
    await show(callback, screens.cart(texts, bill))


def refusal(texts: Texts, change: Change) -> str:
    """Why the cart did not change."""
    if change is Change.TOO_MANY_LINES:
        return texts.cart.too_many_lines_popup(limit=LINES_MAX)
    if change is Change.TOO_MANY_OF_ONE:
        return texts.cart.too_many_of_one_popup(limit=QUANTITY_MAX)
    return texts.cart.not_in_cart_popup


def too_few(texts: Texts, left: int) -> str:
    """Why there cannot be more of it."""
    return texts.catalogue.only_left_popup(count=left) if left else texts.catalogue.sold_out_popup


def build() -> Router:
    """The router of the cart."""
    router = Router(name="shop.basket")
    router.message.register(cart_command, Command("cart", ignore_case=True))
    router.callback_query.register(open_cart, Goto.filter(F.place == Place.CART))
    router.callback_query.register(add, AddToCart.filter())
    router.callback_query.register(change_line, ChangeLine.filter())
    router.callback_query.register(fit, FitCart.filter())
    router.callback_query.register(clear, ClearCart.filter())
    router.callback_query.register(use_balance, UseBalance.filter())
    return router
