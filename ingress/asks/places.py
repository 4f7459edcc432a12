"""Places of open streams: so many in all, and so many of each kind. One is taken when a stream opens, before
anything is sent, and comes free when it ends; where it never begins, after a while by itself.
"""

from dataclasses import dataclass, field

import trio

BEGINS_SECONDS = 10.0
"""A stream that has not begun by then never does."""


@dataclass(eq=False, slots=True)
class Place:
    """One of them."""

    whose: str
    free_at: float


@dataclass
class Places:
    """The places of a process."""

    most: int
    most_each: int
    _taken: set[Place] = field(default_factory=set)

    def open(self, whose: str) -> Place | None:
        """Take a place; None where there is none."""
        now = trio.current_time()
        self._taken = {one for one in self._taken if one.free_at >= now}
        each = sum(one.whose == whose for one in self._taken)
        if len(self._taken) >= self.most or each >= self.most_each:
            return None
        place = Place(whose, now + BEGINS_SECONDS)
        self._taken.add(place)
        return place

    def begin(self, place: Place, seconds_max: float) -> None:
        """Its stream begins, and lasts so long at most."""
        place.free_at = trio.current_time() + seconds_max
        self._taken.add(place)

    def end(self, place: Place) -> None:
        """It has ended."""
        self._taken.discard(place)
