"""What somebody who works here may not do: it is theirs only to be told so."""

from collections.abc import Iterable
from typing import Protocol

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.kit.screens.replies import popup, send
from mailroom.actors.kit.screens.screen import Screen


class _Own(Protocol):
    @property
    def shared(self) -> SharedTexts: ...


def withheld(name: str, commands: Iterable[str], buttons: Iterable[type[CallbackData]]) -> Router:
    """The router that comes after those of owners: whoever gets here is none of them."""

    async def only_owners(message: Message, own: _Own) -> None:
        await send(message, Screen(own.shared.only_owners))

    async def only_owners_button(callback: CallbackQuery, own: _Own) -> None:
        await popup(callback, own.shared.only_owners, alert=True)

    router = Router(name=name)
    router.message.register(only_owners, Command(*commands, ignore_case=True))
    for button in buttons:
        router.callback_query.register(only_owners_button, button.filter())
    return router
