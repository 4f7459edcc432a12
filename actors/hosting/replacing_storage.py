"""Storages that a dispatcher's handlers see in the place of the one it came with."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.fsm.storage.redis import RedisStorage

from mailroom.actors.state import ActorStorage, CommittedState

UNTIL = "until="
"""Begins a value that runs out; neither the name of a state nor JSON begins so."""


class InPlaceOf:
    """Mixed into a storage that stands in for the one a dispatcher came with: what that has besides state,
    such as the `redis` of a RedisStorage, is still there for handlers that use it.
    """

    found: BaseStorage | None = None

    def __getattr__(self, name: str) -> Any:
        found = self.found
        if found is None or name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(found, name)


class ReplacingStorage(InPlaceOf, ActorStorage):
    """The storage of one bot, in the place of the one its dispatcher came with. Where that was a RedisStorage
    with times to live, they are kept: with what is written goes when it runs out.
    """

    def __init__(self, bot: str, committed: CommittedState) -> None:
        super().__init__(bot, committed)
        self._lifetimes_ms: dict[str, int] = {}

    def replace(self, found: BaseStorage) -> None:
        """Be to handlers what `found` was."""
        self.found = found
        if isinstance(found, RedisStorage):
            lives = {"state": found.state_ttl, "data": found.data_ttl}
            self._lifetimes_ms = {part: _milliseconds(life) for part, life in lives.items() if life}

    async def _put(self, key: StorageKey, part: str, value: str | None) -> None:
        await super()._put(key, part, self._ending(part, value))

    def unpacked(self, kept: str | None) -> dict[str, Any]:
        """The data that a field holds; empty where there is none, or its time is over."""
        return super().unpacked(_alive(kept))

    def packed(self, data: Mapping[str, Any]) -> str | None:
        """What a field holds of data written now; None for nothing."""
        return self._ending("data", super().packed(data))

    async def _get(self, key: StorageKey, part: str) -> str | None:
        return _alive(await super()._get(key, part))

    def _ending(self, part: str, value: str | None) -> str | None:
        if value is not None and (life := self._lifetimes_ms.get(part)):
            return f"{UNTIL}{_now_ms() + life};{value}"
        return value


def _alive(value: str | None) -> str | None:
    if value is None or not value.startswith(UNTIL):
        return value
    until, _, value = value.removeprefix(UNTIL).partition(";")
    return value if _now_ms() < int(until) else None


def _milliseconds(life: int | timedelta) -> int:
    return round(
        (life if isinstance(life, timedelta) else timedelta(seconds=life)) / timedelta(milliseconds=1)
    )


def _now_ms() -> int:
    # The wall clock, as Redis has it: what is written lives on in other processes.
    return round(time.time() * 1000)


class StoragePerBot(InPlaceOf, BaseStorage):
    """The storage of a dispatcher with several bots: each bot's state is its own."""

    def __init__(self, storages: Mapping[int, ActorStorage], found: BaseStorage) -> None:
        self._storages = storages
        self.found = found

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Ask the storage of the key's bot."""
        await self._storages[key.bot_id].set_state(key, state)

    async def get_state(self, key: StorageKey) -> str | None:
        """Ask the storage of the key's bot."""
        return await self._storages[key.bot_id].get_state(key)

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Ask the storage of the key's bot."""
        await self._storages[key.bot_id].set_data(key, data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Ask the storage of the key's bot."""
        return await self._storages[key.bot_id].get_data(key)

    async def close(self) -> None:
        """Nothing to close: the stores belong to the service."""
