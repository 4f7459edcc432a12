"""Whether somebody else wants the same bot: one loss tells of a mistake, several within the hour of two
services that take it from each other in turn.

What was lost once is taken back at once. What is lost again and again is not fought over: it is said, and
tried again so rarely that whoever else it is can work, and people see which of the two should end.
"""

LOSSES_MAX = 2
"""Taken back at once as often as this within the window: a mistake, and a mistake in its correction."""
WINDOW_SECONDS = 3600.0
"""Longer than a few truces, so that a contest which goes on is known for one."""
TRUCE_SECONDS = 900.0
"""How long a contested thing is left to the other side before it is tried again."""


class Contest:
    """Losses as they happen. Pure: the time in seconds is passed in."""

    def __init__(self) -> None:
        self._losses: list[float] = []

    def lost(self, now: float) -> float:
        """Count a loss. Returns how long to leave it alone: 0 for not at all."""
        self._losses = [at for at in self._losses if now - at < WINDOW_SECONDS]
        self._losses.append(now)
        return TRUCE_SECONDS if len(self._losses) > LOSSES_MAX else 0.0
