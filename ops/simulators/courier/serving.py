"""Starting and stopping the courier, in this process (tests) or as the process itself."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from mailroom.ops.simulators.listening import listening, stop_at_a_signal, url_of

from .server import BODY_BYTES_MAX, Server
from .simulation import Simulation


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator."""

    simulation: Simulation
    url: str


@contextlib.asynccontextmanager
async def simulator(port: int = 0, *, host: str = "127.0.0.1") -> AsyncIterator[Simulator]:
    """Serve until the block is left; port 0 picks a free one."""
    simulation = Simulation()
    async with listening(Server(simulation).handle, port, host, body_bytes_max=BODY_BYTES_MAX) as bound:
        yield Simulator(simulation, url_of(host, bound))


async def serve(port: int, *, host: str, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the address."""
    stop = stop_at_a_signal()
    async with simulator(port, host=host) as running:
        ready(running.url)
        await stop.wait()
