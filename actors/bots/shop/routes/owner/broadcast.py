"""A word to all customers: written, seen as they will see it, confirmed, and followed.

    /broadcast ──text──► preview ──to whom──► under way ⇄ paused
                            └──no──► nothing

The draft is kept with the chat, and named by the message it was written in: however often "send" is pressed,
and handled, it is sent once.
"""

from dataclasses import replace
from hashlib import sha256
from html import escape

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.memory import Turn
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_broadcast import count_recipients, list_broadcasts, move, progress
from mailroom.actors.bots.shop.owner_broadcast import send as send_broadcast
from mailroom.actors.bots.shop.owner_texts import OwnerTexts
from mailroom.actors.bots.shop.routes.owner import keyboards, screens
from mailroom.actors.bots.shop.routes.owner.access import by, is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    Admin,
    AdminPlace,
    DropDraft,
    MoveBroadcast,
    SendDraft,
    ShowBroadcast,
)
from mailroom.actors.bots.shop.routes.owner.forms import DRAFT, NO_COMMAND, OwnerForm
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import TEXT_CHARS_MAX
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.screens.replies import popup, send, show
from mailroom.actors.kit.screens.screen import Screen

KEY_CHARS = 16
"""Of a draft's name on its buttons: enough to tell a chat's drafts apart."""


async def broadcast_command(
    message: Message,
    command: CommandObject,
    state: FSMContext,
    database: Pool,
    own: OwnerTexts,
    turn: Turn,
) -> None:
    """/broadcast: asks for the text, unless it is there already; then without any formatting."""
    if text := (command.args or "").strip():
        await _preview(message, escape(text), state, database, own, turn)
        return
    await state.set_state(OwnerForm.broadcast)
    await send(message, Screen(own.ask_broadcast))


async def new_broadcast(callback: CallbackQuery, state: FSMContext, own: OwnerTexts) -> None:
    """Ask for the text."""
    await state.set_state(OwnerForm.broadcast)
    await show(callback, Screen(own.ask_broadcast))


async def take_text(message: Message, state: FSMContext, database: Pool, own: OwnerTexts, turn: Turn) -> None:
    """The text, with the formatting it was written with."""
    await _preview(message, message.html_text, state, database, own, turn)


async def send_draft(
    callback: CallbackQuery,
    callback_data: SendDraft,
    state: FSMContext,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """Send what was previewed above this very button."""
    draft = (await state.get_data()).get(DRAFT) or {}
    if draft.get("key") != callback_data.draft:
        await popup(callback, own.draft_gone, alert=True)
        return
    # Named by the draft, not by this press: two presses are one broadcast.
    once = replace(by(turn, me, "broadcast"), effect_id=f"{turn.bot}:draft:{draft['effect']}")
    number = await send_broadcast(room, once, draft["text"], callback_data.to, html=True)
    await state.update_data({DRAFT: None})
    await show(callback, screens.broadcast(own, await progress(room.database, turn.bot, number)))


async def drop_draft(callback: CallbackQuery, state: FSMContext, own: OwnerTexts) -> None:
    """Nothing is sent."""
    await state.update_data({DRAFT: None})
    await show(callback, Screen(own.broadcast_dropped, keyboards.back(own, AdminPlace.BROADCASTS)))


async def open_broadcasts(callback: CallbackQuery, database: Pool, own: OwnerTexts, turn: Turn) -> None:
    """The latest ones."""
    await show(callback, screens.broadcasts(own, await list_broadcasts(database, turn.bot)))


async def show_broadcast(
    callback: CallbackQuery, callback_data: ShowBroadcast, database: Pool, own: OwnerTexts, turn: Turn
) -> None:
    """How far one has come."""
    await show(callback, screens.broadcast(own, await progress(database, turn.bot, callback_data.broadcast)))


async def move_broadcast(
    callback: CallbackQuery,
    callback_data: MoveBroadcast,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """Pause it, let it go on, or end it."""
    number = callback_data.broadcast
    await move(room, by(turn, me, "move"), number, callback_data.to)
    await show(callback, screens.broadcast(own, await progress(room.database, turn.bot, number)))


async def _preview(
    message: Message, html: str, state: FSMContext, database: Pool, own: OwnerTexts, turn: Turn
) -> None:
    if len(html) > TEXT_CHARS_MAX:
        raise refuse(TellingFault.TEXT_TOO_LONG, chars=len(html), most=TEXT_CHARS_MAX)
    effect = turn.effect_id("owner.draft")
    key = sha256(effect.encode()).hexdigest()[:KEY_CHARS]
    await state.set_state(None)
    await state.update_data({DRAFT: {"text": html, "effect": effect, "key": key}})
    recipients = await count_recipients(database, turn.bot)
    await send(message, Screen(html))
    told = recipients.by_language
    words = own.preview.format(all=recipients.total, ru=told[Language.RU], en=told[Language.EN])
    if recipients.without_news:
        words += own.preview_without_news.format(count=recipients.without_news)
    await send(message, Screen(words, keyboards.preview(own, key, told)))


def build() -> Router:
    """The router of broadcasts: all of it is for owners."""
    router = Router(name="shop.owner.broadcast")
    router.message.filter(is_owner)
    router.callback_query.filter(is_owner)
    router.message.register(broadcast_command, Command("broadcast", ignore_case=True))
    router.message.register(take_text, OwnerForm.broadcast, F.text, NO_COMMAND)
    router.callback_query.register(send_draft, SendDraft.filter())
    router.callback_query.register(drop_draft, DropDraft.filter())
    router.callback_query.register(show_broadcast, ShowBroadcast.filter())
    router.callback_query.register(move_broadcast, MoveBroadcast.filter())
    router.callback_query.register(open_broadcasts, Admin.filter(F.place == AdminPlace.BROADCASTS))
    router.callback_query.register(new_broadcast, Admin.filter(F.place == AdminPlace.NEW_BROADCAST))
    return router
