"""The customer's own orders, and what they have bought."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.callbacks import Goto, OpenOrder, Place, ShowGoods
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.orders import recent_orders
from mailroom.actors.bots.shop.routes.pay import order_screen
from mailroom.actors.bots.shop.routes.theirs import their_order
from mailroom.actors.bots.shop.sending import send_goods
from mailroom.actors.bots.shop.stock import goods_of
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.waiting import own_order
from mailroom.actors.kit.screens.replies import chat_of, popup, send, show
from mailroom.actors.kit.turn import Turn
from mailroom.storage.vault import Vault


async def orders_command(message: Message, database: Pool, turn: Turn, texts: Texts, user_id: int) -> None:
    """/orders: recent orders in a new message."""
    await send(message, screens.orders_page(texts, await recent_orders(database, turn.bot, user_id)))


async def open_orders(callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts) -> None:
    """Recent orders in place."""
    recent = await recent_orders(database, turn.bot, callback.from_user.id)
    await show(callback, screens.orders_page(texts, recent))


async def open_order(
    callback: CallbackQuery,
    callback_data: OpenOrder,
    database: Pool,
    turn: Turn,
    ordering: Ordering,
    texts: Texts,
) -> None:
    """One order, with what can be done about it."""
    order = await their_order(callback, database, turn.bot, texts, callback_data.order)
    if order is None:
        return
    await show(callback, await order_screen(texts, order, ordering))


async def show_goods(
    callback: CallbackQuery,
    callback_data: ShowGoods,
    database: Pool,
    turn: Turn,
    vault: Vault,
    texts: Texts,
) -> None:
    """Send the goods once more: messages get lost, deleted, or are far up in the chat."""
    order = await own_order(database, turn.bot, callback.from_user.id, callback_data.order)
    goods = await goods_of(database, vault, order.number) if order else []
    if order is None or not goods or callback.bot is None:
        await popup(callback, texts.orders.goods_gone_popup, alert=True)
        return
    heading = texts.news.goods_again(number=order.number)
    await send_goods(callback.bot, chat_of(callback), texts, order.number, heading, goods)
    await popup(callback)


def build() -> Router:
    """The router of past orders."""
    router = Router(name="shop.history")
    router.message.register(orders_command, Command("orders", ignore_case=True))
    router.callback_query.register(open_orders, Goto.filter(F.place == Place.ORDERS))
    router.callback_query.register(open_order, OpenOrder.filter())
    router.callback_query.register(show_goods, ShowGoods.filter())
    return router
