"""A problem with an order: the customer writes what is wrong, in as many messages as it takes.

    button ──► asks ──text──► the owners have it ──text──► added ──► …
                 └──any button, any command, ten minutes of silence──► what is written is for the consultant

It comes before all that takes text.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, TelegramObject
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.callbacks import Complain, LeaveComplaint
from mailroom.actors.bots.shop.complaints import ABOUT, COMPLAINT_CHARS_MAX, complain, find_complaint, tidy
from mailroom.actors.bots.shop.memory import COMPLAINT, ComplaintForm, forget
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.routes.theirs import their_order
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.waiting import own_order
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.screens.replies import popup, send, send_below, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn

FORM_SECONDS = 600
"""Whoever writes later than that has something else in mind."""


class LeftLong(BaseMiddleware):
    """Another command, or a long silence: what is written is for somebody else. Outside of all routers, which
    choose by the state.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Leave the form before anybody is chosen."""
        if data.get("raw_state") == ComplaintForm.text.state and isinstance(event, Message):
            form = (await data["state"].get_data()).get(COMPLAINT) or {}
            words = (event.text or "").split(maxsplit=1)
            command = words[0].lower() if words and words[0].startswith("/") else ""
            said = data["room"].clock.here(event.date)
            if command not in ("", "/cancel") or said.timestamp() > form.get("until", 0):
                await _leave(data["state"])
                data["raw_state"] = None
        return await handler(event, data)


async def ask(
    callback: CallbackQuery,
    callback_data: Complain,
    state: FSMContext,
    database: Pool,
    room: Room[Options],
    turn: Turn,
    texts: Texts,
) -> None:
    """Ask what is wrong; the page with the button stays."""
    order = await their_order(callback, database, turn.bot, texts, callback_data.order)
    if order is None:
        return
    complaint = await find_complaint(database, order.number)
    if complaint is None and order.status not in ABOUT:
        await popup(callback, texts.complaints.not_now_popup, alert=True)
        return
    await state.set_state(ComplaintForm.text)
    await state.update_data(
        {
            COMPLAINT: {
                "order": order.number,
                "first": True,
                "until": int(room.now().timestamp()) + FORM_SECONDS,
            }
        }
    )
    await send_below(callback, screens.ask_complaint(texts, order.number, complaint))


async def take(
    message: Message,
    state: FSMContext,
    room: Room[Options],
    turn: Turn,
    texts: Texts,
    user_id: int,
) -> None:
    """What is wrong, or more of it."""
    form = (await state.get_data()).get(COMPLAINT) or {}
    now = int(room.clock.here(message.date).timestamp())
    order = await own_order(room.database, turn.bot, user_id, int(form.get("order", 0)))
    if order is None:
        await _leave(state)
        await send(message, Screen(texts.complaints.left))
        return
    text = message.text or message.caption or ""
    if not tidy(text):
        await needs_text(message, texts)
        return
    taken = await complain(room, turn, order, text)
    await state.update_data({COMPLAINT: {**form, "first": False, "until": now + FORM_SECONDS}})
    cut = len(text) > COMPLAINT_CHARS_MAX
    await send(
        message, screens.complaint_taken(texts, order.number, taken, first=bool(form.get("first")), cut=cut)
    )


async def needs_text(message: Message, texts: Texts) -> None:
    """A photo or a voice where words are needed."""
    await send(message, Screen(texts.complaints.needs_text))


async def cancel(message: Message, state: FSMContext, texts: Texts) -> None:
    """/cancel: never mind. What was passed on before stays so."""
    form = (await state.get_data()).get(COMPLAINT) or {}
    await _leave(state)
    await send(message, screens.complaint_left(texts, int(form.get("order", 1))))


async def leave(
    callback: CallbackQuery, callback_data: LeaveComplaint, state: FSMContext, texts: Texts
) -> None:
    """Never mind."""
    await _leave(state)
    await show(callback, screens.complaint_left(texts, callback_data.order))


async def _leave(state: FSMContext) -> None:
    await state.set_state(None)
    await forget(state, COMPLAINT)


def build() -> Router:
    """The router of problems with orders."""
    router = Router(name="shop.complaints")
    router.message.register(cancel, ComplaintForm.text, Command("cancel", ignore_case=True))
    router.message.register(take, ComplaintForm.text, F.text | F.caption)
    router.message.register(needs_text, ComplaintForm.text)
    router.callback_query.register(ask, Complain.filter())
    router.callback_query.register(leave, LeaveComplaint.filter())
    return router
