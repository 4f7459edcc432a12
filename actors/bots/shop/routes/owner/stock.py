"""The stock: how much there is, filling it from a table or with a file, and taking it off sale."""

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Document, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.domain.item import ITEM_BYTES_MAX
from mailroom.actors.bots.shop.goods import find_good, good_of, list_goods
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.owner_stock import upload_file, upload_stock, withdraw_stock
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import Admin, AdminPlace, AskWithdraw, DoWithdraw
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.routes.owner.keyboards.stock import ask_withdraw as ask_withdraw_keyboard
from mailroom.actors.bots.shop.routes.owner.screens import products
from mailroom.actors.bots.shop.routes.owner.screens import stock as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.owners.tables.text import TABLE_BYTES_MAX
from mailroom.actors.kit.owners.uploads import fetch_document, send_bad_lines
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn


async def levels_command(message: Message, database: Pool, own: OwnerTexts) -> None:
    """/stock: how much there is of everything."""
    await send(message, screens.levels(own, await list_goods(database)))


async def open_levels(callback: CallbackQuery, database: Pool, own: OwnerTexts) -> None:
    """The same in place."""
    await show(callback, screens.levels(own, await list_goods(database)))


async def stock_file(
    message: Message,
    command: CommandObject,
    document: Document,
    bot: Bot,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """/stock below a document: a table of items; with a product's name the document itself is the item."""
    slug = (command.args or "").strip().lower()
    if slug:
        await find_good(room.database, slug)  # before a file is fetched for nothing
        data = await fetch_document(bot, document, ITEM_BYTES_MAX)
        name = document.file_name or slug
        added = await upload_file(room, by(turn, me, "stock"), slug, name, data)
        words = own.stock.file_added if added else own.stock.file_was_there
        await send(message, Screen(words(slug=slug), back(own)))
        return
    data = await fetch_document(bot, document, TABLE_BYTES_MAX)
    upload = await upload_stock(room, by(turn, me, "stock"), data)
    await send(message, screens.stock_report(own, upload))
    await send_bad_lines(message, own.uploads, upload.bad, lambda wrong: problem(own.language, wrong))


async def bare_table(message: Message, own: OwnerTexts) -> None:
    """A table of which nobody says what it is."""
    await send(message, Screen(own.stock.csv_needs_caption))


async def withdraw_command(message: Message, command: CommandObject, database: Pool, own: OwnerTexts) -> None:
    """/withdraw: asks before it does."""
    slug = (command.args or "").strip().lower()
    if not slug:
        await send(message, Screen(own.stock.how_to_withdraw))
        return
    good = await find_good(database, slug)
    words = own.stock.ask_withdraw(slug=good.slug, items=own.stock.items(count=good.available))
    await send(message, Screen(words, ask_withdraw_keyboard(own, good.id)))


async def ask_withdraw(
    callback: CallbackQuery, callback_data: AskWithdraw, database: Pool, own: OwnerTexts
) -> None:
    """The same in place."""
    good = await good_of(database, callback_data.product)
    words = own.stock.ask_withdraw(slug=good.slug, items=own.stock.items(count=good.available))
    await show(callback, Screen(words, ask_withdraw_keyboard(own, good.id)))


async def do_withdraw(
    callback: CallbackQuery,
    callback_data: DoWithdraw,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """Take all that is free off sale."""
    good = await good_of(room.database, callback_data.product)
    count = await withdraw_stock(room, by(turn, me, "withdraw"), good.slug)
    screen = products.product(own, await good_of(room.database, good.id), owner=True)
    await show(callback, screen.noting(own.stock.withdrawn(count=count)))


def build() -> Router:
    """The router of the stock."""
    router = Router(name="shop.owner.stock")
    stock = Command("stock", ignore_case=True)
    router.message.register(stock_file, stock, F.document.as_("document"))
    router.message.register(levels_command, stock)
    router.message.register(withdraw_command, Command("withdraw", ignore_case=True), is_owner)
    router.message.register(bare_table, ~F.caption, F.document.file_name.lower().endswith(".csv"))
    router.callback_query.register(open_levels, Admin.filter(F.place == AdminPlace.STOCK))
    router.callback_query.register(ask_withdraw, AskWithdraw.filter(), is_owner)
    router.callback_query.register(do_withdraw, DoWithdraw.filter(), is_owner)
    return router
