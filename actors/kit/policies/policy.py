"""A policy as its bot shows it, and the router that does: by a command, and in place of a message.

    TERMS = Policy("terms", Goto(place=Place.TERMS), usual=usual_terms, rows=below_terms)
    router.include_router(policies_router("shop.policies", TERMS, PRIVACY))

Its handlers ask by name for `room` and for `language`, which a middleware of the room's says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from pydantic import BaseModel

from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.policies.written import written_policy
from mailroom.actors.kit.screens.buttons import Row, keyboard
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen

O = TypeVar("O", bound=BaseModel)  # noqa: E741 - what an owner of the bot can set

Whose = Literal["owner", "options", "usual"]
"""Whose words a policy says: what an owner has written in the chat comes first, then what was set."""


def _nothing(_room: Room[Any], _language: str) -> str:
    return ""


@dataclass(frozen=True)
class Policy(Generic[O]):
    """One of the texts that people may ask for at any time: terms, privacy, help with payments."""

    name: str
    """What it is kept under, and the command that shows it."""
    opens: CallbackData
    """What a button carries that shows it."""
    usual: Callable[[Room[O], str], str] = field(kw_only=True)
    """What it says, as HTML, unless an owner has written something."""
    rows: Callable[[str], Sequence[Row]] = field(kw_only=True)
    """The buttons below it."""

    options: Callable[[Room[O], str], str] = field(kw_only=True, default=_nothing)
    """What was set for it, as HTML; empty where nothing was."""

    async def found(self, room: Room[O], language: str) -> tuple[Whose, str]:
        """Whose words it says now, and what, as HTML that Telegram takes."""
        if written := await written_policy(room.database, room.bot, self.name, language):
            return "owner", written
        if set_ := self.options(room, language):
            return "options", set_
        return "usual", self.usual(room, language)

    async def read(self, room: Room[O], language: str) -> str:
        """What it says now."""
        _, html = await self.found(room, language)
        return html

    async def screen(self, room: Room[O], language: str) -> Screen:
        """As a message."""
        return Screen(await self.read(room, language), keyboard(*self.rows(language)))


def policies_router(name: str, *policies: Policy[Any]) -> Router:
    """A fresh router that shows these."""
    router = Router(name=name)
    for policy in policies:
        _register(router, policy)
    return router


def _register(router: Router, policy: Policy[Any]) -> None:
    async def command(message: Message, room: Room[Any], language: str) -> None:
        await send(message, await policy.screen(room, language))

    async def pressed(callback: CallbackQuery, room: Room[Any], language: str) -> None:
        await show(callback, await policy.screen(room, language))

    router.message.register(command, Command(policy.name, ignore_case=True))
    router.callback_query.register(pressed, F.data == policy.opens.pack())
