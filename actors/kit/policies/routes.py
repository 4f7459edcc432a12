"""Policies in the owner's own words, in the chat: seen, written, and taken back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram import F, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message, User

from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.owners.forms import leave, no_command
from mailroom.actors.kit.policies import screens
from mailroom.actors.kit.policies.callbacks import AskPolicy, DropPolicy, ShowPolicy
from mailroom.actors.kit.policies.policy import Policy
from mailroom.actors.kit.policies.screens import Own
from mailroom.actors.kit.policies.written import drop_policy, put_policy
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn
from mailroom.actors.texts.language import Language

POLICY_OF = "owner_policy_of"
"""Key of the chat's data while a policy is being written: its name and language."""


@dataclass(frozen=True)
class PolicyRoutes:
    """The handlers by which owners write the policies of a room; `router()` is what it includes."""

    policies: Sequence[Policy[Any]]
    languages: Sequence[Language]
    """Those in which the bot speaks."""
    opens: CallbackData
    """What a button carries that leads here."""
    home: CallbackData
    """Where one goes back to."""
    asked: State
    """The state of a chat whose owner is to write the text."""
    may: Callable[..., Awaitable[bool]]
    """The filter that lets through who may do this: `works_as(…)`."""
    name: str = "owner.policies"

    def router(self) -> Router:
        """All of it, for those who may."""
        router = Router(name=self.name)
        router.message.filter(self.may)
        router.callback_query.filter(self.may)
        known = F.policy.in_({policy.name for policy in self.policies})
        router.message.register(self._take, self.asked, F.text, no_command)
        router.callback_query.register(self._open, F.data == self.opens.pack())
        router.callback_query.register(self._show, ShowPolicy.filter(known))
        router.callback_query.register(self._ask, AskPolicy.filter(known))
        router.callback_query.register(self._drop, DropPolicy.filter(known))
        return router

    async def _open(self, callback: CallbackQuery, own: Own) -> None:
        """Which text it is about."""
        names = [policy.name for policy in self.policies]
        await show(callback, screens.policies(own, names, self.languages, self.home))

    async def _show(
        self, callback: CallbackQuery, callback_data: ShowPolicy, room: Room[Any], own: Own
    ) -> None:
        """What it says now, and whose words these are."""
        await show(callback, await self._screen(room, own, callback_data.policy, callback_data.language))

    async def _ask(
        self, callback: CallbackQuery, callback_data: AskPolicy, state: FSMContext, own: Own
    ) -> None:
        """Ask for the text."""
        name, language = callback_data.policy, callback_data.language
        await state.set_state(self.asked)
        await state.update_data({POLICY_OF: [name, language]})
        await show(callback, screens.ask(own, name, language, self.opens))

    async def _take(
        self, message: Message, state: FSMContext, room: Room[Any], own: Own, me: User, turn: Turn
    ) -> None:
        """The text, with the formatting it was written with; one that is too long may be written again."""
        name, language = (await state.get_data())[POLICY_OF]
        await put_policy(room, by(turn, me, "policy"), name, language, message.html_text)
        await leave(state, (POLICY_OF,))
        await send(message, await self._screen(room, own, name, Language(language)))

    async def _drop(
        self,
        callback: CallbackQuery,
        callback_data: DropPolicy,
        room: Room[Any],
        own: Own,
        me: User,
        turn: Turn,
    ) -> None:
        """The usual words again."""
        name, language = callback_data.policy, callback_data.language
        await drop_policy(room, by(turn, me, "policy"), name, language)
        await show(callback, await self._screen(room, own, name, language))

    async def _screen(self, room: Room[Any], own: Own, name: str, language: Language) -> Screen:
        policy = next(one for one in self.policies if one.name == name)
        whose, html = await policy.found(room, language)
        return screens.policy(own, name, language, whose, html, self.opens)
