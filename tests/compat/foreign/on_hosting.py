"""A pytest plugin: aiogram's own tests over what a hosted bot gets from us. `MemoryStorage` is an
`ActorStorage`, the isolation is an actor's, a dispatcher is in our hands, filters run in place, and calls go
out by a `HostedSession`.

With WITHIN=turn the state is that of a running turn, else it is reached from outside of every turn.
"""

import os
import sys
from collections import defaultdict
from typing import Any
from unittest.mock import MagicMock

import aiogram.client.bot
import aiogram.client.session.aiohttp
import aiogram.dispatcher.dispatcher
import aiogram.fsm.storage.memory
import pytest
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.fsm.storage.base import StorageKey

from mailroom.actors.hosting.inline import inline_filters
from mailroom.actors.hosting.session import HostedSession
from mailroom.actors.hosting.shared import SharedDispatcher
from mailroom.actors.journal import Journal
from mailroom.actors.limiter import Limiter
from mailroom.actors.state import ActorIsolation, ActorStorage
from mailroom.actors.turn import Turn, current_turn
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes

for missing in ("pymongo", "pymongo.errors", "pymongo.uri_parser", "motor", "motor.motor_asyncio"):
    sys.modules[missing] = MagicMock()  # aiogram's conftest imports them for tests that we leave out

BOT = "theirs"
_used: set[str] = set()


class Committed:
    """What is committed."""

    def __init__(self) -> None:
        self._chats: dict[Chat, dict[str, str]] = defaultdict(dict)

    async def read(self, chat: Chat, name: str) -> str | None:
        return self._chats[chat].get(name)

    async def write(self, chat: Chat, changes: Changes) -> None:
        self._chats[chat] |= changes.set
        for name in changes.delete:
            self._chats[chat].pop(name, None)


async def _record(*_: Any) -> None:
    raise AssertionError("these tests make no calls within a turn")


class Storage(ActorStorage):
    """Made as a MemoryStorage is."""

    def __init__(self) -> None:
        super().__init__(BOT, Committed())
        _used.add("storage")


class StorageInTurn(Storage):
    """Asked by a handler at work."""

    def __init__(self) -> None:
        super().__init__()
        self._turns: dict[str, Turn] = {}

    async def _get(self, key: StorageKey, part: str) -> str | None:
        return await self._in_turn(key, super()._get(key, part))

    async def _put(self, key: StorageKey, part: str, value: str | None) -> None:
        await self._in_turn(key, super()._put(key, part, value))

    async def _in_turn(self, key: StorageKey, work: Any) -> Any:
        chat = Chat(BOT, str(key.chat_id))
        if chat.id not in self._turns:
            self._turns[chat.id] = Turn(chat, None, 1, 1, False, {}, Journal(BOT, _record))
        token = current_turn.set(self._turns[chat.id])
        try:
            return await work
        finally:
            current_turn.reset(token)


class Session(HostedSession):
    """Made as an AiohttpSession is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(BOT, Limiter(), self._parked, **options)
        _used.add("session")

    async def _parked(self, *_: Any) -> None:
        raise AssertionError("no wait was asked for")


_stock_feed = Dispatcher.feed_update
_stock_trigger = TelegramEventObserver.trigger
MemoryStorage = StorageInTurn if os.environ.get("WITHIN") == "turn" else Storage


async def feed_update(self: Dispatcher, bot: Bot, update: Any, **data: Any) -> Any:
    """As a `HostedBot` has its dispatcher handle an update."""
    shared = SharedDispatcher.of(self)
    if bot not in shared.bots:
        storage = self.fsm.storage
        shared.add(bot, storage if isinstance(storage, Storage) else MemoryStorage())
        inline_filters(self)
        _used.add("dispatcher")
    return await _stock_feed(self, bot, update, **{**shared.extras(bot), **data})


async def trigger(self: TelegramEventObserver, event: Any, **data: Any) -> Any:
    """Routers that no dispatcher has get their filters in place too."""
    inline_filters(self.router)
    return await _stock_trigger(self, event, **data)


Dispatcher.feed_update = feed_update  # type: ignore[method-assign]
TelegramEventObserver.trigger = trigger  # type: ignore[method-assign]
for module in (aiogram.fsm.storage.memory, aiogram.dispatcher.dispatcher):
    module.MemoryStorage = MemoryStorage  # type: ignore[attr-defined]
    module.SimpleEventIsolation = ActorIsolation  # type: ignore[attr-defined]
    module.DisabledEventIsolation = ActorIsolation  # type: ignore[attr-defined]
for module in (aiogram.client.session.aiohttp, aiogram.client.bot):
    module.AiohttpSession = Session  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.shouldfail or session.shouldstop or not session.items:
        return
    assert _used == {"storage", "session", "dispatcher"}, f"of ours they met {_used} alone"
