"""What follows when a chat's actor fails itself: it comes back, later each time, and at last is put aside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

import trio
from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.chats.residents import Matches
from mailroom.supervisors.otp.child import one_line
from mailroom.supervisors.otp.restarts import pause_seconds
from mailroom.supervisors.otp.spec import Backoff

log = get_logger("mailroom.chats")

BACKOFF = Backoff(min_seconds=1.0, max_seconds=60.0, jitter=0.0)
CRASHES_MAX = 5
"""Crashes of a chat without a quiet moment between them, after which it is parked: two more than it takes for
the message that may be to blame to become a dead letter.
"""
CRASHES_REMEMBERED_MAX = 10_000

CRASHES = Counter(
    "mailroom_chat_crashes_total", "Chat actors that failed themselves and were started anew", ["bot"]
)

Park = Callable[[Chat, str], Awaitable[None]]
"""Puts a chat aside for on-call, with the reason; awaited on the asyncio side."""
Spawn = Callable[[Callable[[], Awaitable[None]]], None]
"""Runs work beside the actors."""


async def park_nowhere(_chat: Chat, _why: str) -> None:
    """The park of chats that no on-call looks after."""


@dataclass(slots=True)
class Crashed:
    """How often a chat's actor failed since it last had nothing to do. `pausing`: it must not come
    back now.
    """

    count: int = 0
    last_error: str = ""
    pausing: bool = False


class Crashes:
    """The chats that have crashed lately. `wake` brings one back, `park` puts one aside."""

    def __init__(self, spawn: Spawn, wake: Callable[[Chat], None], park: Park) -> None:
        self._spawn = spawn
        self._wake = wake
        self._park = park
        self._crashed: dict[Chat, Crashed] = {}
        self._random = Random()

    def __len__(self) -> int:
        return len(self._crashed)

    @property
    def pausing(self) -> bool:
        """Whether any chat is to come back after its pause."""
        return any(one.pausing and one.count < CRASHES_MAX for one in self._crashed.values())

    def get(self, chat: Chat) -> Crashed | None:
        """What is remembered of a chat."""
        return self._crashed.get(chat)

    def keeps_away(self, chat: Chat) -> bool:
        """Whether a chat must not come back now."""
        crashed = self._crashed.get(chat)
        return crashed is not None and crashed.pausing

    def over(self, chat: Chat) -> None:
        """A chat had a quiet moment: what comes now is no repetition."""
        self._crashed.pop(chat, None)

    def forgive(self, matches: Matches) -> None:
        """Forget the crashes of these chats."""
        for chat in [chat for chat in self._crashed if matches(chat)]:
            del self._crashed[chat]

    def failed(self, chat: Chat, error: BaseException | None) -> None:
        """Start a chat anew after a pause, or put it aside."""
        child(CRASHES, chat.bot).inc()
        if len(self._crashed) >= CRASHES_REMEMBERED_MAX:
            self._crashed.clear()
        crashed = self._crashed.setdefault(chat, Crashed())
        crashed.count += 1
        crashed.last_error = one_line(error) if error else ""
        crashed.pausing = True
        if crashed.count >= CRASHES_MAX:
            log.error("chat_parked", chat=str(chat), crashes=crashed.count, exc_info=error)
            why = f"crashed {crashed.count} times in a row: {crashed.last_error}"
            self._spawn(lambda: aio(self._park, chat, why))
            return
        pause = pause_seconds(BACKOFF, crashed.count, self._random)
        log.error(
            "chat_crashed", chat=str(chat), crashes=crashed.count, again_in_seconds=pause, exc_info=error
        )

        async def again() -> None:
            await trio.sleep(pause)
            crashed.pausing = False
            self._wake(chat)

        self._spawn(again)
