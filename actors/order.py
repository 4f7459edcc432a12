"""The order of a chat's messages across Telegram's parallel queues.

Telegram delivers the texts of a chat one after another, but button taps travel in a queue of their own, so a
tap may arrive before the text that was sent first (tdlib/telegram-bot-api, `webhook_queue_id`). Update ids
are consecutive over the whole bot. So: a message may start once every smaller id of the bot has been seen
(the watermark), or when for `HOLD_MS` no smaller one has come: then the missing ids are taken for lost and
the watermark moves past them. While smaller ones do come, a queue is behind (a slow line, an outage that has
just ended), and the next of it may be the one that is missing. Pure: the time is passed in.

`order = "fast"` trades a little: a chat that has shown only one of Telegram's queues for 10 s starts at once,
for Telegram itself orders that queue, and no message waits longer than `HOLD_MS`. What comes late then (or
after the hold) is handled all the same, and counted.
"""

from bisect import bisect_left
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

HOLD_MS = 500
"""How long a message waits for stragglers. In a simulation of Telegram's delivery, 500 ms brings inversions
of pairs 50 ms apart to 0.
"""
HOLD_MAX_MS = 10_000
"""How long a message waits at most while smaller ids keep coming: after a long outage of a busy bot they may
come for minutes.
"""
SINGLE_QUEUE_MS = 10_000
"""How long a chat must have used one queue only to be started at once in fast order."""
FORGET_MS = 24 * 3600 * 1000
"""After a week of silence Telegram picks a new random id; nothing older than a day is delivered again."""
NEWS_TRIMMED_EVERY = 256
AHEAD_MAX = 100_000
"""Ids remembered above the watermark: as many as Telegram keeps for a bot."""


class Watermark:
    """The highest update id below which every id of the bot has been seen."""

    def __init__(self) -> None:
        self.value: int | None = None
        self.skipped = 0
        """Ids that were given up on after the hold, for the metrics."""
        self.catching_up = False
        """True while a backlog is fetched in the order of its ids: nobody starts before his id has come."""
        self._ahead: set[int] = set()
        # Ids that came lately with their times, both ascending: what came after a larger one replaces it.
        self._news_ids: list[int] = []
        self._news_at_ms: list[int] = []
        self._moved_ms = 0
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._tickets = count()

    def saw(self, update_id: int, now_ms: int, *, in_order: bool = False) -> None:
        """Note an id that arrived, whether it was accepted or refused. `in_order`: getUpdates gave it, so no
        smaller one is on its way.
        """
        if self.value is not None and now_ms - self._moved_ms > FORGET_MS:
            self.value = None
            self._ahead.clear()
        if in_order and (self.value is None or update_id > self.value):
            self._move(update_id, now_ms)
        elif self.value is None or update_id > self.value:
            if update_id not in self._ahead:
                self._note(update_id, now_ms)
            if len(self._ahead) < AHEAD_MAX:
                self._ahead.add(update_id)
            if self.value is not None and update_id == self.value + 1:
                self._move(update_id, now_ms)

    def give_up_below(self, update_id: int, now_ms: int) -> None:
        """A message has waited its time: the smaller ids that have not come are taken for lost."""
        if self.value is None or update_id > self.value:
            if self.value is not None:
                self.skipped += update_id - self.value - sum(1 for seen in self._ahead if seen <= update_id)
            self._move(update_id, now_ms)

    def caught_up(self) -> None:
        """The backlog is in: what waited for it looks again."""
        self.catching_up = False
        waiting, self._waiting = self._waiting, []
        for _, _, callback in waiting:
            callback()

    def passed(self, update_id: int) -> bool:
        """Whether every smaller id has been seen."""
        return self.value is not None and update_id <= self.value

    def is_next(self, update_id: int) -> bool:
        """Whether this id would pass as soon as it is seen."""
        return self.value is not None and update_id <= self.value + 1

    def when_passed(self, update_id: int, callback: Callable[[], None]) -> None:
        """Call `callback` when the watermark passes the id. It may be called when nobody waits any more: that
        is only a reason to look again.
        """
        heappush(self._waiting, (update_id, next(self._tickets), callback))

    def last_below(self, update_id: int) -> int:
        """When a smaller id came last; 0 when none has come lately."""
        index = bisect_left(self._news_ids, update_id) - 1
        return self._news_at_ms[index] if index >= 0 else 0

    def _note(self, update_id: int, now_ms: int) -> None:
        # Of those that came lately only what is smaller than all that came later can still be an answer.
        while self._news_ids and self._news_ids[-1] >= update_id:
            self._news_ids.pop()
            self._news_at_ms.pop()
        self._news_ids.append(update_id)
        self._news_at_ms.append(now_ms)
        if len(self._news_ids) % NEWS_TRIMMED_EVERY == 0:
            old = bisect_left(self._news_at_ms, now_ms - HOLD_MS)
            del self._news_ids[:old], self._news_at_ms[:old]

    def _move(self, update_id: int, now_ms: int) -> None:
        jumped = self.value is None or update_id > self.value + 1
        value = update_id
        while value + 1 in self._ahead:
            value += 1
        if jumped:
            self._ahead = {seen for seen in self._ahead if seen > value}
        else:
            self._ahead.difference_update(range(update_id, value + 1))
        self.value = value
        self._moved_ms = now_ms
        while self._waiting and self._waiting[0][0] <= value:
            heappop(self._waiting)[2]()


class ChatOrder:
    """What one chat needs to decide when its next message may start."""

    __slots__ = ("_fast", "_queues", "_watermark", "highest")

    def __init__(self, watermark: Watermark, *, fast: bool) -> None:
        self._watermark = watermark
        self._fast = fast
        self._queues: dict[str, int] = {}
        self.highest = -1
        """The highest id handled so far by this actor: a smaller one that comes after it is late."""

    def arrived(self, queue: str, now_ms: int) -> None:
        """A message of the chat came through this one of Telegram's queues."""
        if self._fast:
            self._queues[queue] = now_ms

    def wait_ms(self, order: int | None, accepted_ms: int, now_ms: int) -> int:
        """How long the message must still wait for stragglers; 0 when it may start."""
        if order is None or self._watermark.passed(order):
            return 0
        if self._watermark.catching_up:
            return HOLD_MS
        news_ms = accepted_ms if self._fast else max(accepted_ms, self._watermark.last_below(order))
        left = news_ms + HOLD_MS - now_ms
        if left <= 0:
            self._watermark.give_up_below(order, now_ms)
            return 0
        if self._fast and sum(1 for seen in self._queues.values() if now_ms - seen < SINGLE_QUEUE_MS) <= 1:
            return 0
        return max(min(left, accepted_ms + HOLD_MAX_MS - now_ms), 0)
