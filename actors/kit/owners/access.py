"""Who may run a bot from its chat, and what handlers are given: for all others there is no such side."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from mailroom.actors.cause import TELEGRAM
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.deeds import By
from mailroom.actors.kit.owners.refusals import OwnerError, Wrong
from mailroom.actors.kit.owners.roles import Roles
from mailroom.actors.kit.screens.replies import popup, send
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.printable import printable
from mailroom.actors.kit.turn import Turn
from mailroom.actors.pages.visit import Proof


def works_as(roles: Roles, wanted: frozenset[str]) -> Callable[..., Awaitable[bool]]:
    """A filter that lets those through to whom the room gives one of these roles: it is asked each time, so
    that whoever is dismissed is out at once.
    """

    async def works(event: Message | CallbackQuery, room: Room[Any] | None = None) -> bool:
        if room is None or event.from_user is None:
            return False
        proof = Proof("telegram", f"{TELEGRAM}{event.from_user.id}")
        return not wanted.isdisjoint(await roles(room, frozenset({proof})))

    return works


class OwnersSide(BaseMiddleware):
    """Hands every handler its `own` texts and `me`, and says what an `OwnerError` is about: `own` finds the
    texts by what the handler is given, `not_done` says the error in them, as plain text.
    """

    def __init__(self, own: Callable[[dict[str, Any]], Any], not_done: Callable[[Any, Wrong], str]) -> None:
        self._own = own
        self._not_done = not_done

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Answer what is refused: nothing has changed then."""
        own = self._own(data)
        try:
            return await handler(event, data | {"own": own, "me": data["event_from_user"]})
        except OwnerError as error:
            words = self._not_done(own, error.wrong)
        if isinstance(event, CallbackQuery):
            await popup(event, words, alert=True)
        elif isinstance(event, Message):
            await send(event, Screen(escape(words)))
        return None


def by(turn: Turn, me: User, effect: str, why: str = "") -> By:
    """Who acts, and in which message: written down with what is done."""
    who = f"{printable(me.full_name)} (telegram {me.id})"
    return By(turn.bot, who, turn.effect_id(f"owner.{effect}"), why, turn.cause)
