"""The state of conversations, as aiogram sees it: a storage that reads from memory and writes with the commit
of the message.

The actor of a chat is the only writer of its state. A handler reads what was committed plus what it wrote
itself; when it raises, what it wrote is forgotten. So state and message can never disagree, and a form step
of nine storage calls costs one trip to Redis.

Two kinds of access are not part of a turn: a task that outlives its handler, and a handler that touches
another chat's state (an admin command, aiogram's GLOBAL_USER strategy in a group). Those go through the
`CommittedState`, at once, last write wins, as with aiogram's RedisStorage.
"""

from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from aiogram.exceptions import DataNotDictLikeError
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StateType, StorageKey

from mailroom.actors import memory
from mailroom.actors.turn import Turn, current_turn
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class CommittedState(Protocol):
    """The way to the state of a chat from outside of its turns."""

    async def read(self, chat: Chat, name: str) -> str | None:
        """One committed field."""

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit changes at once."""


def field_name(part: str, key: StorageKey) -> str:
    """Where a piece of state lives among its chat's fields: one chat has many, by user, topic, business
    connection and destiny.
    """
    return f"{part}:{key.user_id}:{key.thread_id or ''}:{key.business_connection_id or ''}:{key.destiny}"


class ActorStorage(BaseStorage):
    """aiogram's storage for one bot."""

    def __init__(self, bot: str, committed: CommittedState) -> None:
        self.to_text: Callable[[dict[str, Any]], str] = memory.to_text
        self.from_text: Callable[[str], dict[str, Any]] = memory.from_text
        """How data becomes text: as MemoryStorage would keep it, or as the storage did that the bot had."""
        self._bot = bot
        self._committed = committed

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Set or (with None) drop the state."""
        await self._put(key, "state", state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        """The state, or None."""
        return await self._get(key, "state")

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace the data. It is kept as text, so that nobody's later change of a nested list leaks in."""
        if not isinstance(data, Mapping):
            raise DataNotDictLikeError(f"Data must be a dict or dict-like object, got {type(data).__name__}")
        await self._put(key, "data", self.to_text(dict(data)) if data else None)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """A copy of the data; empty when there is none."""
        text = await self._get(key, "data")
        return self.from_text(text) if text else {}

    def unpacked(self, kept: str | None) -> dict[str, Any]:
        """The data that a field holds; empty where there is none."""
        return self.from_text(kept) if kept else {}

    def packed(self, data: Mapping[str, Any]) -> str | None:
        """What a field holds of data; None for nothing."""
        return self.to_text(dict(data)) if data else None

    async def close(self) -> None:
        """Nothing to close: the stores belong to the service."""

    async def _get(self, key: StorageKey, part: str) -> str | None:
        name = field_name(part, key)
        turn = current_turn.get()
        if turn and turn.chat == (self._bot, str(key.chat_id)):
            turn.read(name)
            # Also when the turn is closed: until its commit is through, a task it left behind reads from it.
            if name in turn.changes.set:
                return turn.changes.set[name]
            if name in turn.changes.delete:
                return None
            if turn.open:
                value = turn.bases[name] = turn.state.get(name)
                return value
        return await self._committed.read(Chat(self._bot, str(key.chat_id)), name)

    async def _put(self, key: StorageKey, part: str, value: str | None) -> None:
        name = field_name(part, key)
        if turn := self._turn(key):
            turn.put(name, value)
            return
        changes = Changes()
        changes.put(name, value)
        await self._committed.write(Chat(self._bot, str(key.chat_id)), changes)

    def _turn(self, key: StorageKey) -> Turn | None:
        turn = current_turn.get()
        if turn and turn.open and turn.chat == (self._bot, str(key.chat_id)):
            return turn
        return None


class ActorIsolation(BaseEventIsolation):
    """aiogram's lock around a handler: not needed, an actor runs one message at a time."""

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> "AsyncGenerator[None, None]":  # noqa: ARG002
        """Enter at once."""
        yield

    async def close(self) -> None:
        """Nothing to close."""
