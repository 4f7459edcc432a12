"""Terms and privacy; and a customer who wants to be forgotten, see `erasure.py`.

The last word is said by an event: it comes in the chat's own turn, when everything is gone.
"""

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from asyncpg import Pool

from mailroom.actors.bots.shop import erasure, screens
from mailroom.actors.bots.shop.callbacks import AskErasure, DoErasure, Goto, Place
from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.events import ERASED
from mailroom.actors.bots.shop.memory import Turn
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.policies import Policy, policy
from mailroom.actors.bots.shop.screens import Front
from mailroom.actors.bots.shop.texts import TEXTS, Texts
from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.screens.replies import chat_of, send, show, tell
from mailroom.actors.kit.screens.screen import Screen


async def terms_command(
    message: Message, database: Pool, turn: Turn, options: Options, texts: Texts, front: Front
) -> None:
    """/terms: in a new message."""
    await send(message, await _screen("terms", database, turn, options, texts, front))


async def open_terms(
    callback: CallbackQuery, database: Pool, turn: Turn, options: Options, texts: Texts, front: Front
) -> None:
    """The same in place."""
    await show(callback, await _screen("terms", database, turn, options, texts, front))


async def privacy_command(
    message: Message, database: Pool, turn: Turn, options: Options, texts: Texts, front: Front
) -> None:
    """/privacy: in a new message."""
    await send(message, await _screen("privacy", database, turn, options, texts, front))


async def open_privacy(
    callback: CallbackQuery, database: Pool, turn: Turn, options: Options, texts: Texts, front: Front
) -> None:
    """The same in place."""
    await show(callback, await _screen("privacy", database, turn, options, texts, front))


async def ask_erasure(callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts) -> None:
    """Whether all is really to be deleted, and what that means."""
    before = await erasure.before(database, turn.bot, callback.from_user.id)
    await show(callback, screens.ask_erasure(texts, before))


async def do_erasure(callback: CallbackQuery, room: Room[Options], turn: Turn, texts: Texts) -> None:
    """Begin to delete it."""
    user_id, chat_id = callback.from_user.id, chat_of(callback)
    begun = await erasure.ask(room, turn, user_id, chat_id, texts.language)
    left = await erasure.before(room.database, turn.bot, user_id)
    await show(callback, screens.erasing(texts, left.unfinished, begun=begun))


async def erased(event: ChatEvent, bot: Bot, state: FSMContext, room: Room[Options], turn: Turn) -> None:
    """Delete it, and say so: the last that is remembered of this chat."""
    wish = ERASED.read(event.data)
    if not await erasure.erase(room, turn, wish):
        return
    await state.clear()
    await tell(bot, event.chat_id, screens.erased(TEXTS[Language(wish.language)]))


async def _screen(
    name: Policy, database: Pool, turn: Turn, options: Options, texts: Texts, front: Front
) -> Screen:
    html = await policy(database, turn.bot, options, name, texts.language, consultant=front.consultant)
    return screens.terms(texts, html) if name == "terms" else screens.privacy(texts, html)


def build() -> Router:
    """The router of privacy."""
    router = Router(name="shop.privacy")
    router.message.register(terms_command, Command("terms", ignore_case=True))
    router.message.register(privacy_command, Command("privacy", ignore_case=True))
    router.callback_query.register(open_terms, Goto.filter(F.place == Place.TERMS))
    router.callback_query.register(open_privacy, Goto.filter(F.place == Place.PRIVACY))
    router.callback_query.register(ask_erasure, AskErasure.filter())
    router.callback_query.register(do_erasure, DoErasure.filter())
    chat_event(router, ERASED.name)(erased)
    return router
