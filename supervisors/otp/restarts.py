"""How often a supervisor may restart its children, and how long it waits before it does."""

from math import floor
from random import Random

from mailroom.supervisors.otp.spec import Backoff

DOUBLINGS_MAX = 32
"""Past this a doubled pause is over every cap anyway, and still a number."""


class Intensity:
    """OTP's restart window: more than `intensity` restarts within `period` seconds are too many.

    As in OTP the moments are whole seconds, and both ends of the window count.
    """

    def __init__(self, intensity: int, period: int) -> None:
        self._intensity = intensity
        self._period = period
        self._moments: list[int] = []

    def allows(self, now: float) -> bool:
        """Count a restart at `now`. False: there were too many, and the supervisor must give up."""
        second = floor(now)
        self._moments = [moment for moment in self._moments if second - moment <= self._period]
        self._moments.append(second)
        return len(self._moments) <= self._intensity

    def forget(self) -> None:
        """Begin anew: on-call has resumed what was parked."""
        self._moments.clear()


def pause_seconds(backoff: Backoff | None, failures: int, random: Random) -> float:
    """How long to wait before the restart that follows on this many failures in a row; 0 without backoff."""
    if backoff is None:
        return 0.0
    doubled = backoff.min_seconds * 2.0 ** min(max(failures - 1, 0), DOUBLINGS_MAX)
    return min(doubled, backoff.max_seconds) * (1 - backoff.jitter * random.random())
