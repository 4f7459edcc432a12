"""What does not work is replaced from stock with one press; where an order has several, one says which."""

from aiogram import Router
from aiogram.types import CallbackQuery, User
from asyncpg import Pool

from mailroom.actors.bots.shop.complaints import find_complaint
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_orders import open_order
from mailroom.actors.bots.shop.owner_replace import replace
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import ReplaceItem, ShowItems
from mailroom.actors.bots.shop.routes.owner.screens import orders as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.screens.replies import show
from mailroom.actors.kit.turn import Turn


async def show_items(
    callback: CallbackQuery, callback_data: ShowItems, database: Pool, own: OwnerTexts, turn: Turn
) -> None:
    """What an order was sold."""
    await show(callback, screens.items(own, await open_order(database, turn.bot, callback_data.order)))


async def replace_item(
    callback: CallbackQuery,
    callback_data: ReplaceItem,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """Send another one: because of what the customer wrote last, if they did."""
    number = callback_data.order
    complaint = await find_complaint(room.database, number)
    why = complaint.last_words if complaint is not None else ""
    outcome = await replace(room, by(turn, me, "replace", why), number, callback_data.item)
    screen = screens.items(own, await open_order(room.database, turn.bot, number))
    await show(callback, screen.noting(own.orders.replaced(product=outcome["product"])))


def build() -> Router:
    """The router of replacements: they are for owners."""
    router = Router(name="shop.owner.replace")
    router.callback_query.filter(is_owner)
    router.callback_query.register(show_items, ShowItems.filter())
    router.callback_query.register(replace_item, ReplaceItem.filter())
    return router
