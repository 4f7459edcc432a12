"""What an owner may be asked to write: one text at a time. Any command or button leaves the form."""

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.complaints import count_waiting
from mailroom.actors.bots.shop.memory import Turn
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.routes.owner.screens import menu as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.access import NO_COMMAND
from mailroom.actors.kit.screens.replies import send
from mailroom.actors.kit.screens.screen import Screen

PRICE_OF = "owner_price_of"
ANSWER_TO = "owner_answer_to"
PICTURE_OF = "owner_picture_of"
POLICY_OF = "owner_policy_of"
"""Keys of the chat's data: slug or id of the product that is asked about, the number of the order whose
customer is written to, name and language of a policy.
"""


class OwnerForm(StatesGroup):
    """What was asked for."""

    price = State()
    answer = State()
    broadcast = State()
    picture = State()
    policy = State()


async def cancel(
    message: Message,
    state: FSMContext,
    database: Pool,
    own: OwnerTexts,
    options: Options,
    me: User,
    turn: Turn,
) -> None:
    """/cancel: never mind."""
    await leave(state)
    waiting = await count_waiting(database, turn.bot)
    await send(message, screens.menu(own, waiting, owner=options.is_owner(me.id)))


async def leave_by(event: Message | CallbackQuery, state: FSMContext) -> None:  # noqa: ARG001 - aiogram passes it
    """Another command, or a button: what is written next is not an answer any more."""
    await leave(state)
    raise SkipHandler


async def needs_text(message: Message, own: OwnerTexts) -> None:
    """A photo or a sticker where a text was asked for."""
    await send(message, Screen(own.shared.needs_text))


async def leave(state: FSMContext) -> None:
    """Forget what was asked; the rest of the chat's data stays."""
    data = await state.get_data()
    await state.set_state(None)
    asked = (PRICE_OF, PICTURE_OF, POLICY_OF, ANSWER_TO)
    await state.set_data({key: value for key, value in data.items() if key not in asked})


def build() -> Router:
    """The first router of the owner's side."""
    router = Router(name="shop.owner.forms")
    asked = StateFilter(OwnerForm)
    router.message.register(cancel, asked, Command("cancel", ignore_case=True))
    router.message.register(leave_by, asked, F.text.startswith("/") | F.caption.startswith("/"))
    router.callback_query.register(leave_by, asked)
    return router


def build_rest() -> Router:
    """The last one: what is no text."""
    router = Router(name="shop.owner.forms.rest")
    router.message.register(needs_text, StateFilter(OwnerForm), NO_COMMAND)
    return router
