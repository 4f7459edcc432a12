"""One pool for several users, none of whom can take it from the others: each has a connection that it gets
whatever the others do, and the rest goes to who comes first.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from typing import Any

import asyncpg

GUARANTEED = 1
"""Connections that a user always gets, where there are enough for all."""


class Turnstile:
    """Who may take another connection. Without connections for all users nothing is guaranteed."""

    def __init__(self, most: int, users: Iterable[str]) -> None:
        self._most = most
        self._users = tuple(dict.fromkeys(users))
        self._guaranteed = GUARANTEED if most >= GUARANTEED * len(self._users) else 0
        self._used: Counter[str] = Counter()
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()

    def allows(self, user: str) -> bool:
        """Whether the user may have one now."""
        free = self._most - self._used.total()
        kept = sum(max(self._guaranteed - self._used[one], 0) for one in self._users if one != user)
        return free > 0 and (self._used[user] < self._guaranteed or free > kept)

    async def enter(self, user: str) -> None:
        """Wait for one. Those of one user get theirs in the order they came."""
        if self.allows(user) and all(one != user for one, _ in self._waiting):
            self._used[user] += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((user, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(user)
            raise

    def leave(self, user: str) -> None:
        """Give one back."""
        self._used[user] -= 1
        still: deque[tuple[str, asyncio.Future[None]]] = deque()
        for one, turn in self._waiting:
            if turn.done():
                continue
            if self.allows(one):
                self._used[one] += 1
                turn.set_result(None)
            else:
                still.append((one, turn))
        self._waiting = still


class Share(asyncpg.Pool):
    """One user's way to a shared pool, with the calls of a pool. The pool belongs to whoever made it."""

    def __init__(self, pool: asyncpg.Pool, turnstile: Turnstile, user: str) -> None:
        # Not the pool's own beginning: only its calls are wanted, which all end in the two below.
        self._pool = pool
        self._turnstile = turnstile
        self._user = user
        self._taken: set[int] = set()

    async def _acquire(self, timeout: float | None) -> Any:
        await self._turnstile.enter(self._user)
        try:
            connection = await self._pool.acquire(timeout=timeout)
        except BaseException:
            self._turnstile.leave(self._user)
            raise
        self._taken.add(id(connection))
        return connection

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Give a connection back."""
        try:
            await self._pool.release(connection, timeout=timeout)
        finally:
            if id(connection) in self._taken:
                self._taken.remove(id(connection))
                self._turnstile.leave(self._user)
