"""Writes what many requests want at once: all that came during the last statement is in the next one."""

import asyncio
from collections.abc import Callable, Sequence

import asyncpg

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.qstash.publish import NewMessage, Published, publish

BATCH_MAX = 500
"""Messages in a statement, unless one request alone wants more."""
WAITING_MAX = 20_000
"""Messages that may wait to be written; past it, whoever publishes is told to come again."""

Unit = Sequence[NewMessage]
"""What is written together or not at all: a message, or those of a group."""


class Publisher:
    """`published` is called after each commit: there are messages to deliver."""

    def __init__(self, pool: asyncpg.Pool, published: Callable[[], None]) -> None:
        self._pool = pool
        self._published = published
        self._waiting: list[tuple[Unit, asyncio.Future[list[Published]]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def publish(self, units: Sequence[Unit]) -> list[list[Published]]:
        """Write units, each for itself. Returns when all are committed. Raises `StoreUnavailable`."""
        if sum(len(unit) for unit, _ in self._waiting) > WAITING_MAX:
            raise StoreUnavailable("too many messages wait to be written")
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[list[Published]]] = [loop.create_future() for _ in units]
        self._waiting += zip(units, futures, strict=True)
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return await asyncio.gather(*futures)

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch = self._next()
                try:
                    await self._write_batch(batch)
                except Exception as error:
                    if len(batch) > 1 and not isinstance(error, StoreUnavailable):
                        for one in batch:  # one of them cannot be written: the others do not suffer for it
                            await self._alone(one)
                        continue
                    _fail(batch, error)
        finally:
            self._writing = None
            _fail(self._waiting, StoreUnavailable("the publisher was stopped"))
            self._waiting = []

    def _next(self) -> list[tuple[Unit, asyncio.Future[list[Published]]]]:
        size = number = 0
        for unit, _ in self._waiting:
            if number and size + len(unit) > BATCH_MAX:
                break
            size, number = size + len(unit), number + 1
        batch, self._waiting = self._waiting[:number], self._waiting[number:]
        return batch

    async def _alone(self, one: tuple[Unit, asyncio.Future[list[Published]]]) -> None:
        try:
            await self._write_batch([one])
        except Exception as error:
            _fail([one], error)

    async def _write_batch(self, batch: Sequence[tuple[Unit, asyncio.Future[list[Published]]]]) -> None:
        written = await publish(self._pool, [message for unit, _ in batch for message in unit])
        self._published()
        start = 0
        for unit, future in batch:
            if not future.done():
                future.set_result(written[start : start + len(unit)])
            start += len(unit)


def _fail(batch: Sequence[tuple[Unit, asyncio.Future[list[Published]]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
