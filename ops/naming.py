"""Whose stores these are, said by a person before a process is started on them."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import uvloop

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.ops.faults import CannotStartError
from mailroom.ops.settings import Settings
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.pair import PostgresPair
from mailroom.storage.postgres.payment_names import ALPHABET, INSTALLATION_CHARS
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.pair import RedisPair

STILL_SECONDS = 10.0
"""Without a beat for so long nobody works on the stores."""

T = TypeVar("T")


class BadNameError(Exception):
    """No installation can be called so."""


class NotNowError(Exception):
    """It cannot be said of these stores now; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Names:
    """Whose the stores are. Redis may be nobody's yet, or not be there."""

    postgres: str
    redis: str = ""


class Naming:
    """The names in both stores."""

    def __init__(self, postgres: PostgresPair, redis: RedisPair | None) -> None:
        self._postgres = postgres
        self._redis = redis

    async def names(self) -> Names:
        """Whose they are."""
        redis = await self._redis.read() if self._redis is not None else None
        return Names((await self._postgres.read()).id, redis.id if redis is not None else "")

    async def rename(self, name: str | None) -> str:
        """Make the database another installation's: a new one's, or that of this name."""
        if name is not None and (len(name) != INSTALLATION_CHARS or set(name) - set(ALPHABET)):
            raise BadNameError(f"An installation is named with {INSTALLATION_CHARS} of {ALPHABET}.")
        await self._refuse_while_worked()
        given = name or "".join(secrets.choice(ALPHABET) for _ in range(INSTALLATION_CHARS))
        await self._postgres.rename(given)
        return given

    async def join(self) -> None:
        """Make a Redis that is nobody's this database's."""
        if self._redis is None:
            raise NotNowError("No REDIS_URL is set and no `mailroom up` runs: there is no Redis to join.")
        postgres = await self._postgres.read()
        redis = await self._redis.read()
        if redis is not None and redis.id != postgres.id:
            raise NotNowError(f"This Redis belongs to installation {redis.id}: it cannot be joined.")
        await self._redis.advance(postgres.id, 0, 0, floor=postgres.redis)

    async def _refuse_while_worked(self) -> None:
        found = await self._postgres.read()
        if found.mark and (found.now - found.seen_at).total_seconds() < STILL_SECONDS:
            raise NotNowError(
                f"A process works on this database (its last beat was at {found.seen_at:%H:%M:%S} UTC): stop"
                f" all of them, wait {STILL_SECONDS:.0f} s, and make sure that DATABASE_URL is the copy's."
            )


def ask(settings: Settings, work: Callable[[Naming], Awaitable[T]]) -> T:
    """Do one thing with the names. Raises `CannotStartError` where a store is not to be had."""
    redis_url = settings.redis_url or EmbeddedRedis(settings.data).url_of_running()
    with _postgres(settings) as database_url:
        return _ask(database_url, redis_url, work)


@contextmanager
def _postgres(settings: Settings) -> Iterator[str]:
    """The configured database, or the embedded one, started for as long as it takes."""
    server = EmbeddedPostgres(settings.data)
    url = settings.database_url or server.url_of_running()
    if url is not None:
        yield url
        return
    if not settings.data.is_dir():
        raise CannotStartError(f"No DATABASE_URL is set, and {settings.data} has no database.")
    try:
        yield server.start()
    finally:
        server.stop()


def _ask(database_url: str, redis_url: str | None, work: Callable[[Naming], Awaitable[T]]) -> T:
    async def main() -> T:
        try:
            database = await connect(database_url)
            line = Line(redis_url, name="mailroom-naming") if redis_url is not None else None
            try:
                redis = RedisPair(line) if line is not None else None
                return await work(Naming(PostgresPair(database), redis))
            finally:
                database.terminate()
                if line is not None:
                    await line.close()
        except StoreError as error:
            raise CannotStartError(str(error)) from None

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())
