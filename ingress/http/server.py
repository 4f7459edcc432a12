"""The listener: a socket, its connections, and their end. On the loop that hosts Trio."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config

from mailroom.ingress.http.connections import Connections
from mailroom.ingress.http.head import HEAD_BYTES_MAX
from mailroom.ingress.http.http1 import Conversation
from mailroom.ingress.http.peer import networks
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ingress.http.wire import Wire
from mailroom.ingress.telegram.webhook import Webhook

GRACE_SECONDS = 5.0
"""How long requests in progress may take at shutdown."""
BACKLOG = 1024


class PortInUseError(OSError):
    """The address cannot be listened on."""


def listen(host: str, port: int) -> tuple[Config, int]:
    """Open the listening socket. Raises `PortInUseError`, saying what to do. Port 0 takes a free one; the
    port taken is returned.
    """
    config = Config()
    config.bind = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    config.accesslog = config.errorlog = None
    config.include_server_header = False
    config.h11_max_incomplete_size = 2 * HEAD_BYTES_MAX  # it is given whole heads, within our limit
    config.keep_alive_max_requests = 1_000_000
    config.max_app_queue_size = 0  # no more than a body, which has a limit; a full one would wait for ever
    try:
        socket = config.create_sockets().insecure_sockets[0]
        socket.listen(BACKLOG)
        taken: int = socket.getsockname()[1]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PortInUseError(
            error.errno, f"cannot listen on {host}:{port}: {reason}; choose another --port"
        ) from None
    config.bind = [f"fd://{socket.detach()}"]
    return config, taken


async def run_server(
    trio_app: TrioApp,
    config: Config,
    stopped: Callable[[], Awaitable[None]],
    webhook: Webhook | None = None,
    trusted_proxies: Sequence[str] = (),
) -> None:
    """Serve until `stopped` returns. To be awaited in asyncio."""
    app, context, loop = ASGIWrapper(trio_app), WorkerContext(None), asyncio.get_running_loop()

    async def converse(wire: Wire) -> None:
        async with TaskGroup(loop) as group:
            try:
                await Conversation(wire, app, config, context, webhook).run(group)
            finally:
                wire.begin_close()  # the application may take its time to notice

    connections = Connections(converse, networks(trusted_proxies))
    listener = config.create_sockets().insecure_sockets[0]
    accepting, sweeping, stopping = parts = [
        asyncio.ensure_future(one) for one in (connections.accept(listener), connections.sweep(), stopped())
    ]
    try:
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            part.result()
    finally:
        await _end(accepting)
        listener.close()
        await context.terminated.set()
        await connections.finish(GRACE_SECONDS)
        await _end(sweeping, stopping)


async def _end(*parts: "asyncio.Future[None]") -> None:
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)
