"""Where the consultant is asked: one question of one chat, from "one moment" to the answer, and what is kept
of it.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from asyncpg import Pool

from mailroom.actors.bots.shop.consultant.answer import shown
from mailroom.actors.bots.shop.consultant.budget import Budget
from mailroom.actors.bots.shop.consultant.context import TALK, Context
from mailroom.actors.bots.shop.consultant.draft import Draft, typing
from mailroom.actors.bots.shop.consultant.facts import Facts
from mailroom.actors.bots.shop.consultant.talk import Consultation
from mailroom.actors.bots.shop.consultant.tools import Toolbox
from mailroom.actors.bots.shop.consultant.unanswered import UNANSWERED, Unanswered, name_of
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.screens import Front
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.texts.consultant import ConsultantTexts
from mailroom.actors.providers.openai import Models
from mailroom.actors.uses.cpu import Cpu


@dataclass(frozen=True, slots=True)
class ConsultantSession:
    """The consultant in one chat; all that an answer takes besides the question."""

    bot: Bot
    chat_id: int
    state: FSMContext
    database: Pool
    models: Models
    cpu: Cpu
    options: Options
    texts: Texts
    cart: Cart
    front: Front
    ordering: Ordering
    user_id: int
    shop: str
    """The name of the bot in the configuration."""
    question_name: str
    """What a question of this message is called if it has to be asked again."""
    first_attempt: bool

    @classmethod
    def of(cls, data: dict[str, Any], chat_id: int) -> "ConsultantSession":
        """By what every handler is offered."""
        turn = data["turn"]
        return cls(
            chat_id=chat_id,
            shop=turn.bot,
            question_name=name_of(turn.effect_id("question")),
            first_attempt=turn.attempt == 1,
            **{name: data[name] for name in OFFERED},
        )

    @property
    def own(self) -> ConsultantTexts:
        """What the consultant says by itself."""
        return self.texts.consultant

    async def unanswered(self) -> Unanswered:
        """The questions that can be asked again."""
        return Unanswered.from_data((await self.state.get_data()).get(UNANSWERED))

    async def keep(self, unanswered: Unanswered) -> None:
        """Remember these from now on."""
        await self.state.update_data({UNANSWERED: unanswered.to_data()})

    async def answer(self, question: str, notice: str = "", over: Message | None = None) -> None:
        """Answer in time, whatever the model does: in a new message, or in place of one of ours."""
        ends = asyncio.get_running_loop().time() + self.options.model_timeout_seconds
        context = Context.from_data((await self.state.get_data()).get(TALK))
        draft = Draft(self.bot, self.chat_id, over, grows=self.first_attempt)
        consultation = Consultation(
            self.database,
            self.models,
            self.options,
            Budget(self.database, self.shop, self.user_id, self.options),
            self.own,
            Toolbox(self.database, self.texts.language, Facts(), context, question, self.ordering.ways.least),
            ends,
            draft,
            self.cpu,
        )
        async with typing(self.bot, self.chat_id):
            await draft.open(self.own.thinking)
            reply = await consultation.reply(context, question)
            again = self.question_name if reply.unanswered else ""
            await draft.finish(shown(self.texts, reply, self.cart.items, self.front, again).noting(notice))
        context = await consultation.remember(context, question, reply)
        await self.state.update_data({TALK: context.to_data()})
        if again:
            await self.keep((await self.unanswered()).with_question(again, question))


OFFERED = (
    "bot", "state", "database", "models", "cpu", "options", "texts", "cart", "front", "ordering", "user_id",
)  # fmt: skip
