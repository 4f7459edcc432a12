"""The terms and what is said about people's data, in the owner's own words: seen, written, and taken back."""

from typing import cast

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.memory import Turn
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.policies import (
    CHARS_MAX,
    Policy,
    drop_policy,
    own_policy,
    put_policy,
    written_policy,
)
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    Admin,
    AdminPlace,
    AskPolicy,
    DropPolicy,
    ShowPolicy,
)
from mailroom.actors.bots.shop.routes.owner.forms import POLICY_OF, OwnerForm, leave
from mailroom.actors.bots.shop.routes.owner.keyboards import policies as keyboards
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.screens import Front
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.owners.forms import no_command
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.texts.language import Language


async def open_policies(callback: CallbackQuery, own: OwnerTexts) -> None:
    """Which text it is about."""
    await show(callback, Screen(own.policies.heading, keyboards.policies(own)))


async def show_policy(
    callback: CallbackQuery,
    callback_data: ShowPolicy,
    database: Pool,
    own: OwnerTexts,
    options: Options,
    front: Front,
    turn: Turn,
) -> None:
    """What it says now, and whose words these are."""
    name, language = callback_data.policy, callback_data.language
    await show(callback, await _policy(database, own, options, front, turn, name, language))


async def ask_policy(
    callback: CallbackQuery, callback_data: AskPolicy, state: FSMContext, own: OwnerTexts
) -> None:
    """Ask for the text."""
    name, language = callback_data.policy, callback_data.language
    await state.set_state(OwnerForm.policy)
    await state.update_data({POLICY_OF: [name, language]})
    words = own.policies.ask(name=keyboards.policy_name(own, name, language), most=CHARS_MAX)
    await show(callback, Screen(words, back(own, AdminPlace.POLICIES)))


async def take_policy(
    message: Message,
    state: FSMContext,
    room: Room[Options],
    own: OwnerTexts,
    options: Options,
    front: Front,
    me: User,
    turn: Turn,
) -> None:
    """The text, with the formatting it was written with; one that is too long may be written again."""
    given = (await state.get_data())[POLICY_OF]
    name, language = cast(Policy, given[0]), Language(given[1])
    await put_policy(room, by(turn, me, "policy"), name, language, message.html_text)
    await leave(state)
    screen = await _policy(room.database, own, options, front, turn, name, language)
    await send(message, screen)


async def drop(
    callback: CallbackQuery,
    callback_data: DropPolicy,
    room: Room[Options],
    own: OwnerTexts,
    options: Options,
    front: Front,
    me: User,
    turn: Turn,
) -> None:
    """The usual words again."""
    name, language = callback_data.policy, callback_data.language
    await drop_policy(room, by(turn, me, "policy"), name, language)
    await show(callback, await _policy(room.database, own, options, front, turn, name, language))


async def _policy(
    database: Pool,
    own: OwnerTexts,
    options: Options,
    front: Front,
    turn: Turn,
    name: Policy,
    language: Language,
) -> Screen:
    written = await written_policy(database, turn.bot, name, language)
    html = written or own_policy(options, name, language, consultant=front.consultant)
    heading = own.policies.whose[
        "owner" if written else "options" if options.policy(name, language) else "usual"
    ]
    keyboard = keyboards.policy(own, name, language, written=written is not None)
    return Screen(f"{heading}\n\n{html}", keyboard)


def build() -> Router:
    """The router of policies: all of it is for owners."""
    router = Router(name="shop.owner.policies")
    router.message.filter(is_owner)
    router.callback_query.filter(is_owner)
    router.message.register(take_policy, OwnerForm.policy, F.text, no_command)
    router.callback_query.register(open_policies, Admin.filter(F.place == AdminPlace.POLICIES))
    router.callback_query.register(show_policy, ShowPolicy.filter())
    router.callback_query.register(ask_policy, AskPolicy.filter())
    router.callback_query.register(drop, DropPolicy.filter())
    return router
