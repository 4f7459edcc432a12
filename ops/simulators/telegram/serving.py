"""Starting and stopping a simulator, in this process (tests) or as the process itself."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from .bots import World
from .server import BODY_BYTES_MAX, Server

SHUTDOWN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator."""

    world: World
    port: int
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Where it listens; also the base address for the Bot API."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


@contextlib.asynccontextmanager
async def simulator(
    port: int = 0, *, host: str = "127.0.0.1", seed: int | None = None
) -> AsyncIterator[Simulator]:
    """Serve until the block is left; port 0 picks a free one."""
    world = World(seed=seed)
    loop = asyncio.get_running_loop()

    def make_request(
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=BODY_BYTES_MAX)

    server = web.Server(Server(world).handle, request_factory=make_request, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        await site.start()
        bound: int = runner.addresses[0][1]
        yield Simulator(world, bound, host)
    finally:
        world.reset()
        await runner.cleanup()


async def serve(
    port: int,
    *,
    host: str,
    latency_ms: float,
    enforce_limits: bool,
    refuse_unknown: bool,
    ready: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the address."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with simulator(port, host=host) as running:
        running.world.api_latency_seconds = latency_ms / 1000
        running.world.limits.settings.enforce = enforce_limits
        running.world.limits.settings.unknown_chats = "refuse" if refuse_unknown else "create"
        ready(running.url)
        await stop.wait()
