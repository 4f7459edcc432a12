"""A word to all people of a bot, from the chat: written, seen as they will see it, confirmed, and followed.

    /broadcast ──text──► preview ──to whom──► under way ⇄ paused
                            └──no──► nothing

The draft is kept with the chat, and named by the message it was written in: however often "send" is pressed,
and handled, it is sent once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import TEXT_CHARS_MAX
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.owners.broadcasts import screens
from mailroom.actors.kit.owners.broadcasts.audience import Audience
from mailroom.actors.kit.owners.broadcasts.callbacks import DropDraft, MoveBroadcast, SendDraft, ShowBroadcast
from mailroom.actors.kit.owners.broadcasts.screens import Own, Places
from mailroom.actors.kit.owners.broadcasts.send import list_broadcasts, move, progress
from mailroom.actors.kit.owners.broadcasts.send import send as send_broadcast
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.forms import no_command
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.screens.replies import popup, send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn

DRAFT = "owner_draft"
"""Key of the chat's data: a broadcast that was not sent."""
KEY_CHARS = 16
"""Of a draft's name on its buttons: enough to tell a chat's drafts apart."""


@dataclass(frozen=True)
class BroadcastRoutes:
    """The handlers of a room's broadcasts; `router()` is what it includes."""

    audience: Audience
    places: Places
    asked: State
    """The state of a chat whose owner is to write the text."""
    may: Callable[..., Awaitable[bool]]
    """The filter that lets through who may do this: `works_as(…)`."""
    name: str = "owner.broadcast"

    def router(self) -> Router:
        """All of it, for those who may."""
        router = Router(name=self.name)
        router.message.filter(self.may)
        router.callback_query.filter(self.may)
        router.message.register(self.command, Command("broadcast", ignore_case=True))
        router.message.register(self.take_text, self.asked, F.text, no_command)
        router.callback_query.register(self.send_draft, SendDraft.filter())
        router.callback_query.register(self.drop_draft, DropDraft.filter())
        router.callback_query.register(self.show_one, ShowBroadcast.filter())
        router.callback_query.register(self.move_one, MoveBroadcast.filter())
        router.callback_query.register(self.show_all, F.data == self.places.broadcasts.pack())
        router.callback_query.register(self.ask, F.data == self.places.new.pack())
        return router

    async def command(
        self,
        message: Message,
        command: CommandObject,
        state: FSMContext,
        database: Pool,
        own: Own,
        turn: Turn,
    ) -> None:
        """/broadcast: asks for the text, unless it is there already; then without any formatting."""
        if text := (command.args or "").strip():
            await self._preview(message, escape(text), state, database, own, turn)
            return
        await state.set_state(self.asked)
        await send(message, Screen(own.broadcasts.ask))

    async def ask(self, callback: CallbackQuery, state: FSMContext, own: Own) -> None:
        """Ask for the text."""
        await state.set_state(self.asked)
        await show(callback, Screen(own.broadcasts.ask))

    async def take_text(
        self, message: Message, state: FSMContext, database: Pool, own: Own, turn: Turn
    ) -> None:
        """The text, with the formatting it was written with."""
        await self._preview(message, message.html_text, state, database, own, turn)

    async def send_draft(
        self,
        callback: CallbackQuery,
        callback_data: SendDraft,
        state: FSMContext,
        room: Room[Any],
        own: Own,
        me: User,
        turn: Turn,
    ) -> None:
        """Send what was previewed above this very button."""
        draft = (await state.get_data()).get(DRAFT) or {}
        if draft.get("key") != callback_data.draft:
            await popup(callback, own.broadcasts.draft_gone, alert=True)
            return
        # Named by the draft, not by this press: two presses are one broadcast.
        once = replace(by(turn, me, "broadcast"), effect_id=f"{turn.bot}:draft:{draft['effect']}")
        number = await send_broadcast(room, once, self.audience, draft["text"], callback_data.to, html=True)
        await state.update_data({DRAFT: None})
        await self._show(callback, room.database, own, turn, number)

    async def drop_draft(self, callback: CallbackQuery, state: FSMContext, own: Own) -> None:
        """Nothing is sent."""
        await state.update_data({DRAFT: None})
        await show(callback, screens.dropped(own, self.places))

    async def show_all(self, callback: CallbackQuery, database: Pool, own: Own, turn: Turn) -> None:
        """The latest ones."""
        found = await list_broadcasts(database, turn.bot)
        await show(callback, screens.broadcasts(own, self.places, found))

    async def show_one(
        self, callback: CallbackQuery, callback_data: ShowBroadcast, database: Pool, own: Own, turn: Turn
    ) -> None:
        """How far one has come."""
        await self._show(callback, database, own, turn, callback_data.broadcast)

    async def move_one(
        self,
        callback: CallbackQuery,
        callback_data: MoveBroadcast,
        room: Room[Any],
        own: Own,
        me: User,
        turn: Turn,
    ) -> None:
        """Pause it, let it go on, or end it."""
        await move(room, by(turn, me, "move"), callback_data.broadcast, callback_data.to)
        await self._show(callback, room.database, own, turn, callback_data.broadcast)

    async def _show(self, callback: CallbackQuery, database: Pool, own: Own, turn: Turn, number: int) -> None:
        await show(callback, screens.broadcast(own, self.places, await progress(database, turn.bot, number)))

    async def _preview(
        self, message: Message, html: str, state: FSMContext, database: Pool, own: Own, turn: Turn
    ) -> None:
        if len(html) > TEXT_CHARS_MAX:
            raise refuse(TellingFault.TEXT_TOO_LONG, chars=len(html), most=TEXT_CHARS_MAX)
        effect = turn.effect_id("owner.draft")
        key = sha256(effect.encode()).hexdigest()[:KEY_CHARS]
        await state.set_state(None)
        await state.update_data({DRAFT: {"text": html, "effect": effect, "key": key}})
        recipients = await self.audience.count(database, turn.bot)
        await send(message, Screen(html))
        await send(message, screens.preview(own, key, recipients))
