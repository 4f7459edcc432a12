"""Discounts: all of them, a new one in a line, and the end of one."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.offers import add_offer, list_offers, switch_off
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import Admin, AdminPlace, SwitchOff
from mailroom.actors.bots.shop.routes.owner.screens import discounts as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.turn import Turn


async def discounts_command(message: Message, database: Pool, own: OwnerTexts) -> None:
    """/discounts: all of them."""
    await send(message, screens.offers(own, await list_offers(database)))


async def open_discounts(callback: CallbackQuery, database: Pool, own: OwnerTexts) -> None:
    """The same in place."""
    await show(callback, screens.offers(own, await list_offers(database)))


async def discount_command(
    message: Message, command: CommandObject, room: Room[Options], own: OwnerTexts, me: User, turn: Turn
) -> None:
    """/discount and a line: a new one, in force at once."""
    note = ""
    if line := (command.args or "").strip():
        number = await add_offer(room, by(turn, me, "discount"), line)
        note = own.discounts.added(number=number)
    await send(message, screens.offers(own, await list_offers(room.database), note=note))


async def end_discount(
    callback: CallbackQuery,
    callback_data: SwitchOff,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """It counts no more."""
    await switch_off(room, by(turn, me, "discount_off"), callback_data.discount)
    note = own.discounts.off(number=callback_data.discount)
    await show(callback, screens.offers(own, await list_offers(room.database)), note)


def build() -> Router:
    """The router of discounts: all of it is for owners."""
    router = Router(name="shop.owner.discounts")
    router.message.filter(is_owner)
    router.callback_query.filter(is_owner)
    router.message.register(discounts_command, Command("discounts", ignore_case=True))
    router.message.register(discount_command, Command("discount", ignore_case=True))
    router.callback_query.register(open_discounts, Admin.filter(F.place == AdminPlace.DISCOUNTS))
    router.callback_query.register(end_discount, SwitchOff.filter())
    return router
