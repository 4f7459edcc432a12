"""The clock of a bot under test: it runs as real time does, and a test moves it on."""

from datetime import UTC, datetime, timedelta

from mailroom.storage.clock import Clock


class MovingClock(Clock):
    """What time it is for the bot, its room and its people. Redis and Telegram are moved with it, so that
    what they say is its time; Postgres is not, and `ahead` is by how much they differ.
    """

    def __init__(self) -> None:
        object.__setattr__(self, "_ms", 0)

    @property
    def ahead(self) -> timedelta:
        """By how much it has been moved."""
        return timedelta(milliseconds=self._ms)  # type: ignore[attr-defined]

    def now(self) -> datetime:
        """The moment it is, in UTC."""
        return datetime.now(UTC) + self.ahead

    def outside_ms(self) -> int:
        """The moment it is for Redis, which is moved along: Unix time in milliseconds."""
        return Clock.outside_ms(self) + self._ms  # type: ignore[attr-defined,no-any-return]

    def here(self, moment: datetime) -> datetime:
        """When it was that something happened outside: it has the same time there."""
        return moment

    def move(self, by_ms: int) -> None:
        """Set it ahead."""
        object.__setattr__(self, "_ms", self._ms + by_ms)  # type: ignore[attr-defined]


class StoresClock(MovingClock):
    """The same time, for what is waited for in Redis, which is moved too."""

    def __init__(self, moving: MovingClock) -> None:
        object.__setattr__(self, "_moving", moving)

    @property
    def ahead(self) -> timedelta:
        """They do not differ."""
        return timedelta()

    def now(self) -> datetime:
        """The moment it is, in UTC."""
        now: datetime = self._moving.now()  # type: ignore[attr-defined]
        return now

    def outside_ms(self) -> int:
        """The same in milliseconds of Unix time."""
        now_ms: int = self._moving.outside_ms()  # type: ignore[attr-defined]
        return now_ms
