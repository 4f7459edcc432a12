"""What time it is for a bot: the one clock of its room.

A room asks `room.now()`, and its statements say `{now}` (`postgres/schemas.py`); neither asks the machine or
the database, so that a test and a demo can put a bot into tomorrow.

It is the clock of this machine, which NTP keeps. Two machines of an installation differ by as much as
theirs do: what one reserves for 15 minutes is over for the other so much sooner or later, and so begins a
day, and ends a discount. No more hangs on it. Who gets the last item, and who holds a job, a chat or a lease,
is decided by rows that are locked and by the clock of the store. A job that is wanted after some seconds is
waited for by the store alone; one that is wanted at a moment may find, where the store is ahead, that it is
not yet time: it looks, and comes again after the seconds that are left.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Clock:
    """Real time, or in a test and a demo so much later. What is agreed with others than the room's people
    (leases, limits, sessions, what gateways and Telegram say) is real time.
    """

    ahead: timedelta = NOTHING

    def now(self) -> datetime:
        """The moment it is for the room, in UTC."""
        return datetime.now(UTC) + self.ahead

    def outside_ms(self) -> int:
        """The moment it is outside, where timers are waited for: Unix time in milliseconds."""
        return time.time_ns() // 1_000_000

    def real(self, moment: datetime) -> datetime:
        """When a moment of the room's comes in the world outside, where its jobs are waited for."""
        return moment - self.ahead

    def here(self, moment: datetime) -> datetime:
        """When it was for the room that something happened outside: a message was sent, a payment made."""
        return moment + self.ahead


REAL_TIME = Clock()
