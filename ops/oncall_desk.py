"""Opens the desk of on-call for a command: from the settings to Redis to `OnCall`, and closes it again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
import uvloop

from ops import logs
from ops.embedded.redis import EmbeddedRedis
from ops.faults import CannotStartError
from ops.settings import Settings
from storage.errors import StoreError
from storage.redis.batch import Line
from supervisors.oncall.desk import OnCall

T = TypeVar("T")


def ask(settings: Settings, work: Callable[[OnCall], Awaitable[T]]) -> T:
    """Do one thing at the desk, and leave. Raises what `OnCall` raises, and `CannotStartError` where Redis is
    not to be had.
    """
    logs.configure(settings.log)
    # Who acts is told what came of it; the log of this process is only for what nobody is told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    async def at_the_desk() -> T:
        async with open_desk(settings) as desk:
            return await work(desk)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(at_the_desk())


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[OnCall]:
    """The desk over the configured Redis, or over the embedded one of a running `mailroom up`."""
    url = settings.redis_url or EmbeddedRedis(settings.data).url_of_running()
    if url is None:
        raise CannotStartError(
            f"No REDIS_URL is set and no `mailroom up` runs on {settings.data}: start it, or give --data."
        )
    line = Line(url, name="mailroom-oncall")
    try:
        await line.command("PING")  # before anything is begun that would only be half done
        yield OnCall(line)
    except StoreError as error:
        raise _without_redis(settings, url, error) from None
    finally:
        await line.close()


def _without_redis(settings: Settings, url: str, error: StoreError) -> CannotStartError:
    from ops.preflight import unreachable  # brings the Postgres driver along, for this one line

    name = "REDIS_URL" if settings.redis_url else "The embedded Redis"
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - nobody listens here
    return CannotStartError(
        f"{unreachable(name, url, error)}. A process that serves HTTP still tells of itself without Redis:"
        f" GET /ops/tree on its port, such as http://{host}:{settings.port or 8080}/ops/tree, with the header"
        ' "Authorization: Bearer $MAILROOM_OPS_TOKEN".'
    )
