"""The customer's own orders."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from actors.bots.shop import screens
from actors.bots.shop.callbacks import Goto, Place
from actors.bots.shop.memory import Turn
from actors.bots.shop.orders import recent_orders
from actors.bots.shop.replies import send, show
from actors.bots.shop.texts import Texts


async def orders_command(message: Message, database: Pool, turn: Turn, texts: Texts) -> None:
    """/orders: recent orders in a new message."""
    user_id = message.from_user.id if message.from_user else message.chat.id
    await send(message, screens.orders(texts, await recent_orders(database, turn.bot, user_id)))


async def open_orders(callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts) -> None:
    """Recent orders in place."""
    await show(
        callback, screens.orders(texts, await recent_orders(database, turn.bot, callback.from_user.id))
    )


def build() -> Router:
    """The router of past orders."""
    router = Router(name="shop.history")
    router.message.register(orders_command, Command("orders", ignore_case=True))
    router.callback_query.register(open_orders, Goto.filter(F.place == Place.ORDERS))
    return router
