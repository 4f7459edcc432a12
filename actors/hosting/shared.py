"""A dispatcher that we run, and the bots it serves: usually one, but `start_polling(first, second)` is two.

What belongs to the dispatcher happens once for all its bots: the startup and shutdown hooks, the storage it
asks, the updates that a library makes up. `let_go` leaves it as it was found.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram.fsm.storage.redis import RedisStorage

from mailroom.actors.hosting.inline import inline_filters
from mailroom.actors.hosting.replacing_storage import ReplacingStorage, StoragePerBot
from mailroom.actors.hosting.urgent import UrgentGuard, UrgentHandlers
from mailroom.actors.state import ActorIsolation, ActorStorage

Synthetic = Callable[[int, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Runs work in line with the messages of a chat, given by its id."""

_held: "WeakKeyDictionary[Dispatcher, SharedDispatcher]" = WeakKeyDictionary()


class SharedDispatcher:
    """One dispatcher and the bots whose chats it works for."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.bots: list[Bot] = []
        self.found = dispatcher.fsm.storage
        """The storage it came with: the state of its users up to now may be there."""
        self._found_isolation = dispatcher.fsm.events_isolation
        self.brought_isolation = not isinstance(self._found_isolation, DisabledEventIsolation)
        self._storages: dict[int, ActorStorage] = {}
        self._synthetic: dict[int, Synthetic] = {}
        self._working: set[int] = set()
        """The bots that are started, by id: the hooks frame them all."""
        self.given: dict[int, dict[str, Any]] = {}
        """What the script's own `start_polling` or web server gives to the handlers of a bot, by its id, as
        it stood when it was called. Bots without a script of their own have none.
        """
        self.hooks_run_elsewhere = False
        """Whether the script's own web server runs the startup and shutdown hooks."""
        self.urgent = UrgentHandlers(dispatcher)
        self._guarded: list[tuple[TelegramEventObserver, UrgentGuard]] = []
        self._propagate = dispatcher.propagate_event
        dispatcher.propagate_event = self._propagate_in_line  # type: ignore[method-assign]
        dispatcher.fsm.events_isolation = ActorIsolation()

    @classmethod
    def of(cls, dispatcher: Dispatcher) -> "SharedDispatcher":
        """Take a dispatcher, or find that we have it already."""
        if dispatcher not in _held:
            _held[dispatcher] = cls(dispatcher)
        return _held[dispatcher]

    def add(self, bot: Bot, storage: ActorStorage) -> None:
        """Let the dispatcher work for one more bot, whose state is in `storage`."""
        if isinstance(self.found, RedisStorage):
            # The bot was written against these two, and what they make of a value is what it expects.
            dumps = self.found.json_dumps
            storage.to_text = lambda data: _text(dumps(data))
            storage.from_text = self.found.json_loads
        if isinstance(storage, ReplacingStorage):
            storage.replace(self.found)
        self.bots.append(bot)
        self._storages[bot.id] = storage
        # One bot is the common case and needs no look-up.
        alone = len(self.bots) == 1
        self.dispatcher.fsm.storage = storage if alone else StoragePerBot(self._storages, self.found)

    async def start(self, bot: Bot, synthetic: Synthetic) -> None:
        """Run the startup hooks, for the first of its bots that starts."""
        self._synthetic[bot.id] = synthetic
        if not self._working:
            if not self.hooks_run_elsewhere:
                await self.dispatcher.emit_startup(**self._workflow())
                self.urgent = UrgentHandlers(self.dispatcher)  # the hooks may have added some
            self._guard_urgent()
            inline_filters(self.dispatcher)
        self._working.add(bot.id)

    async def stop(self, bot: Bot) -> None:
        """Run the shutdown hooks, for the last of its bots that stops. It may be started again."""
        if bot.id not in self._working:
            return
        self._working.remove(bot.id)
        if not self._working and not self.hooks_run_elsewhere:
            await self.dispatcher.emit_shutdown(**self._workflow())
            await self.found.close()

    def let_go(self) -> None:
        """Leave the dispatcher as it was, so that its script may start it again."""
        if _held.pop(self.dispatcher, None) is self:
            for observer, guard in self._guarded:
                observer.middleware.unregister(guard)
            self.dispatcher.propagate_event = self._propagate  # type: ignore[method-assign]
            self.dispatcher.fsm.storage = self.found
            self.dispatcher.fsm.events_isolation = self._found_isolation

    def _guard_urgent(self) -> None:
        guarded = {observer for observer, _ in self._guarded}
        for kind in self.urgent.kinds:
            observer = self.dispatcher.observers[kind]
            if observer not in guarded:
                guard = UrgentGuard()
                # Before any other: what a bot's middleware does should happen where the message is handled.
                observer.middleware._middlewares.insert(0, guard)  # noqa: SLF001 - there is no other way to be first
                self._guarded.append((observer, guard))

    def extras(self, bot: Bot) -> dict[str, Any]:
        """What aiogram's own polling gives to handlers besides the update. It names the bot itself, so a
        bot's `dp["bot"] = bot` is left out there as here.
        """
        if bot.id in self.given:
            return self.given[bot.id]
        extras = {"bots": tuple(self.bots), **self.dispatcher.workflow_data}
        extras.pop("bot", None)
        return extras

    def _workflow(self) -> dict[str, Any]:
        # What aiogram's own start_polling passes to the hooks; it sets `router` by itself.
        workflow = {"dispatcher": self.dispatcher, **self.extras(self.bots[-1]), "bot": self.bots[-1]}
        workflow.pop("router", None)
        return workflow

    async def _propagate_in_line(self, update_type: str, event: Any, **data: Any) -> Any:
        """Updates that a library makes up in a background task (aiogram_dialog) are run by the chat's actor,
        in line with its messages.
        """
        bot = data.get("bot")
        synthetic = self._synthetic.get(bot.id) if bot is not None and update_type == "update" else None
        if synthetic is None:
            return await self._propagate(update_type, event, **data)
        chat = data.get("event_chat") or data.get("event_from_user")
        return await synthetic(chat.id if chat else 0, lambda: self._propagate(update_type, event, **data))


def _text(dumped: str | bytes) -> str:
    return dumped.decode() if isinstance(dumped, bytes) else dumped  # orjson's are bytes
