"""How much of a queue is run at once, and how quickly."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker of a queue may take. Every queue has limits of its own: one that hangs holds up nobody
    else.
    """

    concurrency: int = 1000
    """Attempts in progress. They mostly wait for others; handlers that never wait are quickest in large
    claims.
    """
    per_second: float = inf
    """Attempts begun in a second, over the long run: for outside systems that count."""
    connections_max: int = 4
    """Connections to Postgres that handlers may have, where their process has none to share."""
    finish_seconds: float = 8.0
    """How long attempts may go on after the worker was asked to stop; the usual platforms kill after 10 to
    30 s. What is not done then is given back, and is no attempt.
    """

    def __post_init__(self) -> None:
        if self.concurrency < 1 or self.per_second <= 0 or self.connections_max < 1:
            raise ValueError("a queue needs room for one attempt, a positive rate and a connection")


TICK_SECONDS = 0.001
"""The shortest wait: a smaller one may be lost in rounding, and be waited for without end."""
BURST_SECONDS = 0.1
"""How much of a second's allowance may be used at once after a rest."""


class Throttle:
    """A token bucket. Times are seconds of one clock that the caller chooses."""

    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._most = max(per_second * BURST_SECONDS, 1.0)
        self._tokens = self._most
        self._filled = now

    def room(self, now: float) -> float:
        """How many may begin now, a part of one included."""
        if self._per_second < inf:
            self._tokens = min(self._most, self._tokens + (now - self._filled) * self._per_second)
        self._filled = now
        return self._tokens

    def took(self, begun: int) -> None:
        """So many have begun."""
        self._tokens -= begun

    def wait_seconds(self) -> float:
        """How long until the next may begin."""
        return max((1.0 - self._tokens) / self._per_second, TICK_SECONDS)
