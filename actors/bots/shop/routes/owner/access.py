"""Who may run the shop, and what their handlers are given: to everybody else the commands do not exist."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from mailroom.actors.bots.shop.memory import Turn
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.owner_texts import OWNER_TEXTS, OwnerTexts
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.kit.owners.refusals import OwnerError
from mailroom.actors.kit.screens.replies import popup, send
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.printable import printable


async def is_staff(event: Message | CallbackQuery, options: Options | None = None) -> bool:
    """Whether somebody works here; owners do."""
    return options is not None and event.from_user is not None and options.is_staff(event.from_user.id)


async def is_owner(event: Message | CallbackQuery, options: Options | None = None) -> bool:
    """Whether somebody may do everything."""
    return options is not None and event.from_user is not None and options.is_owner(event.from_user.id)


class OwnersSide(BaseMiddleware):
    """Hands every handler its `own` texts and `me`, and says what an `OwnerError` is about."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Answer what is refused: nothing has changed then."""
        own: OwnerTexts = OWNER_TEXTS[data["texts"].language]
        try:
            return await handler(event, data | {"own": own, "me": data["event_from_user"]})
        except OwnerError as error:
            words = own.not_done.format(problem=problem(own.language, error.wrong))
        if isinstance(event, CallbackQuery):
            await popup(event, words, alert=True)
        elif isinstance(event, Message):
            await send(event, Screen(escape(words)))
        return None


def by(turn: Turn, me: User, effect: str, why: str = "") -> By:
    """Who acts, and in which message: written down with what is done."""
    who = f"{printable(me.full_name)} (telegram {me.id})"
    return By(turn.bot, who, turn.effect_id(f"owner.{effect}"), why, turn.cause)
