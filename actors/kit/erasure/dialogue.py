"""How somebody has their data deleted: they are asked, told that it has begun, and told that it is done.

The last word is said by an event: it comes in the chat's own turn, when everything is gone. The handlers ask
by name for `room`, `turn` and `language`, which a middleware of the room's says.
"""

from typing import Any

from aiogram import Bot, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton

from mailroom.actors.cause import Begins
from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.erasure.erasure import Before, Erasure
from mailroom.actors.kit.erasure.texts import ErasureTexts
from mailroom.actors.kit.screens.buttons import button, keyboard
from mailroom.actors.kit.screens.replies import chat_of, show, tell
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.texts.language import Language


class AskErasure(CallbackData, prefix="era"):
    """Whether all that is known of somebody is really to be deleted."""


class DoErasure(CallbackData, prefix="erax"):
    """Delete it."""


def erase_button(own: ErasureTexts) -> InlineKeyboardButton:
    """The way into the dialogue."""
    return button(own.button_erase, AskErasure())


def asking(own: ErasureTexts, before: Before, keep: CallbackData) -> Screen:
    """What goes, what stays, and what comes first."""
    return Screen(
        "\n\n".join([*before.said, own.ask_sure]),
        keyboard(
            *before.ways,
            [button(own.button_erase_yes, DoErasure())],
            [button(own.button_keep, keep)],
        ),
    )


def erasing(own: ErasureTexts, waits: str, *, begun: bool) -> Screen:
    """It will be done, and when; `begun` by this very press."""
    return Screen(waits or (own.asked if begun else own.asked_already))


def erasure_router(name: str, erasure: Erasure[Any]) -> Router:
    """A fresh router of the dialogue."""

    async def ask(callback: CallbackQuery, room: Room[Any], language: Language) -> None:
        before = await erasure.before(room, callback.from_user.id, language)
        await show(callback, asking(erasure.texts[language], before, erasure.keep))

    async def begin(callback: CallbackQuery, room: Room[Any], turn: Begins, language: Language) -> None:
        user_id = callback.from_user.id
        begun = await erasure.ask(room, turn, user_id, chat_of(callback), language)
        waits = await erasure.waits(room, user_id, language)
        await show(callback, erasing(erasure.texts[language], waits, begun=begun))

    async def erased(event: ChatEvent, bot: Bot, state: FSMContext, room: Room[Any], turn: Begins) -> None:
        wish = erasure.event.read(event.data)
        if await erasure.erase(room, turn, wish):
            await state.clear()  # the last that is remembered of this chat
            await tell(bot, event.chat_id, Screen(erasure.texts[wish.language].erased))

    router = Router(name=name)
    router.callback_query.register(ask, AskErasure.filter())
    router.callback_query.register(begin, DoErasure.filter())
    chat_event(router, erasure.event.name)(erased)
    return router
