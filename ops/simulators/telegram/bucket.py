"""The leaky bucket by which Telegram allows so many events in so many seconds.

The arithmetic of `FloodControlFast` in tdlib: `count` events at once, after that one every `seconds / count`.
"""


class Bucket:
    """Says when the next event may happen; the caller brings the time."""

    __slots__ = ("_capacity", "_speed", "_updated_at", "_volume", "wakeup_at")

    def __init__(self, seconds: float, count: int, *, burst: int | None = None) -> None:
        self._capacity = float((count if burst is None else burst) - 1)
        self._speed = count / seconds
        self._volume = self._capacity
        self._updated_at = 0.0
        self.wakeup_at = 0.0

    def take(self, now: float) -> None:
        """Note an event that happens now; call it only when `wakeup_at` has passed."""
        if now > self._updated_at:
            self._volume = min(self._capacity, self._volume + (now - self._updated_at) * self._speed)
            self._updated_at = now
        if self._volume >= 1:
            self._volume -= 1
            return
        self.wakeup_at = self._updated_at + (1 - self._volume) / self._speed
        self._volume = 0.0
        self._updated_at = self.wakeup_at
