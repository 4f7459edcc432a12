"""Opens on-call's functions for a command: from the settings to Redis to `OnCall`, and closes it again.

Postgres is opened when jobs are asked for, and its driver loaded then: most commands need Redis alone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import structlog
import uvloop

from mailroom.ops import logs
from mailroom.ops.embedded.place import holder
from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.ops.faults import CannotStartError
from mailroom.ops.settings import Settings
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.oncall import OnCall

if TYPE_CHECKING:
    import asyncpg
    import psutil

T = TypeVar("T")


def ask(settings: Settings, work: Callable[[OnCall], Awaitable[T]]) -> T:
    """Do one thing, and leave. Raises what `OnCall` raises, and `CannotStartError` where Redis is
    not to be had.
    """
    logs.configure(settings.log, level=settings.log_level)
    # Who acts is told what came of it; the log of this process is only for what nobody is told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    async def done() -> T:
        async with open_oncall(settings) as oncall:
            return await work(oncall)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(done())


@asynccontextmanager
async def open_oncall(settings: Settings) -> AsyncIterator[OnCall]:
    """On-call's functions over the configured Redis, or over the embedded one of a running `mailroom up`."""
    url = settings.redis_url or EmbeddedRedis(settings.data).url_of_running()
    if url is None and (running := holder(settings.data)) is not None:
        raise CannotStartError(
            f"{said_of(running, settings)}, and its Redis does not answer (log: {settings.data}/redis.log)."
            f" Do not start another one. {_without_redis_too(settings)}"
        )
    if url is None:
        raise CannotStartError(
            f"No REDIS_URL is set and no `mailroom up` runs on {settings.data}: start it, or give --data."
        )
    line = Line(url, name="mailroom-oncall")
    database = _Database(settings)
    try:
        await line.command("PING")  # before anything is begun that would only be half done
        yield OnCall.over(line, database=database.open)
    except StoreError as error:
        if await _answers(line):  # then it was Postgres, and the error says so
            raise CannotStartError(str(error)) from None
        raise _without_redis(settings, url, error) from None
    finally:
        await database.close()
        await line.close()


class _Database:
    """Postgres as the settings have it, opened once and only when it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening: asyncio.Task[asyncpg.Pool] | None = None

    async def open(self) -> "asyncpg.Pool":
        """The pool. Raises `OnCallError` where none is configured, `StoreUnavailable` where none answers."""
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open())
        return await self._opening

    async def close(self) -> None:
        """Close it if it was opened."""
        if self._opening is not None and not self._opening.cancelled() and not self._opening.exception():
            self._opening.result().terminate()

    async def _open(self) -> "asyncpg.Pool":
        url = self._settings.database_url or EmbeddedPostgres(self._settings.data).url_of_running()
        if url is None:
            raise OnCallError(
                "Jobs are kept in Postgres: no DATABASE_URL is set and no `mailroom up` runs on"
                f" {self._settings.data}: set it, or give --data."
            )
        from mailroom.storage.postgres.database import connect

        return await connect(url)


async def _answers(line: Line) -> bool:
    try:
        await line.command("PING")
    except StoreError:
        return False
    return True


def _without_redis(settings: Settings, url: str, error: StoreError) -> CannotStartError:
    from mailroom.ops.preflight import unreachable  # brings the Postgres driver along, for this one line

    name = "REDIS_URL" if settings.redis_url else "The embedded Redis"
    running = holder(settings.data)
    beside = f" {said_of(running, settings)}: do not start another one." if running is not None else ""
    return CannotStartError(f"{unreachable(name, url, error)}.{beside} {_without_redis_too(settings)}")


def said_of(running: "psutil.Process", settings: Settings) -> str:
    """The process that the pid file of a data directory names, in words."""
    since = datetime.fromtimestamp(running.create_time(), UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return f"Mailroom runs on {settings.data} (pid {running.pid}, since {since})"


def _without_redis_too(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - nobody listens here
    return (
        "A process that serves HTTP still tells of itself without Redis:"
        f" GET /ops/tree on its port, such as http://{host}:{settings.port or 8080}/ops/tree, with the header"
        ' "Authorization: Bearer $MAILROOM_OPS_TOKEN".'
    )
