"""Starting and stopping the model endpoint, in this process (tests) or as the process itself."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from mailroom.actors.kit.scripted import Script
from mailroom.ops.simulators.listening import listening, stop_at_a_signal, url_of

from .controls import Simulation
from .server import BODY_BYTES_MAX, Server


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator."""

    simulation: Simulation
    url: str

    @property
    def base_url(self) -> str:
        """What the openai package wants to know."""
        return f"{self.url}/v1"


@contextlib.asynccontextmanager
async def simulator(
    port: int = 0,
    *,
    scripts: Mapping[str, Script] | None = None,
    host: str = "127.0.0.1",
    token_ms: float = 0.0,
) -> AsyncIterator[Simulator]:
    """Serve until the block is left; port 0 picks a free one. `scripts` are by the keys of who asks."""
    simulation = Simulation(scripts or {}, token_ms=token_ms)
    async with listening(Server(simulation).handle, port, host, body_bytes_max=BODY_BYTES_MAX) as bound:
        yield Simulator(simulation, url_of(host, bound))


async def serve(
    port: int, *, scripts: Mapping[str, Script], host: str, token_ms: float, ready: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the address."""
    stop = stop_at_a_signal()
    async with simulator(port, scripts=scripts, host=host, token_ms=token_ms) as running:
        ready(running.url)
        await stop.wait()
