"""Who is next, and when. Pure: times are seconds of one clock that the caller chooses."""

from collections.abc import Iterator, Mapping, Sequence

from mailroom.actors.limiter import BULK_PER_SECOND

HALT_GROUP_SECONDS = 1.0
OUTAGE_SECONDS_MAX = 60.0


def turns(running: Sequence[int], last: int | None, room: int) -> list[int]:
    """Which broadcasts have the next turns: one after another, from the one after `last`, so that a large one
    does not hold up a small one.
    """
    if not running:
        return []
    ordered = sorted(running)
    start = next((place for place, one in enumerate(ordered) if last is not None and one > last), 0)
    return [ordered[(start + turn) % len(ordered)] for turn in range(room)]


def in_turn(order: Sequence[int], claimed: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, int]]:
    """The recipients that were claimed, as (broadcast, chat), in the order of the turns."""
    rest = {broadcast: iter(chats) for broadcast, chats in claimed.items()}
    for broadcast in order:
        for chat in rest.get(broadcast, iter(())):
            yield broadcast, chat
            break


class Pace:
    """When the next may be told: evenly, without the burst that the limiter allows after a rest,
    and not at all while the bot has been told to wait.
    """

    def __init__(self, per_second: float = BULK_PER_SECOND) -> None:
        self.halted_until = 0.0
        self._gap = 1.0 / per_second
        self._next = 0.0
        self._outages = 0

    def take(self, now: float) -> float:
        """Take the next place; returns its time."""
        at = max(now, self._next, self.halted_until)
        self._next = at + self._gap
        return at

    def refused(self, chat_id: int, retry_after: float, now: float) -> None:
        """Telegram said 429. A group has a limit of its own; a person who is told one thing has not, so that
        the bot as a whole was meant.
        """
        seconds = retry_after if chat_id > 0 else min(retry_after, HALT_GROUP_SECONDS)
        self.halted_until = max(self.halted_until, now + seconds)

    def failed(self, now: float) -> None:
        """Nobody answered, or with a failure: wait longer each time. Calls that were under way together count
        as one.
        """
        if now >= self.halted_until:
            self.halted_until = now + min(2.0**self._outages, OUTAGE_SECONDS_MAX)
            self._outages = min(self._outages + 1, 10)

    def answered(self) -> None:
        """The other side is there."""
        self._outages = 0
