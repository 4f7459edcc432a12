"""One pool for several users, none of whom can take it from the others.

Each has a connection that it gets whatever the others do, and the rest goes to who has the fewest. Where
there are fewer connections than users, half of them are for those who have none. And whoever has none and
waits for long is given that which has been out the longest: it is cut, and what was done over it is undone.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import asyncpg

PATIENCE_SECONDS = 5.0
"""How long whoever has none waits while others hold theirs: many times what a statement or a transaction
takes, and a part of what an attempt may.
"""
LOOK_SECONDS = 0.5
"""How often those who wait are looked at."""


class Use(NamedTuple):
    """Who takes a connection, and what for. To end something goes before beginning anything, and the first
    is had by whoever holds others: what it holds is let go by it.
    """

    user: str
    ends: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    number: int
    since: float
    turn: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Lent:
    use: Use
    since: float
    take_back: Callable[[], None]


class FairLimiter:
    """Who may take another connection."""

    def __init__(
        self, most: int, users: Iterable[str], *, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._most = most
        self._users: dict[str, None] = {}
        self._kept_max = most
        for user in users:
            self.know(user)
        self._patience_seconds = patience_seconds
        self._used: Counter[Use] = Counter()
        self._waiting: dict[Use, deque[_Waiting]] = {}
        self._lent: dict[int, _Lent] = {}
        """The one that has been out the longest comes first."""
        self._numbers = count()
        self._look: asyncio.TimerHandle | None = None

    def know(self, user: str) -> None:
        """Keep one for this user too."""
        self._users[user] = None
        self._kept_max = self._most if self._most >= len(self._users) else self._most // 2

    def allows(self, use: Use) -> bool:
        """Whether it may have one now."""
        free = self._most - self._used.total()
        if free <= 0:
            return False
        if self._has_none(use):
            return True
        without = sum(self._held(one) == 0 for one in self._users if one != use.user)
        return free > min(without, self._kept_max)

    async def enter(self, use: Use) -> None:
        """Wait for one. Those of one use get theirs in the order they came."""
        if self.allows(use) and use not in self._waiting:
            self._used[use] += 1
            return
        loop = asyncio.get_running_loop()
        waiting = _Waiting(next(self._numbers), loop.time(), loop.create_future())
        self._waiting.setdefault(use, deque()).append(waiting)
        self._look_later(loop)
        try:
            await waiting.turn
        except asyncio.CancelledError:
            if waiting.turn.done() and not waiting.turn.cancelled():
                self.leave(use)
            else:
                self._forget(use, waiting)
            raise

    def lend(self, use: Use, number: int, take_back: Callable[[], None]) -> None:
        """Whoever entered has this connection now, which `take_back` cuts."""
        self._lent[number] = _Lent(use, asyncio.get_running_loop().time(), take_back)

    def returned(self, number: int) -> None:
        """It has come back; nothing happens if that was known."""
        lent = self._lent.pop(number, None)
        if lent is not None:
            self.leave(lent.use)

    def leave(self, use: Use) -> None:
        """Give one back."""
        self._used[use] -= 1
        while True:
            allowed = [one for one in self._waiting if self.allows(one)]
            if not allowed:
                return
            chosen = min(allowed, key=lambda one: (self._rank(one), self._waiting[one][0].number))
            first = self._waiting[chosen][0]
            self._forget(chosen, first)
            if not first.turn.done():
                self._used[chosen] += 1
                first.turn.set_result(None)

    def _held(self, user: str) -> int:
        return self._used[Use(user)] + self._used[Use(user, ends=True)]

    def _has_none(self, use: Use) -> bool:
        return self._used[use] == 0 if use.ends else self._held(use.user) == 0

    def _rank(self, use: Use) -> int:
        return 0 if self._has_none(use) else self._held(use.user)

    def _forget(self, use: Use, waiting: _Waiting) -> None:
        line = self._waiting.get(use)
        if line is not None and waiting in line:
            line.remove(waiting)
            if not line:
                del self._waiting[use]

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._look is None:
            self._look = loop.call_later(min(LOOK_SECONDS, self._patience_seconds), self._take_back, loop)

    def _take_back(self, loop: asyncio.AbstractEventLoop) -> None:
        self._look = None
        long_ago = loop.time() - self._patience_seconds
        for use, line in list(self._waiting.items()):
            if use in self._waiting and self._has_none(use) and line[0].since <= long_ago:
                self._take_back_for(use, long_ago)
        if self._waiting:
            self._look_later(loop)

    def _take_back_for(self, use: Use, long_ago: float) -> None:
        """Of another's, if there is one: our own would be that of the very attempt which waits."""
        long = [number for number, lent in self._lent.items() if lent.since <= long_ago]
        others = [number for number in long if self._lent[number].use.user != use.user]
        for number in (others or long)[:1]:
            lent = self._lent[number]
            lent.take_back()
            self.returned(number)


class Share(asyncpg.Pool):
    """One user's way to a shared pool, with the calls of a pool. The pool belongs to whoever made it."""

    def __init__(self, pool: asyncpg.Pool, limiter: FairLimiter, user: str, *, ends: bool = False) -> None:
        # Not the pool's own beginning: only its calls are wanted, which all end in the two below.
        self._pool = pool
        self._limiter = limiter
        self._use = Use(user, ends)

    async def _acquire(self, timeout: float | None) -> Any:
        await self._limiter.enter(self._use)
        try:
            connection = await self._pool.acquire(timeout=timeout)
        except BaseException:
            self._limiter.leave(self._use)
            raise
        self._limiter.lend(self._use, id(connection), connection.terminate)
        return connection

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Give a connection back."""
        try:
            await self._pool.release(connection, timeout=timeout)
        finally:
            self._limiter.returned(id(connection))
