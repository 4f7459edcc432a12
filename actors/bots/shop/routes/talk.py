"""The consultant: whatever a customer writes outside of any form."""

import asyncio
from typing import Protocol

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from asyncpg import Pool

from actors.bots.shop.cart import Cart
from actors.bots.shop.consultant.answer import shown
from actors.bots.shop.consultant.budget import Budget
from actors.bots.shop.consultant.context import TALK, Context
from actors.bots.shop.consultant.draft import Draft, typing
from actors.bots.shop.consultant.facts import Facts
from actors.bots.shop.consultant.talk import Consultation
from actors.bots.shop.consultant.texts import CONSULTANT_TEXTS
from actors.bots.shop.consultant.tools import Toolbox
from actors.bots.shop.contact import printable
from actors.bots.shop.memory import Turn as ShopTurn
from actors.bots.shop.options import Options
from actors.bots.shop.screens import Front
from actors.bots.shop.texts import Texts
from actors.providers.openai import Models

QUESTION_CHARS_MAX = 1_000
"""More is a story, and paid for by the character."""


class Turn(ShopTurn, Protocol):
    """What the consultant needs to know besides."""

    @property
    def attempt(self) -> int:
        """How often this message was begun; more than 1 after a crash."""


async def somebody_to_ask(message: Message, models: Models | None = None) -> bool:  # noqa: ARG001
    """Whether there is a model; without one the shop answers with its menu."""
    return models is not None


async def consult(
    message: Message,
    state: FSMContext,
    database: Pool,
    turn: Turn,
    models: Models,
    options: Options,
    texts: Texts,
    cart: Cart,
    user_id: int,
    front: Front,
) -> None:
    """Answer a question, in time whatever the model does."""
    ends = asyncio.get_running_loop().time() + options.model_timeout_seconds
    own = CONSULTANT_TEXTS[texts.language]
    written = printable(message.text or "")
    question = written[:QUESTION_CHARS_MAX]
    context = Context.from_data((await state.get_data()).get(TALK))
    draft = Draft(message, grows=turn.attempt == 1)

    facts = Facts()
    consultation = Consultation(
        database,
        models,
        options,
        Budget(database, turn.bot, user_id, options),
        own,
        Toolbox(database, texts.language, facts, context, question),
        ends,
        draft,
    )
    async with typing(message):
        await draft.open(own.thinking)
        reply = await consultation.reply(context, question)
        screen = shown(texts, reply, cart.items, front)
        if len(written) > QUESTION_CHARS_MAX:
            screen = screen.noting(own.cut.format(limit=QUESTION_CHARS_MAX))
        await draft.finish(screen)
    context = await consultation.remember(context, question, reply)
    await state.update_data({TALK: context.to_data()})


def build() -> Router:
    """The router of the consultant; it comes after all forms and before the fallback."""
    router = Router(name="shop.talk")
    router.message.register(consult, StateFilter(None), F.text, somebody_to_ask)
    return router
