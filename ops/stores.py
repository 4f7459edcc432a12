"""The connections to the stores, opened and looked over before anything else starts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from actors.runtime.bridge import aio
from ops.settings import Settings
from storage.errors import StoreError, StoreUnavailable
from storage.postgres.database import connect
from storage.postgres.lease import Leases
from storage.redis.batch import Line
from storage.redis.entry import PARTITIONS
from storage.redis.mailbox import Mailboxes
from supervisors.readiness import Readiness


class StartError(Exception):
    """The service cannot start; the message is one line for whoever started it."""


@dataclass(frozen=True, slots=True)
class Stores:
    """What the rest of the process is built on."""

    database: asyncpg.Pool
    redis_url: str
    line: Line
    mailboxes: Mailboxes
    leases: Leases
    readiness: Readiness


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncIterator[Stores]:
    """Connect to both stores. Raises `StartError`, naming the setting that is to blame."""
    if settings.database_url is None or settings.redis_url is None:
        raise StartError(
            "no stores: set DATABASE_URL and REDIS_URL, or start with `mailroom up`, which brings its own"
        )
    async with AsyncExitStack() as stack:
        try:
            database = await aio(connect, settings.database_url)
        except StoreUnavailable as error:
            raise StartError(f"DATABASE_URL: {error}") from None
        stack.push_async_callback(aio, database.close)
        line = Line(settings.redis_url, name="mailroom-work")
        stack.push_async_callback(aio, line.close)
        intake = Line(settings.redis_url, name="mailroom-intake")
        stack.push_async_callback(aio, intake.close)
        leases, readiness = Leases(database), Readiness(database, line)
        try:
            await aio(readiness.probe_stores)
            installed = await aio(leases.installed, "partitions", str(PARTITIONS))
        except StoreError as error:
            raise StartError(f"REDIS_URL: {error}") from None
        if installed != str(PARTITIONS):
            raise StartError(
                f"this installation was made with {installed} partitions and the code has {PARTITIONS}:"
                " chats would change their place. Start the version that made it."
            )
        yield Stores(database, settings.redis_url, line, Mailboxes(intake, line), leases, readiness)
