"""What an owner may be asked to write: one thing at a time. Any command or button leaves the form."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import StatesGroup
from aiogram.types import CallbackQuery, Message, TelegramObject

from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.kit.screens.replies import send
from mailroom.actors.kit.screens.screen import Screen


class _Own(Protocol):
    @property
    def shared(self) -> SharedTexts: ...


async def no_command(message: Message) -> bool:
    """A filter for what may be an answer to what was asked. A command leaves the form, but in the update that
    brings it the form still counts as open: without this it would be taken for the answer.
    """
    return not (message.text or message.caption or "").startswith("/")


async def leave(state: FSMContext, keys: Collection[str]) -> None:
    """Forget what was asked, and what the chat's data has under these keys; the rest of it stays."""
    data = await state.get_data()
    await state.set_state(None)
    await state.set_data({key: value for key, value in data.items() if key not in keys})


def leaving(
    name: str, asked: type[StatesGroup], keys: Collection[str], cancel: Callable[..., Awaitable[Any]]
) -> Router:
    """The first router of the owner's side: what leads out of a form, that is all but an answer. `cancel` is
    the room's handler of /cancel, when the form is left already.
    """

    async def left(
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        await leave(data["state"], keys)
        return await handler(event, data)

    async def other(_event: Message | CallbackQuery) -> None:
        raise SkipHandler  # what is written next is not an answer any more

    router = Router(name=name)
    router.message.middleware(left)
    router.callback_query.middleware(left)
    router.message.register(cancel, StateFilter(asked), Command("cancel", ignore_case=True))
    router.message.register(other, StateFilter(asked), F.text.startswith("/") | F.caption.startswith("/"))
    router.callback_query.register(other, StateFilter(asked))
    return router


def needing_text(name: str, asked: type[StatesGroup]) -> Router:
    """The last router: a photo or a sticker where a text was asked for."""

    async def needs_text(message: Message, own: _Own) -> None:
        await send(message, Screen(own.shared.needs_text))

    router = Router(name=name)
    router.message.register(needs_text, StateFilter(asked), no_command)
    return router
