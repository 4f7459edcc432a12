"""How long the head of a chat's line waits: for a further attempt, or for the rest of its album."""

import trio

STALLED_SECONDS_MAX = 0.5
"""How long a part is waited for once more, as long as between two parts."""
STALL_SECONDS = 0.1
"""A wait that ends so much too late is our doing: this process took nothing in for as long, and the next
part of an album may stand before it.
"""
STALLED_AGAIN_MS = 10_000
"""How old a part may get that way: a process that does nothing else than stall must go on all the same."""


class Pause:
    """The times before which the head is not begun, by Trio's clock; 0 for none."""

    __slots__ = ("complete_at", "not_before")

    def __init__(self) -> None:
        self.not_before = 0.0
        self.complete_at = 0.0
        """When the media group at the head is complete, if nothing more is heard of until then."""

    def put_off(self, seconds: float) -> None:
        """The head is tried again after so long."""
        self.not_before = trio.current_time() + seconds

    def is_incomplete(self, seconds: float) -> None:
        """Parts of the head's media group may come for so long."""
        self.complete_at = trio.current_time() + seconds

    def seconds(self, *, grouped: bool) -> float:
        """How long a head waits still, `grouped` one that is part of a media group."""
        over = max(self.not_before, self.complete_at) if grouped else self.not_before
        return over - trio.current_time() if over else 0.0

    def make_up_for_a_stall(self, age_ms: int) -> None:
        """Give the parts of an album the time that this process kept them waiting; the head is `age_ms`
        old.
        """
        if not self.complete_at:
            return
        late = trio.current_time() - self.complete_at
        if late > STALL_SECONDS and age_ms < STALLED_AGAIN_MS:
            self.complete_at += late + min(late, STALLED_SECONDS_MAX)
