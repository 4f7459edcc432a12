"""The connections to the stores: made once, looked over at the start, opened anew when on-call wants it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from secrets import token_hex

import asyncpg
import trio

from mailroom.actors.runtime.bridge import aio
from mailroom.ops.connections import most_of
from mailroom.ops.faults import ConfigurationError, StartError
from mailroom.ops.settings import Settings
from mailroom.storage.errors import StoreError, StoreUnavailable
from mailroom.storage.postgres.database import UNAVAILABLE, connect
from mailroom.storage.postgres.division import Division
from mailroom.storage.postgres.lease import Leases
from mailroom.storage.postgres.pair import PostgresPair
from mailroom.storage.postgres.scarcity import shortage
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import PARTITIONS
from mailroom.storage.redis.mailbox import Mailboxes
from mailroom.storage.redis.pair import RedisPair
from mailroom.supervisors.gauges import STORES_SILENT
from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.pairing.check import Pairing, StoresDoNotFitError
from mailroom.supervisors.readiness import Readiness

TAKER_BYTES = 6
"""Who we are to the fence: random, so that no two processes of an installation are ever the same, and short,
for it travels with every call.
"""


@dataclass(slots=True)
class Stores:
    """What the rest of the process is built on. The handles stay the same for its whole life, whatever
    becomes of the connections below them.
    """

    database: asyncpg.Pool
    redis_url: str
    intake: Line
    line: Line
    mailboxes: Mailboxes
    leases: Leases
    readiness: Readiness
    pairing: Pairing
    _opened: set[str]

    async def postgres(self, life: Life) -> None:
        """Look Postgres over; a restart closes the connections that are idle and replaces the others."""
        if "postgres" in self._opened:
            await aio(self.database.expire_connections)
        self._opened.add("postgres")
        life.details = lambda: {
            "connections": self.database.get_size(),
            "idle": self.database.get_idle_size(),
        }
        life.ails = lambda: STORES_SILENT.get("postgres", "")
        life.started()
        await trio.sleep_forever()

    async def redis(self, life: Life) -> None:
        """Look Redis over; a restart cuts the connections, and the next call makes new ones."""
        if "redis" in self._opened:
            await aio(self._reset)
        self._opened.add("redis")
        life.details = lambda: {
            line: "connected" if one.connected else "not connected"
            for line, one in (("intake", self.intake), ("work", self.line))
        }
        life.ails = lambda: STORES_SILENT.get("redis", "")
        life.started()
        await trio.sleep_forever()

    async def _reset(self) -> None:
        self.intake.reset()
        self.line.reset()


@asynccontextmanager
async def open_stores(settings: Settings, division: Division) -> AsyncIterator[Stores]:
    """Connect to both stores. Raises `StartError`, naming the setting that is to blame, and
    `ConfigurationError` where they belong to different installations.
    """
    if settings.database_url is None or settings.redis_url is None:
        raise StartError(
            "no stores: set DATABASE_URL and REDIS_URL, or start with `mailroom up`, which brings its own"
        )
    async with AsyncExitStack() as stack:
        try:
            database = await aio(connect, settings.database_url, division.general)
        except StoreUnavailable as error:
            raise StartError(f"DATABASE_URL: {error}") from None
        stack.push_async_callback(aio, database.close)
        line = Line(settings.redis_url, name="mailroom-work")
        stack.push_async_callback(aio, line.close)
        intake = Line(settings.redis_url, name="mailroom-intake")
        stack.push_async_callback(aio, intake.close)
        leases, readiness = Leases(settings.database_url), Readiness(database, line)
        readiness.warnings.append(partial(_scarce, database, settings.database_url, most_of(division)))
        stack.push_async_callback(aio, leases.close)
        try:
            await aio(readiness.probe_stores)
        except StoreError as error:
            raise StartError(f"REDIS_URL: {error}") from None
        try:
            installed = await aio(leases.installed, "partitions", str(PARTITIONS))
        except StoreError as error:
            raise StartError(f"DATABASE_URL: {error}") from None
        if installed != str(PARTITIONS):
            raise StartError(
                f"this installation was made with {installed} partitions and the code has {PARTITIONS}:"
                " chats would change their place. Start the version that made it."
            )
        pairing = Pairing(PostgresPair(database), RedisPair(line))
        try:  # before anything is written there
            await aio(pairing.check)
        except StoresDoNotFitError as error:
            raise ConfigurationError([str(error)]) from None
        except StoreError as error:
            raise StartError(f"the stores could not be compared: {error}") from None
        mailboxes = Mailboxes(intake, line, taker=token_hex(TAKER_BYTES))
        yield Stores(database, settings.redis_url, intake, line, mailboxes, leases, readiness, pairing, set())


async def _scarce(database: asyncpg.Pool, url: str, connections: int) -> dict[str, str]:
    try:
        why = await shortage(database, url, connections)
    except UNAVAILABLE:
        return {}  # said already
    return {"warning_database_connections": why} if why else {}
