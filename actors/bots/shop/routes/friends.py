"""Friends and the bonuses they bring; the best customers of the month."""

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.balance import balances
from mailroom.actors.bots.shop.callbacks import Goto, Place
from mailroom.actors.bots.shop.customers import friends_of
from mailroom.actors.bots.shop.domain.referral import referral_link
from mailroom.actors.bots.shop.leaderboard import boards, rank_of, top
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn


async def friends_command(
    message: Message, bot: Bot, database: Pool, turn: Turn, options: Options, texts: Texts, user_id: int
) -> None:
    """/friends: in a new message."""
    await send(message, await _friends(bot, database, turn, options, texts, user_id))


async def open_friends(
    callback: CallbackQuery, bot: Bot, database: Pool, turn: Turn, options: Options, texts: Texts
) -> None:
    """The same in place."""
    await show(callback, await _friends(bot, database, turn, options, texts, callback.from_user.id))


async def top_command(message: Message, database: Pool, turn: Turn, texts: Texts, user_id: int) -> None:
    """/top: in a new message."""
    await send(message, await _top(database, turn, texts, user_id))


async def open_top(callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts) -> None:
    """The same in place."""
    await show(callback, await _top(database, turn, texts, callback.from_user.id))


async def _friends(
    bot: Bot, database: Pool, turn: Turn, options: Options, texts: Texts, user_id: int
) -> Screen:
    username = (await bot.me()).username or ""
    levels = max(len(options.bonus_percent), 1)
    return screens.friends_page(
        texts,
        referral_link(username, user_id),
        options.bonus_percent,
        await friends_of(database, turn.bot, user_id, levels),
        await balances(database, turn.bot, user_id),
    )


async def _top(database: Pool, turn: Turn, texts: Texts, user_id: int) -> Screen:
    today, currencies = await boards(database, turn.bot)
    rows = [
        (
            currency,
            await top(database, turn.bot, today, currency),
            await rank_of(database, turn.bot, today, currency, user_id),
        )
        for currency in currencies
    ]
    return screens.leaderboard(texts, today, rows, user_id)


def build() -> Router:
    """The router of friends."""
    router = Router(name="shop.friends")
    router.message.register(friends_command, Command("friends", ignore_case=True))
    router.message.register(top_command, Command("top", ignore_case=True))
    router.callback_query.register(open_friends, Goto.filter(F.place == Place.FRIENDS))
    router.callback_query.register(open_top, Goto.filter(F.place == Place.TOP))
    return router
