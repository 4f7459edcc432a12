"""Starting and stopping a simulator, in this process (tests) or as the process itself."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from mailroom.ops.simulators.listening import listening, stop_at_a_signal, url_of

from .bots import Simulation
from .server import BODY_BYTES_MAX, Server


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator."""

    simulation: Simulation
    port: int
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Where it listens; also the base address for the Bot API."""
        return url_of(self.host, self.port)


@contextlib.asynccontextmanager
async def simulator(
    port: int = 0, *, host: str = "127.0.0.1", seed: int | None = None
) -> AsyncIterator[Simulator]:
    """Serve until the block is left; port 0 picks a free one."""
    simulation = Simulation(seed=seed)
    try:
        async with listening(Server(simulation).handle, port, host, body_bytes_max=BODY_BYTES_MAX) as bound:
            yield Simulator(simulation, bound, host)
    finally:
        simulation.reset()


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
    stop = stop_at_a_signal()
    async with simulator(port, host=host) as running:
        running.simulation.api_latency_seconds = latency_ms / 1000
        running.simulation.limits.settings.enforce = enforce_limits
        running.simulation.limits.settings.unknown_chats = "refuse" if refuse_unknown else "create"
        ready(running.url)
        await stop.wait()
