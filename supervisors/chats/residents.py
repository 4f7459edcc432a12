"""Which chats are in memory, and which of them rest: who has rested longest leaves first."""

from collections import OrderedDict
from collections.abc import Callable, Iterator

import trio
from prometheus_client import Counter, Gauge

from mailroom.actors.chat import ChatActor
from mailroom.storage.redis.entry import Chat

RESIDENT = Gauge("mailroom_chats_resident", "Chat actors in memory")
PASSIVATED = Counter("mailroom_chats_passivated_total", "Idle chat actors that left memory")

Matches = Callable[[Chat], bool]


class Residents:
    """The actors in memory, at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._actors: dict[Chat, ChatActor] = {}
        self._resting: OrderedDict[Chat, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._actors)

    def __iter__(self) -> Iterator[ChatActor]:
        return iter(self._actors.values())

    def get(self, chat: Chat) -> ChatActor | None:
        """The actor of a chat, if it is in memory."""
        return self._actors.get(chat)

    def matching(self, matches: Matches) -> Iterator[ChatActor]:
        """The actors of these chats."""
        return (actor for chat, actor in self._actors.items() if matches(chat))

    def rouse(self, chat: Chat) -> ChatActor | None:
        """The actor of a chat that is to do something, if it is in memory: it does not rest any more."""
        actor = self._actors.get(chat)
        if actor is not None:
            self._resting.pop(chat, None)
        return actor

    def add(self, actor: ChatActor) -> None:
        """One more is in memory."""
        self._actors[actor.chat] = actor
        RESIDENT.set(len(self._actors))

    def rests(self, chat: Chat) -> None:
        """A chat has nothing to do now."""
        self._resting[chat] = trio.current_time()
        self._resting.move_to_end(chat)

    def forget(self, chat: Chat) -> None:
        """A chat is not in memory any more."""
        self._actors.pop(chat, None)
        self._resting.pop(chat, None)
        RESIDENT.set(len(self._actors))

    def make_room(self) -> bool:
        """See that one more may come, if need be by letting the chat go that has been idle longest."""
        if len(self._actors) < self._most:
            return True
        if not self._resting:
            return False
        self._let_go(next(iter(self._resting)))
        return True

    def passivate(self, idle_seconds: float) -> None:
        """Let those go that have been idle for so long."""
        oldest = trio.current_time() - idle_seconds
        while self._resting:
            chat, since = next(iter(self._resting.items()))
            if since > oldest:
                break
            self._let_go(chat)

    def _let_go(self, chat: Chat) -> None:
        self._resting.pop(chat, None)
        actor = self._actors.get(chat)
        # Between this look and the stop nothing can arrive: everything here happens in one thread without a
        # pause.
        if actor is not None and actor.idle:
            self.forget(chat)
            actor.stop()
            PASSIVATED.inc()
