"""Problems with orders: who waits for an answer, what they wrote, and the answer."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.complaints import count_waiting, waiting_complaints
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_complaints import answer, close
from mailroom.actors.bots.shop.owner_orders import open_order
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    Admin,
    AdminPlace,
    AskAnswer,
    CloseComplaint,
    ShowComplaint,
)
from mailroom.actors.bots.shop.routes.owner.forms import ANSWER_TO, OwnerForm, leave
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.routes.owner.screens import complaints as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.owners.forms import no_command
from mailroom.actors.kit.screens.replies import send, send_below, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn


async def complaints_command(message: Message, database: Pool, own: OwnerTexts, turn: Turn) -> None:
    """/problems: who waits for an answer."""
    await send(message, await _waiting(database, own, turn))


async def open_complaints(callback: CallbackQuery, database: Pool, own: OwnerTexts, turn: Turn) -> None:
    """The same in place."""
    await show(callback, await _waiting(database, own, turn))


async def show_complaint(
    callback: CallbackQuery,
    callback_data: ShowComplaint,
    database: Pool,
    own: OwnerTexts,
    options: Options,
    me: User,
    turn: Turn,
) -> None:
    """One of them."""
    await show(callback, await _complaint(database, own, options, me, turn, callback_data.order))


async def ask_answer(
    callback: CallbackQuery,
    callback_data: AskAnswer,
    state: FSMContext,
    database: Pool,
    own: OwnerTexts,
    turn: Turn,
) -> None:
    """Ask what the customer is to be told; what they wrote stays to be read."""
    found = await open_order(database, turn.bot, callback_data.order)
    await state.set_state(OwnerForm.answer)
    await state.update_data({ANSWER_TO: found.order.number})
    await send_below(callback, Screen(own.complaints.ask_answer(number=found.order.number)))


async def take_answer(
    message: Message,
    state: FSMContext,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """The answer, as it was asked for; one that is too long may be written again."""
    number = int((await state.get_data()).get(ANSWER_TO, 0))
    await answer(room, by(turn, me, "answer"), number, message.text or "")
    await leave(state)
    await send(message, Screen(own.complaints.answer_sent(number=number), back(own, AdminPlace.COMPLAINTS)))


async def close_complaint(
    callback: CallbackQuery,
    callback_data: CloseComplaint,
    room: Room[Options],
    own: OwnerTexts,
    options: Options,
    me: User,
    turn: Turn,
) -> None:
    """Nothing is to be said."""
    number = callback_data.order
    await close(room, by(turn, me, "close"), number)
    screen = await _complaint(room.database, own, options, me, turn, number)
    await show(callback, screen, own.complaints.closed_popup(number=number))


async def _complaint(
    database: Pool, own: OwnerTexts, options: Options, me: User, turn: Turn, number: int
) -> Screen:
    found = await open_order(database, turn.bot, number)
    return screens.complaint(own, found, owner=options.is_owner(me.id))


async def _waiting(database: Pool, own: OwnerTexts, turn: Turn) -> Screen:
    found = await waiting_complaints(database, turn.bot)
    return screens.complaints(own, found, await count_waiting(database, turn.bot))


def build() -> Router:
    """The router of problems with orders."""
    router = Router(name="shop.owner.complaints")
    router.message.register(complaints_command, Command("problems", ignore_case=True))
    router.message.register(take_answer, OwnerForm.answer, F.text, no_command)
    router.callback_query.register(open_complaints, Admin.filter(F.place == AdminPlace.COMPLAINTS))
    router.callback_query.register(show_complaint, ShowComplaint.filter())
    router.callback_query.register(ask_answer, AskAnswer.filter())
    router.callback_query.register(close_complaint, CloseComplaint.filter())
    return router
