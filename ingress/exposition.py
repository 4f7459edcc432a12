"""`/metrics`, made once for all who ask for it at the same time: it takes the loop for some 20 ms, and
anybody may ask.
"""

import trio
from prometheus_client import generate_latest

EVERY_SECONDS = 0.1
"""From one to the next: a fifth of the loop at most, however many ask."""


class Exposition:
    """Everything Prometheus reads. Nobody is given what was made before they asked."""

    def __init__(self) -> None:
        self._one_at_a_time = trio.Lock()
        self._began = float("-inf")
        self._made = b""

    async def latest(self) -> bytes:
        """All metrics as they are now."""
        asked = trio.current_time()
        async with self._one_at_a_time:
            if self._began <= asked:
                await trio.sleep_until(self._began + EVERY_SECONDS)
                self._began = trio.current_time()
                self._made = generate_latest()
            return self._made
