"""The order that a button is about, for the customer whose it is."""

from aiogram.types import CallbackQuery
from asyncpg import Pool

from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.waiting import own_order
from mailroom.actors.kit.screens.replies import popup


async def their_order(
    callback: CallbackQuery, database: Pool, bot: str, texts: Texts, number: int
) -> Order | None:
    """The order of this number; None where it is not theirs, which is said."""
    order = await own_order(database, bot, callback.from_user.id, number)
    if order is None:
        await popup(callback, texts.orders.unknown_popup, alert=True)
    return order
