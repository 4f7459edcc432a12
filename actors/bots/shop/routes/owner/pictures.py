"""Pictures of products: asked for on a product's page, or sent with `/picture` and its name below."""

from dataclasses import replace

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Document, Message, PhotoSize, User
from asyncpg import Pool

from mailroom.actors.bots.shop.goods import Good, find_good, good_of
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.pictures import PICTURE_BYTES_MAX, drop_picture, put_picture
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import AskPicture, DropPicture
from mailroom.actors.bots.shop.routes.owner.forms import PICTURE_OF, OwnerForm, leave
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.routes.owner.screens import products as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.owners.forms import no_command
from mailroom.actors.kit.owners.uploads import fetch_document
from mailroom.actors.kit.screens.picture import picture_of
from mailroom.actors.kit.screens.replies import send, show, tell
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn

MEGABYTE = 2**20


async def ask_picture(
    callback: CallbackQuery, callback_data: AskPicture, state: FSMContext, database: Pool, own: OwnerTexts
) -> None:
    """Ask for a picture."""
    good = await good_of(database, callback_data.product)
    await state.set_state(OwnerForm.picture)
    await state.update_data({PICTURE_OF: good.id})
    words = own.products.ask_picture(slug=good.slug, megabytes=PICTURE_BYTES_MAX // MEGABYTE)
    await show(callback, Screen(words, back(own)))


async def drop(
    callback: CallbackQuery,
    callback_data: DropPicture,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """No picture any more."""
    await drop_picture(room, by(turn, me, "picture"), callback_data.product)
    screen = screens.product(own, await good_of(room.database, callback_data.product), owner=True)
    await show(callback, screen, own.products.picture_dropped_popup)


async def take_picture(
    message: Message,
    state: FSMContext,
    bot: Bot,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """The picture that was asked for; a bad one may be sent again."""
    good = await good_of(room.database, int((await state.get_data())[PICTURE_OF]))
    await _take(message, bot, room, own, me, turn, good)
    await leave(state)


async def picture_command(
    message: Message,
    command: CommandObject,
    bot: Bot,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """/picture below a picture, with the product's name."""
    slug = (command.args or "").strip().lower()
    if not slug:
        await send(message, Screen(own.products.how_to_picture))
        return
    await _take(message, bot, room, own, me, turn, await find_good(room.database, slug))


async def no_picture(message: Message, own: OwnerTexts) -> None:
    """/picture without one."""
    await send(message, Screen(own.products.how_to_picture))


async def needs_picture(message: Message, own: OwnerTexts) -> None:
    """A text or a sticker where a picture was asked for."""
    await send(message, Screen(own.products.needs_picture))


async def _take(
    message: Message, bot: Bot, room: Room[Options], own: OwnerTexts, me: User, turn: Turn, good: Good
) -> None:
    photo = message.photo[-1] if message.photo else None
    file: PhotoSize | Document | None = photo or message.document
    assert file is not None, "the filters let nothing else through"
    digest = await put_picture(
        room, by(turn, me, "picture"), good.id, await fetch_document(bot, file, PICTURE_BYTES_MAX)
    )
    picture = await picture_of(room.database, turn.bot, digest)
    if photo is not None and picture is not None:
        await picture.note(photo.file_id)
        picture = replace(picture, file_id=photo.file_id)
    screen = screens.product(own, await good_of(room.database, good.id), owner=True)
    await tell(bot, message.chat.id, Screen(own.products.picture_put(slug=good.slug), picture=picture))
    await send(message, screen)


def build() -> Router:
    """The router of pictures: all of it is for owners."""
    router = Router(name="shop.owner.pictures")
    router.message.filter(is_owner)
    router.callback_query.filter(is_owner)
    command = Command("picture", ignore_case=True)
    router.message.register(picture_command, command, F.photo | F.document)
    router.message.register(no_picture, command)
    router.message.register(take_picture, OwnerForm.picture, F.photo | F.document, no_command)
    router.message.register(needs_picture, OwnerForm.picture, no_command)
    router.callback_query.register(ask_picture, AskPicture.filter())
    router.callback_query.register(drop, DropPicture.filter())
    return router
