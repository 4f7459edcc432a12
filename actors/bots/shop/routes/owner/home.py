"""The owner's menu, who one is, the figures, and who did what."""

from datetime import timedelta

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.complaints import count_waiting
from mailroom.actors.bots.shop.figures import read_figures, today
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import Admin, AdminPlace, ShowFigures
from mailroom.actors.bots.shop.routes.owner.screens import figures, log, menu
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.deeds import read_log
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn

YESTERDAY = 1


async def admin(
    message: Message, database: Pool, own: OwnerTexts, options: Options, me: User, turn: Turn
) -> None:
    """/admin: the way to everything."""
    waiting = await count_waiting(database, turn.bot)
    await send(message, menu.menu(own, waiting, owner=options.is_owner(me.id)))


async def open_admin(
    callback: CallbackQuery, database: Pool, own: OwnerTexts, options: Options, me: User, turn: Turn
) -> None:
    """Back to it."""
    waiting = await count_waiting(database, turn.bot)
    await show(callback, menu.menu(own, waiting, owner=options.is_owner(me.id)))


async def whoami(message: Message, own: OwnerTexts, options: Options, me: User, turn: Turn) -> None:
    """/whoami: one's id, and what one may do."""
    await send(message, menu.whoami(own, me, turn.bot, owner=options.is_owner(me.id)))


async def figures_command(
    message: Message, command: CommandObject, database: Pool, own: OwnerTexts, turn: Turn
) -> None:
    """/figures: of today, or of so many days."""
    words = {"1": 0, "7": 7, "30": 30, "yesterday": YESTERDAY, "вчера": YESTERDAY}
    days = words.get((command.args or "").strip().casefold(), 0)
    await send(message, await _figures(database, own, turn, days))


async def open_figures(
    callback: CallbackQuery, callback_data: ShowFigures, database: Pool, own: OwnerTexts, turn: Turn
) -> None:
    """Of another period."""
    await show(callback, await _figures(database, own, turn, callback_data.days))


async def log_command(message: Message, database: Pool, own: OwnerTexts, turn: Turn) -> None:
    """/log: who did what."""
    await send(message, log.log(own, await read_log(database, turn.bot)))


async def open_log(callback: CallbackQuery, database: Pool, own: OwnerTexts, turn: Turn) -> None:
    """The same in place."""
    await show(callback, log.log(own, await read_log(database, turn.bot)))


async def _figures(database: Pool, own: OwnerTexts, turn: Turn, days: int) -> Screen:
    last = await today(database)
    if days == YESTERDAY:
        first = last = last - timedelta(days=1)
    else:
        first = last - timedelta(days=max(days - 1, 0))
    return figures.figures(own, await read_figures(database, turn.bot, first, last), days)


def build() -> Router:
    """The router of the menu."""
    router = Router(name="shop.owner.home")
    router.message.register(admin, Command("admin", ignore_case=True))
    router.message.register(whoami, Command("whoami", ignore_case=True))
    router.message.register(figures_command, Command("figures", ignore_case=True))
    router.message.register(log_command, Command("log", ignore_case=True), is_owner)
    router.callback_query.register(open_admin, Admin.filter(F.place == AdminPlace.HOME))
    router.callback_query.register(open_figures, ShowFigures.filter())
    router.callback_query.register(open_log, Admin.filter(F.place == AdminPlace.LOG), is_owner)
    return router
