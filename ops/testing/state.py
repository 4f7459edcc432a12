"""What a bot remembers of a conversation, read and set from a test as aiogram reads and sets it."""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.storage.base import StorageKey

from mailroom.ops.testing.service import Service


class State:
    """The state of one person in one chat, by the strategy of the bot's dispatcher."""

    def __init__(self, service: Service, chat_id: int, user_id: int) -> None:
        self._service = service
        self._chat_id = chat_id
        self._user_id = user_id

    def get_state(self) -> str | None:
        """The state it is in."""
        state: str | None = self._service.run(self._storage.get_state(self._key))
        return state

    def set_state(self, state: Any) -> None:
        """Put it into a state: a `State`, its name, or None."""
        self._service.run(self._storage.set_state(self._key, state))

    def get_data(self) -> dict[str, Any]:
        """What it holds."""
        data: dict[str, Any] = self._service.run(self._storage.get_data(self._key))
        return data

    def set_data(self, data: Mapping[str, Any]) -> None:
        """Have it hold this, and nothing else."""
        self._service.run(self._storage.set_data(self._key, dict(data)))

    @property
    def _fsm(self) -> Any:
        return self._service.process.hosted.dispatcher.fsm

    @property
    def _storage(self) -> Any:
        return self._fsm.storage

    @property
    def _key(self) -> StorageKey:
        bot = self._service.process.hosted.bot
        context = self._fsm.resolve_context(bot, chat_id=self._chat_id, user_id=self._user_id)
        key: StorageKey = context.key
        return key
