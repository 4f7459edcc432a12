"""Filling, changing and looking at the cart."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from actors.bots.shop import catalog, screens
from actors.bots.shop.callbacks import AddToCart, ChangeLine, ClearCart, Goto, LineAction, Place
from actors.bots.shop.cart import LINES_MAX, QUANTITY_MAX, Cart, Change
from actors.bots.shop.memory import save_cart
from actors.bots.shop.quote import Quote
from actors.bots.shop.replies import popup, send, show
from actors.bots.shop.texts import Texts

CHANGES = {LineAction.MORE: Cart.increase, LineAction.LESS: Cart.decrease, LineAction.REMOVE: Cart.remove}


async def cart_command(message: Message, state: FSMContext, database: Pool, texts: Texts, cart: Cart) -> None:
    """/cart: the cart in a new message."""
    await send(message, screens.cart(texts, await quote_and_tidy(state, database, texts, cart)))


async def open_cart(
    callback: CallbackQuery, state: FSMContext, database: Pool, texts: Texts, cart: Cart
) -> None:
    """The cart in place."""
    await show(callback, screens.cart(texts, await quote_and_tidy(state, database, texts, cart)))


async def add(
    callback: CallbackQuery,
    callback_data: AddToCart,
    state: FSMContext,
    database: Pool,
    texts: Texts,
    cart: Cart,
) -> None:
    """Add one of the product on the card, if it is sold, within the limits and in the cart's currency."""
    product = await catalog.find_product(database, texts.language, callback_data.product)
    if product is None:
        shelves = await catalog.list_categories(database, texts.language)
        await show(
            callback, screens.categories(texts, shelves, cart.items), texts.product_gone_popup, alert=True
        )
        return
    fuller, change = cart.add(product.id)
    if change is not Change.DONE:
        await popup(callback, refusal(texts, change), alert=True)
        return
    if product.id in (await catalog.quote_cart(database, texts.language, fuller)).missing:
        await popup(callback, texts.other_currency_popup, alert=True)
        return
    await save_cart(state, fuller)
    quantity = fuller.quantity(product.id)
    card = screens.product_card(texts, product, callback_data.page, quantity, fuller.items)
    await show(callback, card, texts.added_popup.format(title=product.title, quantity=quantity))


async def change_line(
    callback: CallbackQuery,
    callback_data: ChangeLine,
    state: FSMContext,
    database: Pool,
    texts: Texts,
    cart: Cart,
) -> None:
    """More, less or none of a line; a refusal too shows the cart as it is now, for the button may be old."""
    changed, change = CHANGES[callback_data.action](cart, callback_data.product)
    await save_cart(state, changed)
    screen = screens.cart(texts, await quote_and_tidy(state, database, texts, changed))
    if change is not Change.DONE:
        await show(callback, screen, refusal(texts, change), alert=True)
    elif not changed.quantity(callback_data.product):
        await show(callback, screen, texts.removed_popup)
    else:
        await show(callback, screen)


async def clear(callback: CallbackQuery, state: FSMContext, texts: Texts) -> None:
    """Empty the cart."""
    await save_cart(state, Cart())
    await show(callback, screens.cart(texts, Quote(())), texts.cart_cleared_popup)


async def quote_and_tidy(state: FSMContext, database: Pool, texts: Texts, cart: Cart) -> Quote:
    """Price the cart and drop from it what is no longer sold; the quote tells what was dropped."""
    quote = await catalog.quote_cart(database, texts.language, cart)
    if quote.missing:
        await save_cart(state, cart.without(*quote.missing))
    return quote


def refusal(texts: Texts, change: Change) -> str:
    """Why the cart did not change."""
    if change is Change.TOO_MANY_LINES:
        return texts.too_many_lines_popup.format(limit=LINES_MAX)
    if change is Change.TOO_MANY_OF_ONE:
        return texts.too_many_of_one_popup.format(limit=QUANTITY_MAX)
    return texts.not_in_cart_popup


def build() -> Router:
    """The router of the cart."""
    router = Router(name="shop.basket")
    router.message.register(cart_command, Command("cart", ignore_case=True))
    router.callback_query.register(open_cart, Goto.filter(F.place == Place.CART))
    router.callback_query.register(add, AddToCart.filter())
    router.callback_query.register(change_line, ChangeLine.filter())
    router.callback_query.register(clear, ClearCart.filter())
    return router
