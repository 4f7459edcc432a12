"""A customer's settings: the news can be done without, and had again."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.callbacks import Goto, Place, SwitchNews
from mailroom.actors.bots.shop.customers import set_news, wants_news
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import popup, redress, send, show
from mailroom.actors.kit.turn import Turn


async def settings_command(message: Message, database: Pool, turn: Turn, texts: Texts, user_id: int) -> None:
    """/settings: in a new message."""
    await send(message, screens.settings(texts, news=await wants_news(database, turn.bot, user_id)))


async def open_settings(callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts) -> None:
    """The same in place."""
    news = await wants_news(database, turn.bot, callback.from_user.id)
    await show(callback, screens.settings(texts, news=news))


async def switch_news(
    callback: CallbackQuery, callback_data: SwitchNews, database: Pool, turn: Turn, texts: Texts
) -> None:
    """News from now on, or none. Below a broadcast only the switch turns: what was written stays."""
    news = callback_data.on
    await set_news(database, turn.bot, callback.from_user.id, on=news)
    said = texts.settings.news_on_popup if news else texts.settings.news_off_popup
    if not callback_data.alone:
        await show(callback, screens.settings(texts, news=news), said)
        return
    await redress(callback, screens.news_switch(texts, on=news))
    await popup(callback, said, alert=not news)


def build() -> Router:
    """The router of settings."""
    router = Router(name="shop.settings")
    router.message.register(settings_command, Command("settings", "news", ignore_case=True))
    router.callback_query.register(open_settings, Goto.filter(F.place == Place.SETTINGS))
    router.callback_query.register(switch_news, SwitchNews.filter())
    return router
