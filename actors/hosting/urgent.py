"""Handlers that must not wait: which message is for one is told from the message alone, when it is accepted.

A handler with aiogram's flag `urgent` is run beside the one that its chat is at. So whether a message is for
it has to be known before its turn comes, in a process that may know nothing of the chat: by what Telegram
sent, and by no state, data or code of the author's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters import ChatMemberUpdatedFilter, Command, CommandStart
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.filters.logic import _AndFilter, _InvertFilter, _OrFilter
from aiogram.types import TelegramObject, Update

from mailroom.actors.hosting.errors import NotUrgent
from mailroom.actors.hosting.load import RouterError
from mailroom.actors.providers.telegram import EXPEDITED, KINDS
from mailroom.actors.turn import current_turn

FLAG = "urgent"
JUDGING_SECONDS = 1.0
"""How long it may take to tell whether a message is urgent: a command that names a bot asks, once, which bot
this is. What takes longer waits in line.
"""
_DECIDABLE = (Command, CommandStart, CallbackQueryFilter, ChatMemberUpdatedFilter)
"""aiogram's own that look at nothing but the message; what an author derives from them may look further."""
ADVICE = (
    "whether a message is urgent is decided before its turn comes, so an urgent handler is filtered by"
    " Command, CommandStart, F and CallbackData.filter() alone, and so is its router: ask for anything else"
    " inside the handler, move the handler to a router without that filter, or take its flag `urgent` away"
)


class UrgentHandlerError(RouterError):
    """An urgent handler cannot be told from the message alone; the message names it and says what to do."""


class _Rule(NamedTuple):
    filters: tuple[FilterObject, ...]
    """All of them must hold: those of the handler, and those of the routers it is in."""


class UrgentHandlers:
    """The urgent handlers of a dispatcher. `kinds` are those of the updates that any of them is for."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._rules: dict[str, list[_Rule]] = {}
        for router in dispatcher.chain_tail:
            for kind, observer in router.observers.items():
                if kind not in KINDS or kind in EXPEDITED:
                    continue
                for handler in observer.handlers:
                    if handler.flags.get(FLAG):
                        self._rules.setdefault(kind, []).append(_rule(kind, handler, router))
        self.kinds = frozenset(self._rules)

    async def wants(self, kind: str, update: Mapping[str, Any], bot: Bot) -> bool:
        """Whether an urgent handler takes this update, if no other handler comes before it. One that cannot
        be judged, or a part of an album, which goes with its album, waits in line like any other.
        """
        if kind not in self.kinds or "media_group_id" in update[kind]:
            return False
        try:
            event = getattr(Update.model_validate(update, context={"bot": bot}), kind)
            async with asyncio.timeout(JUDGING_SECONDS):
                for rule in self._rules[kind]:
                    if await _hold(rule.filters, event, bot):
                        return True
        except Exception:
            return False
        return False


class UrgentGuard:
    """Stands before every handler of a kind that has urgent ones: where a message was taken for urgent and
    another handler wins, it goes back to its place in line before that handler has begun.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Let an urgent handler pass; raise `NotUrgent` for any other."""
        turn = current_turn.get()
        if turn is not None and is_taken_for_urgent(turn.entry):
            if not data["handler"].flags.get(FLAG):
                raise NotUrgent
            turn.control.decided()
        return await handler(event, data)


def is_taken_for_urgent(entry: Any) -> bool:
    """Whether a message is in the fast lane because of a handler, and not because of what it is."""
    return entry is not None and entry.expedited and entry.kind not in EXPEDITED


def _rule(kind: str, handler: HandlerObject, router: Router) -> _Rule:
    filters: list[FilterObject] = []
    for one in reversed(tuple(router.chain_head)):
        filters += one.observers[kind]._handler.filters or () if kind in one.observers else ()  # noqa: SLF001 - the root filters of a router have no public name
    own = handler.filters or []
    for where, those in (("", own), (f" the filter of its router {router.name!r},", filters)):
        for asked in those:
            if (name := _undecidable(asked)) is not None:
                raise UrgentHandlerError(
                    f"the urgent handler {_name(handler.callback)} of {kind} has{where} {name}, which"
                    f" cannot be told from the message alone; {ADVICE}"
                )
    return _Rule((*filters, *own))


def _undecidable(asked: FilterObject) -> str | None:
    """The name of what is not decided by the message alone, if there is anything."""
    if asked.magic is not None:
        return None
    callback: Any = asked.callback
    kind = type(callback)
    if kind is _InvertFilter:
        return _undecidable(callback.target)
    if kind in (_AndFilter, _OrFilter):
        return next((name for target in callback.targets if (name := _undecidable(target))), None)
    return None if kind in _DECIDABLE else _name(callback)


async def _hold(filters: tuple[FilterObject, ...], event: TelegramObject, bot: Bot) -> bool:
    for asked in filters:
        if not await _holds(asked, event, bot):
            return False
    return True


async def _holds(asked: FilterObject, event: TelegramObject, bot: Bot) -> bool:
    if asked.magic is not None:
        return bool(asked.magic.resolve(event))
    callback: Any = asked.callback
    if isinstance(callback, _InvertFilter):
        return not await _holds(callback.target, event, bot)
    if isinstance(callback, _AndFilter):
        return await _hold(callback.targets, event, bot)
    if isinstance(callback, _OrFilter):
        for target in callback.targets:
            if await _holds(target, event, bot):
                return True
        return False
    if isinstance(callback, Command):
        return bool(await callback(event, bot))  # type: ignore[arg-type]  # it asks itself what it is given
    return bool(await callback(event))


def _name(callback: Any) -> str:
    found = getattr(callback, "__qualname__", None)
    return found if isinstance(found, str) else type(callback).__qualname__
