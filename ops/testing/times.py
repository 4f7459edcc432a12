"""The clock in a test's hands."""

from datetime import datetime, timedelta

from mailroom.ops.testing.service import Service


class TestClock:
    """What time it is for the bot. It runs by itself, and can be set ahead: all that comes due on the way
    happens when it is due, and nobody sleeps.
    """

    __test__ = False

    def __init__(self, service: Service) -> None:
        self._service = service

    def now(self) -> datetime:
        """The moment it is, in UTC."""
        return self._service.clock.now()

    def advance(self, by: timedelta | None = None, /, **parts: float) -> None:
        """Let so much time pass, given as a timedelta or by its parts: `advance(hours=2)`."""
        whole = (by or timedelta()) + timedelta(**parts)
        if whole < timedelta():
            raise ValueError("time does not go back")
        self._service.advance(whole.total_seconds())

    def advance_to(self, moment: datetime) -> None:
        """Let time pass until this moment, which has a zone."""
        if moment.utcoffset() is None:
            raise ValueError(f"a moment needs its zone, and {moment!r} has none")
        self.advance(moment - self.now())
