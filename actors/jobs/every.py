"""Periodic work as a value: what is to be enqueued again and again, and when.

    Every("remind", lambda: REMIND(Day(), bot=room.bot), cron="0 9 * * *", zone="Europe/Moscow")

One of all processes enqueues each run, and a run that was missed while none lived is made up for by one. On
real time: nothing that is put ahead for a demo moves it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mailroom.actors.jobs.queue import DOT
from mailroom.storage.postgres.outbox.job import NAME, NewJob
from mailroom.storage.postgres.periodic.schedule import Schedule, ScheduleError


@dataclass(frozen=True, slots=True)
class Every:
    """Something to be done again and again. `job` is called at each run, and makes what is enqueued. Raises
    `ScheduleError` for what never comes.
    """

    name: str
    """What on-call knows it by; in a room without its bot's name, which the platform puts before it."""
    job: Callable[[], NewJob]
    every_seconds: float | None = None
    cron: str | None = None
    zone: str = "UTC"
    """Whose clock the cron expression speaks of."""
    schedule: Schedule = field(init=False)

    def __post_init__(self) -> None:
        if NAME.fullmatch(self.name) is None:
            raise ScheduleError(f"{self.name!r} must be 1 to 100 of the characters A-Z a-z 0-9 _ . -")
        object.__setattr__(self, "schedule", Schedule(self.every_seconds, self.cron, self.zone))

    def of(self, bot: str) -> "Every":
        """The same for one bot: two of a kind do it each for itself."""
        return replace(self, name=f"{bot}{DOT}{self.name}")
