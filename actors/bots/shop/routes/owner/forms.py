"""What an owner may be asked to write: one text at a time. Any command or button leaves the form."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.complaints import count_waiting
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.routes.owner.screens import menu as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners import forms
from mailroom.actors.kit.policies.routes import POLICY_OF
from mailroom.actors.kit.screens.replies import send
from mailroom.actors.kit.turn import Turn

PRICE_OF = "owner_price_of"
ANSWER_TO = "owner_answer_to"
PICTURE_OF = "owner_picture_of"
"""Keys of the chat's data: slug or id of the product that is asked about, the number of the order whose
customer is written to.
"""
KEYS = (PRICE_OF, PICTURE_OF, POLICY_OF, ANSWER_TO)


class OwnerForm(StatesGroup):
    """What was asked for."""

    price = State()
    answer = State()
    broadcast = State()
    picture = State()
    policy = State()


async def cancel(
    message: Message, database: Pool, own: OwnerTexts, options: Options, me: User, turn: Turn
) -> None:
    """/cancel: never mind."""
    waiting = await count_waiting(database, turn.bot)
    await send(message, screens.menu(own, waiting, owner=options.is_owner(me.id)))


async def leave(state: FSMContext) -> None:
    """Forget what was asked; the rest of the chat's data stays."""
    await forms.leave(state, KEYS)


def build() -> Router:
    """The first router of the owner's side."""
    return forms.leaving("shop.owner.forms", OwnerForm, KEYS, cancel)
