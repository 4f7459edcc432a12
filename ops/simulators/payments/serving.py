"""Starting and stopping the payment simulator, in this process (tests) or as the process itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from mailroom.ops.simulators.listening import listening, stop_at_a_signal, url_of

from .server import BODY_BYTES_MAX, Server
from .simulation import Simulation


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator."""

    simulation: Simulation
    url: str


@contextlib.asynccontextmanager
async def simulator(
    port: int = 0, *, host: str = "127.0.0.1", state: Path | str = ":memory:"
) -> AsyncIterator[Simulator]:
    """Serve until the block is left; port 0 picks a free one."""
    simulation = Simulation(state)
    notice_sender = asyncio.create_task(simulation.notice_sender.run())
    try:
        async with listening(Server(simulation).handle, port, host, body_bytes_max=BODY_BYTES_MAX) as bound:
            yield Simulator(simulation, url_of(host, bound))
    finally:
        notice_sender.cancel()
        await asyncio.gather(notice_sender, return_exceptions=True)
        simulation.store.close()


async def serve(port: int, *, host: str, state: Path | str, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the address."""
    stop = stop_at_a_signal()
    async with simulator(port, host=host, state=state) as running:
        ready(running.url)
        await stop.wait()
