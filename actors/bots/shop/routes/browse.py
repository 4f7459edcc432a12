"""The catalogue: categories, pages of products, the card of one product."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import catalog, screens
from mailroom.actors.bots.shop.callbacks import Goto, OpenCategory, OpenProduct, Place
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.routes.card import card_of
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn


async def catalogue_command(
    message: Message, room: Room[Options], texts: Texts, cart: Cart, user_id: int
) -> None:
    """/catalog: the list of categories in a new message."""
    tell(room, "catalogue", user_id, door="chat")
    await send(message, await _categories(room.database, texts, cart))


async def open_categories(
    callback: CallbackQuery, room: Room[Options], texts: Texts, cart: Cart, user_id: int
) -> None:
    """The list of categories in place."""
    tell(room, "catalogue", user_id, door="chat")
    await show(callback, await _categories(room.database, texts, cart))


async def open_category(
    callback: CallbackQuery, callback_data: OpenCategory, database: Pool, texts: Texts, cart: Cart
) -> None:
    """A page of a category; if the category is gone, the list of those that remain."""
    page = await catalog.read_page(database, texts.language, callback_data.category, callback_data.page)
    if page is None:
        gone = texts.menu.old_button_popup
        await show(callback, await _categories(database, texts, cart), gone, alert=True)
        return
    await show(callback, screens.category_page(texts, page, cart.items))


async def open_product(
    callback: CallbackQuery,
    callback_data: OpenProduct,
    room: Room[Options],
    turn: Turn,
    texts: Texts,
    ordering: Ordering,
    cart: Cart,
    user_id: int,
) -> None:
    """The card of a product; if it is gone, the categories."""
    product = await catalog.find_product(room.database, texts.language, callback_data.product)
    if product is None:
        gone = texts.catalogue.gone_popup
        await show(callback, await _categories(room.database, texts, cart), gone, alert=True)
        return
    tell(room, "product", user_id, door="chat", product=product.slug)
    await show(callback, await card_of(turn, texts, ordering, product, cart, callback_data.page))


async def _categories(database: Pool, texts: Texts, cart: Cart) -> Screen:
    return screens.categories(texts, await catalog.list_categories(database, texts.language), cart.items)


def build() -> Router:
    """The router of the catalogue."""
    router = Router(name="shop.browse")
    router.message.register(catalogue_command, Command("catalog", "catalogue", ignore_case=True))
    router.callback_query.register(open_categories, Goto.filter(F.place == Place.CATEGORIES))
    router.callback_query.register(open_category, OpenCategory.filter())
    router.callback_query.register(open_product, OpenProduct.filter())
    return router
