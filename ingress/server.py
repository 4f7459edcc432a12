"""Hypercorn, on the loop that hosts Trio."""

from collections.abc import Awaitable, Callable

from hypercorn.asyncio import serve
from hypercorn.config import Config

from ingress.gate import Gate
from ingress.http1 import HEAD_BYTES_MAX

KEEP_ALIVE_SECONDS = 75
"""Longer than Telegram keeps an idle connection (60 s), so that we are not the one who closes under its
hands.
"""
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
    config.h11_max_incomplete_size = HEAD_BYTES_MAX
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.keep_alive_max_requests = 1_000_000
    config.graceful_timeout = GRACE_SECONDS
    config.backlog = BACKLOG
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


async def run_server(gate: Gate, config: Config, stopped: Callable[[], Awaitable[None]]) -> None:
    """Serve until `stopped` returns. To be awaited in asyncio."""
    await serve(gate, config, shutdown_trigger=stopped)
