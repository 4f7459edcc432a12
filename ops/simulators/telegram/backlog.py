"""The updates of one bot that nobody has confirmed yet: Telegram's TQueue.

From `TQueue.cpp` (tdlib) and its use in `Client.cpp`: ids are consecutive int32 in one sequence per bot, the
first one random; an update that is not allowed consumes no id; at most 100 000 updates or 128 MiB, 512 KiB
each, and what is beyond that is dropped without a word to anybody.
"""

from dataclasses import dataclass

UPDATES_MAX = 100_000
BYTES_MAX = 128 * 2**20
UPDATE_BYTES_MAX = 512 * 2**10
UPDATE_ID_MAX = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Pending:
    """One update in line, already encoded with its id."""

    update_id: int
    queue_id: int
    expires_at: float
    body: bytes


class Backlog:
    """A bounded sequence of updates by id; readers never take, they forget what was confirmed."""

    def __init__(self, first_id: int) -> None:
        self._updates: dict[int, Pending] = {}
        self._bytes = 0
        self.head = self.tail = first_id
        self.generation = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._updates)

    def push(self, payload: bytes, queue_id: int, expires_at: float) -> int | None:
        """Append an update (JSON without the braces); return its id, or None if it was dropped."""
        body = b'{"update_id":%d,%b}' % (self.tail, payload)
        size = len(body)
        full = len(self._updates) >= UPDATES_MAX or self._bytes + size > BYTES_MAX
        if full or size > UPDATE_BYTES_MAX or self.tail > UPDATE_ID_MAX:
            self.dropped += 1
            return None
        update_id = self.tail
        self._updates[update_id] = Pending(update_id, queue_id, expires_at, body)
        self._bytes += size
        self.tail += 1
        return update_id

    def read(self, start: int, limit: int, unix_now: float) -> list[Pending]:
        """Return up to `limit` updates from id `start` on, forgetting the expired ones met on the way."""
        found: list[Pending] = []
        update_id = max(start, self.head)
        while update_id < self.tail and len(found) < limit:
            update = self._updates.get(update_id)
            if update is not None:
                if update.expires_at < unix_now:
                    self.forget(update_id)
                else:
                    found.append(update)
            update_id += 1
        return found

    def forget(self, update_id: int) -> None:
        """Remove one update, wherever it stands; the webhook confirms out of order."""
        update = self._updates.pop(update_id, None)
        if update is not None:
            self._bytes -= len(update.body)
        while self.head < self.tail and self.head not in self._updates:
            self.head += 1

    def forget_before(self, update_id: int) -> None:
        """Remove everything below `update_id`: how `getUpdates` confirms."""
        while self.head < min(update_id, self.tail):
            self.forget(self.head)

    def clear(self) -> int:
        """Drop everything (`drop_pending_updates`) and return how many there were."""
        count = len(self._updates)
        self.forget_before(self.tail)
        return count

    def reseed(self, next_id: int) -> None:
        """Continue with another id, as Telegram does after a week of silence; only an empty backlog can."""
        if self._updates:
            raise ValueError(
                f"{len(self)} updates are pending; ids are only re-seeded when the queue is empty"
            )
        if not 1 <= next_id <= UPDATE_ID_MAX:
            raise ValueError(f"next_update_id must be between 1 and {UPDATE_ID_MAX}")
        self.head = self.tail = next_id
        self.generation += 1
