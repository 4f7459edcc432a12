"""The socket of a simulator: aiohttp's low-level server, and the end of the process at a signal.

Routing and middlewares of aiohttp's full application would cost more than most answers do.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

SHUTDOWN_SECONDS = 1.0
BACKLOG_MAX = 1024
"""Connections that wait to be taken: five hundred buyers may pay at once."""

Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def listening(handle: Handle, port: int, host: str, *, body_bytes_max: int) -> AsyncIterator[int]:
    """Serve until the block is left; gives the port, which is a free one where 0 was asked for."""
    loop = asyncio.get_running_loop()

    def make_request(
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=body_bytes_max)

    server = web.Server(handle, request_factory=make_request, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG_MAX).start()
        bound: int = runner.addresses[0][1]
        yield bound
    finally:
        await runner.cleanup()


def stop_at_a_signal() -> asyncio.Event:
    """From now on SIGINT and SIGTERM end nothing but set this event."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def url_of(host: str, port: int) -> str:
    """The address of a listener, IPv6 included."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
