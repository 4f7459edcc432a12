"""The consultant: whatever a customer writes outside of any form, and once more what no model answered."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message, TelegramObject

from mailroom.actors.bots.shop.callbacks import AskAgain
from mailroom.actors.bots.shop.consultant.session import ConsultantSession
from mailroom.actors.kit.screens.replies import chat_of, popup
from mailroom.actors.kit.speech.printable import printable
from mailroom.actors.providers.openai import Models

QUESTION_CHARS_MAX = 1_000
"""More is a story, and paid for by the character."""


class WithConsultant(BaseMiddleware):
    """Hands every handler the `consultant` of its chat."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Set it up for one message."""
        chat_id = chat_of(event) if isinstance(event, CallbackQuery) else event.chat.id  # type: ignore[attr-defined]
        return await handler(event, data | {"consultant": ConsultantSession.of(data, chat_id)})


async def somebody_to_ask(event: Message | CallbackQuery, models: Models | None = None) -> bool:  # noqa: ARG001
    """Whether there is a model; without one the shop answers with its menu."""
    return models is not None


async def consult(message: Message, consultant: ConsultantSession) -> None:
    """Answer a question."""
    written = printable(message.text or "")
    cut = len(written) > QUESTION_CHARS_MAX
    notice = consultant.own.cut(limit=QUESTION_CHARS_MAX) if cut else ""
    await consultant.answer(written[:QUESTION_CHARS_MAX], notice)


async def ask_again(callback: CallbackQuery, callback_data: AskAgain, consultant: ConsultantSession) -> None:
    """Ask once more what was asked then; the answer takes the place of the apology, and the button goes."""
    unanswered = await consultant.unanswered()
    question = unanswered.find(callback_data.question)
    if question is None:
        await popup(callback, consultant.own.asked_already_popup)
        return
    # At once: an answer may take longer than Telegram remembers the press.
    await popup(callback)
    await consultant.keep(unanswered.without(callback_data.question))
    await consultant.answer(
        question, over=callback.message if isinstance(callback.message, Message) else None
    )


def build() -> Router:
    """The router of the consultant; it comes after all forms and before the fallback."""
    router = Router(name="shop.talk")
    for observer in (router.message, router.callback_query):
        observer.middleware(WithConsultant())
    router.message.register(consult, StateFilter(None), F.text, somebody_to_ask)
    router.callback_query.register(ask_again, AskAgain.filter(), somebody_to_ask)
    return router
