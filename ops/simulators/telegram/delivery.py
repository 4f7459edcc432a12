"""How Telegram sends a bot's updates to its webhook: who goes next, when, and over how many connections.

A twin of `WebhookActor.cpp` in tdlib/telegram-bot-api without its sockets, so that it can be tested with a
clock of one's own. What it keeps of the original:

- Up to `2 · max_connections` queues are loaded from the backlog, in id order. Each queue sends one update at
  a time and goes on only after a 2xx. Ready queues are taken by (time they became ready, queue number): that
  is why a backlog arrives queue by queue, all texts of a chat before its buttons.
- A refused update is retried at once, then after 2, 4, 8… seconds up to a random 60-120; a `Retry-After` (at
  most an hour) takes the place of that delay. If the retry would come after the update's lifetime, it is
  dropped.
- While something succeeded within the last 10 s, connections open 10 at once and then one per 50 ms, up to
  `max_connections`; otherwise there is one, and a new one every 2 s (slow start after our outage).

Left out: the rule that 23 hours of HTTP 410 remove the webhook (nobody waits for it in a test).
"""

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .backlog import Backlog, Pending
from .bucket import Bucket

RETRY_AFTER_MAX_SECONDS = 3600
RESEND_CAP_SECONDS = 60
SLOW_START_AFTER_SECONDS = 10.0
IDLE_CONNECTION_SECONDS = 60.0
LOADED_AT_ONCE_MAX = 1000
"""`TQUEUE_EVENT_BUFFER_SIZE`: the most updates one look into the backlog may bring."""


@dataclass(slots=True)
class _Loaded:
    """An update the sender holds, with what its failures so far mean for the next try."""

    pending: Pending
    wakeup_at: float
    delay_seconds: int = 1
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Shipment:
    """One request to make now: this body on that connection."""

    connection: int
    update_id: int
    body: bytes
    attempt: int


class Delivery:
    """Decides; the sender carries. Every method may free or fill connections: call `step` afterwards."""

    def __init__(
        self,
        backlog: Backlog,
        max_connections: int,
        *,
        clock: Callable[[], float],
        unix_clock: Callable[[], float],
        chance: random.Random,
    ) -> None:
        self._backlog = backlog
        self._clock = clock
        self._unix_clock = unix_clock
        self._chance = chance
        self.max_connections = max_connections
        self._queues: dict[int, deque[_Loaded]] = {}
        self._ready_queues: list[tuple[float, int]] = []
        self._cursor: int | None = None
        self._generation = backlog.generation
        self._in_flight: dict[int, _Loaded | None] = {}
        self._free: deque[tuple[float, int]] = deque()
        self._next_connection = 1
        self._last_success_at = clock() - 3600
        self._active_flood = Bucket(0.5, 10)
        self._pending_flood = Bucket(2, 1)
        self.wakeup_at: float | None = None
        self.expired = 0

    @property
    def connections(self) -> int:
        """How many connections are open, busy or not."""
        return len(self._in_flight)

    @property
    def in_flight(self) -> int:
        """How many updates are under way."""
        return len(self._in_flight) - len(self._free)

    def step(self) -> list[Shipment]:
        """Load, open connections, return what is to be sent now; `wakeup_at` says when to call again."""
        self.wakeup_at = None
        now = self._clock()
        self._load(now)
        self._close_idle(now)
        self._open_connections(now)
        shipments = []
        while self._free and self._ready_queues:
            wakeup_at, queue_id = self._ready_queues[0]
            if wakeup_at > now:
                self._wake_by(wakeup_at)
                break
            heapq.heappop(self._ready_queues)
            loaded = self._queues[queue_id][0]
            _, connection = self._free.pop()
            self._in_flight[connection] = loaded
            pending = loaded.pending
            shipments.append(Shipment(connection, pending.update_id, pending.body, loaded.failures + 1))
        return shipments

    def accepted(self, connection: int, *, keep_alive: bool = True) -> None:
        """The webhook answered 2xx: the update is done with, its queue goes on."""
        loaded = self._release(connection, keep_alive)
        self._last_success_at = self._clock()
        if loaded is not None:
            self._drop(loaded)

    def refused(self, connection: int, *, retry_after_seconds: int = 0, keep_alive: bool = True) -> None:
        """The webhook answered anything but 2xx: the queue waits for its retry."""
        loaded = self._release(connection, keep_alive)
        if loaded is not None:
            self._postpone(loaded, retry_after_seconds)

    def hung_up(self, connection: int) -> None:
        """The connection broke or timed out; what it carried counts as refused."""
        self.refused(connection, keep_alive=False)

    def answer_lost(self, connection: int, *, keep_alive: bool = True) -> None:
        """The webhook took the update, but its answer got lost: Telegram will send the same again."""
        loaded = self._release(connection, keep_alive)
        self._last_success_at = self._clock()
        if loaded is not None:
            self._postpone(loaded, 0)

    def _load(self, now: float) -> None:
        if self._generation != self._backlog.generation:
            self._generation, self._cursor = self._backlog.generation, None
        room = 2 * self.max_connections - len(self._queues)
        if room <= 0:
            return
        start = self._backlog.head if self._cursor is None else self._cursor
        for pending in self._backlog.read(start, min(room, LOADED_AT_ONCE_MAX), self._unix_clock()):
            self._cursor = pending.update_id + 1
            queue = self._queues.get(pending.queue_id)
            if queue is None:
                queue = self._queues[pending.queue_id] = deque()
                heapq.heappush(self._ready_queues, (now, pending.queue_id))
            queue.append(_Loaded(pending, now))

    def _close_idle(self, now: float) -> None:
        while self._free and self._free[0][0] + IDLE_CONNECTION_SECONDS < now:
            _, connection = self._free.popleft()
            del self._in_flight[connection]

    def _open_connections(self, now: float) -> None:
        needed = min(len(self._queues), self.max_connections)
        if self._last_success_at + SLOW_START_AFTER_SECONDS < now:
            flood, needed = self._pending_flood, min(needed, 1)
        else:
            flood, needed = self._active_flood, max(needed, 1)
        while len(self._in_flight) < needed:
            if now < flood.wakeup_at:
                self._wake_by(flood.wakeup_at)
                return
            flood.take(now)
            self._in_flight[self._next_connection] = None
            self._free.append((now, self._next_connection))
            self._next_connection += 1

    def _release(self, connection: int, keep_alive: bool) -> _Loaded | None:
        if connection not in self._in_flight:
            return None
        loaded = self._in_flight[connection]
        if loaded is None:
            self._free.remove(next(entry for entry in self._free if entry[1] == connection))
        if keep_alive:
            self._in_flight[connection] = None
            self._free.append((self._clock(), connection))
        else:
            del self._in_flight[connection]
        return loaded

    def _postpone(self, loaded: _Loaded, retry_after_seconds: int) -> None:
        wait = min(max(retry_after_seconds, 0), RETRY_AFTER_MAX_SECONDS)
        delay = loaded.delay_seconds
        if wait == 0 and loaded.failures > 0:
            cap = self._chance.randint(RESEND_CAP_SECONDS, 2 * RESEND_CAP_SECONDS)
            delay = wait = min(cap, delay * 2)
        if self._unix_clock() + wait > loaded.pending.expires_at:
            self.expired += 1
            self._drop(loaded)
            return
        loaded.delay_seconds = delay
        loaded.wakeup_at = self._clock() + wait
        loaded.failures += 1
        heapq.heappush(self._ready_queues, (loaded.wakeup_at, loaded.pending.queue_id))

    def _drop(self, loaded: _Loaded) -> None:
        queue_id = loaded.pending.queue_id
        queue = self._queues[queue_id]
        queue.popleft()
        if queue:
            heapq.heappush(self._ready_queues, (queue[0].wakeup_at, queue_id))
        else:
            del self._queues[queue_id]
        self._backlog.forget(loaded.pending.update_id)

    def _wake_by(self, moment: float) -> None:
        if self.wakeup_at is None or moment < self.wakeup_at:
            self.wakeup_at = moment
