"""Limits of the listener: how many connections there may be, and what is said when a limit bites."""

import resource
from collections.abc import Callable
from time import monotonic

from prometheus_client import Counter, Gauge
from structlog import get_logger

from mailroom.actors.metrics import child

log = get_logger("mailroom.ingress")

CONNECTIONS = Gauge("mailroom_connections", "Connections open at the listener")
CONNECTIONS_ALLOWED = Gauge("mailroom_connections_max", "Connections the listener allows at once")
BITES = Counter(
    "mailroom_connection_limits_total", "Times the listener held to a limit, by which one it was", ["reason"]
)

DESCRIPTORS_RESERVED_MIN = 64
"""For the stores, Telegram, models, files: what they need may not be taken by whoever knocks."""
CONNECTIONS_MIN = 16
CONNECTIONS_MAX = 10_000
"""Past this it is memory that runs out first."""
PEER_SHARE = 4
"""One peer may hold a quarter of the connections."""
SAID_EVERY_SECONDS = 10.0


def connections_max() -> int:
    """How many connections this process can hold: three quarters of its descriptors."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    reserved = max(DESCRIPTORS_RESERVED_MIN, descriptors // 4)
    return max(CONNECTIONS_MIN, min(CONNECTIONS_MAX, descriptors - reserved))


class Bites:
    """Counts what limits did, and says so in the log: the first time at once, then in one line for all."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._unsaid: dict[str, int] = {}
        self._said: dict[str, float] = {}

    def count(self, limit: str) -> None:
        """A limit was held to."""
        child(BITES, limit).inc()
        self._unsaid[limit] = self._unsaid.get(limit, 0) + 1
        self.say()

    def say(self) -> None:
        """Log what has not been said, unless the same was said just now."""
        now = self._now()
        for limit, times in list(self._unsaid.items()):
            if now - self._said.get(limit, float("-inf")) >= SAID_EVERY_SECONDS:
                self._said[limit] = now
                del self._unsaid[limit]
                log.warning("connection_limit", reason=limit, times=times)
