"""Orders: the latest, found by number or customer, one with all that is known of it, and its refund."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_orders import find_orders, open_order
from mailroom.actors.bots.shop.owner_refund import refund
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import Admin, AdminPlace, AskRefund, DoRefund, ShowOrder
from mailroom.actors.bots.shop.routes.owner.keyboards import orders as keyboards
from mailroom.actors.bots.shop.routes.owner.screens import orders as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.turn import Turn


async def order_command(
    message: Message,
    command: CommandObject,
    database: Pool,
    own: OwnerTexts,
    options: Options,
    me: User,
    turn: Turn,
) -> None:
    """/order: one by its number, or all of a customer."""
    text = (command.args or "").strip()
    found = await find_orders(database, turn.bot, text)
    if text and len(found) == 1:
        dossier = await open_order(database, turn.bot, found[0].number)
        await send(message, screens.order(own, dossier, owner=options.is_owner(me.id)))
        return
    await send(message, screens.orders(own, found, text))


async def open_orders(callback: CallbackQuery, database: Pool, own: OwnerTexts, turn: Turn) -> None:
    """The latest."""
    await show(callback, screens.orders(own, await find_orders(database, turn.bot)))


async def show_order(
    callback: CallbackQuery,
    callback_data: ShowOrder,
    database: Pool,
    own: OwnerTexts,
    options: Options,
    me: User,
    turn: Turn,
) -> None:
    """One of them."""
    dossier = await open_order(database, turn.bot, callback_data.order)
    await show(callback, screens.order(own, dossier, owner=options.is_owner(me.id)))


async def refund_command(
    message: Message, command: CommandObject, database: Pool, own: OwnerTexts, turn: Turn
) -> None:
    """/refund: asks before it does."""
    text = (command.args or "").strip().removeprefix("№").removeprefix("#").strip()
    if not (text.isascii() and text.isdecimal()):
        await send(message, Screen(own.orders.how_to_refund))
        return
    await send(message, screens.ask_refund(own, await open_order(database, turn.bot, int(text))))


async def ask_refund(
    callback: CallbackQuery, callback_data: AskRefund, database: Pool, own: OwnerTexts, turn: Turn
) -> None:
    """The same in place."""
    await show(callback, screens.ask_refund(own, await open_order(database, turn.bot, callback_data.order)))


async def do_refund(
    callback: CallbackQuery,
    callback_data: DoRefund,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """Give the money back."""
    number = callback_data.order
    outcome = await refund(room, by(turn, me, "refund"), number, goods_back=callback_data.goods)
    words = own.orders.refund_to_balance if outcome["to_balance"] else own.orders.refund_to_payer
    total = format_money(outcome["amount_minor"], outcome["currency"], own.language)
    screen = Screen(words(total=total, number=number), keyboards.order(own, number, refundable=False))
    await show(callback, screen)


def build() -> Router:
    """The router of orders."""
    router = Router(name="shop.owner.orders")
    router.message.register(order_command, Command("order", ignore_case=True))
    router.message.register(refund_command, Command("refund", ignore_case=True), is_owner)
    router.callback_query.register(open_orders, Admin.filter(F.place == AdminPlace.ORDERS))
    router.callback_query.register(show_order, ShowOrder.filter())
    router.callback_query.register(ask_refund, AskRefund.filter(), is_owner)
    router.callback_query.register(do_refund, DoRefund.filter(), is_owner)
    return router
