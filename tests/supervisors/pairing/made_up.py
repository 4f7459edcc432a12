"""Two stores in memory that can be restored, fail over, and lose the process that talks to them."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from mailroom.storage.postgres.pair import InPostgres, PostgresPair
from mailroom.storage.redis.pair import AnotherInstallationError, InRedis, RedisPair
from mailroom.supervisors.pairing.check import Pairing

BEGAN = datetime(2026, 11, 29, tzinfo=UTC)


class DiedError(Exception):
    """The process ended before its next call to a store."""


@dataclass
class Stores:
    """What both stores hold, and what they held after each change. `now` is Postgres' clock."""

    now: datetime = BEGAN
    postgres: InPostgres = field(default_factory=lambda: InPostgres("ours", 0, 0, BEGAN, None, None, BEGAN))
    redis: InRedis | None = None
    keys: bool = False
    calls_left: int | None = None
    """After so many calls the process dies."""
    order: Random | None = None
    """Who comes first of several processes that call at the same time."""
    leaps: int = 0
    past: list[tuple[InPostgres, InRedis | None]] = field(default_factory=list)

    async def called(self) -> None:
        """A call begins: others may come before it."""
        for _ in range(self.order.randrange(4) if self.order else 0):
            await asyncio.sleep(0)
        if self.calls_left is not None:
            if self.calls_left == 0:
                raise DiedError
            self.calls_left -= 1

    def changed(self) -> None:
        self.past.append((self.postgres, self.redis))

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class MadeUpPostgres(PostgresPair):
    """As `PostgresPair`, over these stores."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    async def read(self) -> InPostgres:
        await self._stores.called()
        return replace(self._stores.postgres, now=self._stores.now)

    async def advance(self, mark: int, silence_seconds: float) -> tuple[int, datetime] | None:
        await self._stores.called()
        had = self._stores.postgres
        if had.mark != mark:
            return None
        silent = mark > 0 and (self._stores.now - had.seen_at).total_seconds() > silence_seconds
        ask_from = min(had.ask_from or had.seen_at, had.seen_at) if silent else had.ask_from
        self._set(mark=mark + 1, seen_at=self._stores.now, ask_from=ask_from)
        return mark + 1, self._stores.now

    async def remember(self, own: int) -> None:
        await self._stores.called()
        self._set(redis=max(self._stores.postgres.redis, own))

    async def hold(self, reason: str, mark: int) -> bool:
        await self._stores.called()
        if self._stores.postgres.held is not None or self._stores.postgres.mark != mark:
            return False
        had = self._stores.postgres
        self._set(held=reason, ask_from=min(had.ask_from or had.seen_at, had.seen_at), asked=None)
        self._stores.leaps += 1
        return True

    async def note_lost(self, lost: str) -> None:
        await self._stores.called()
        self._set(lost=lost)

    async def note_asked(self, ask_from: datetime, asked: str, *, done: bool) -> None:
        await self._stores.called()
        if self._stores.postgres.ask_from == ask_from:
            self._set(asked=asked, ask_from=None if done else ask_from)

    async def go(self, past: int) -> bool:
        await self._stores.called()
        if self._stores.postgres.held is None:
            return False
        told = json.loads(self._stores.postgres.held)["past"]
        mark = max(self._stores.postgres.mark, past, told) + 1
        self._set(held=None, ask_from=None, mark=mark, seen_at=self._stores.now)
        return True

    def _set(self, **changes: object) -> None:
        self._stores.postgres = replace(self._stores.postgres, **changes)  # type: ignore[arg-type]
        self._stores.changed()


class MadeUpRedis(RedisPair):
    """As `RedisPair`, over these stores."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    async def read(self) -> InRedis | None:
        await self._stores.called()
        return self._stores.redis

    async def has_our_keys(self) -> bool:
        await self._stores.called()
        return self._stores.keys

    async def advance(self, id_: str, postgres: int, seen_ms: int, *, floor: int = 0) -> int:
        await self._stores.called()
        had = self._stores.redis or InRedis(id_, 0, 0, 0)
        if had.id != id_:
            raise AnotherInstallationError(had.id)
        own = max(had.own, floor) + 1
        self._stores.redis = InRedis(id_, own, max(had.postgres, postgres), max(had.seen_ms, seen_ms))
        self._stores.keys = True
        self._stores.changed()
        return own


def process(stores: Stores) -> Pairing:
    """One that begins now."""
    return Pairing(MadeUpPostgres(stores), MadeUpRedis(stores))
