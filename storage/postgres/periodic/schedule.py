"""When periodic work is due: at an interval, or by a cron expression. Pure; times are given.

Cron expressions are read by cronsim: it has no dependencies, is typed, and treats the nights on which clocks
are changed as Debian's cron does.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import floor, isfinite
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

INTERVAL = re.compile(r"every (\d[\d.e+]*) s")
EVERY_SECONDS_MIN = 1.0
"""A run is a transaction and a job; what is wanted more often is no periodic work but a loop."""


class ScheduleError(ValueError):
    """The schedule is none, or never comes; the message says what to change. A mistake in the program."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either an interval or a cron expression in a time zone."""

    every_seconds: float | None = None
    cron: str | None = None
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if (self.every_seconds is None) == (self.cron is None):
            raise ScheduleError("say either every_seconds or cron")
        if self.every_seconds is not None:
            if not isfinite(self.every_seconds) or self.every_seconds < EVERY_SECONDS_MIN:
                raise ScheduleError(f"every_seconds must be at least {EVERY_SECONDS_MIN:g}")
            return
        # Refused here what would otherwise stand still for ever, such as the 30th of February.
        self.first(datetime.now(UTC))

    def __str__(self) -> str:
        return f"every {self.every_seconds:g} s" if self.every_seconds else f"{self.cron} {self.zone}"

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """The schedule that a text came from."""
        if (interval := INTERVAL.fullmatch(text)) is not None:
            return cls(every_seconds=float(interval[1]))
        cron, _, zone = text.rpartition(" ")
        return cls(cron=cron, zone=zone)

    def first(self, now: datetime) -> datetime:
        """The first run of work that has never run."""
        return self.next(now, now)

    def next(self, due: datetime, now: datetime) -> datetime:
        """The run after the one that was due, and after now: those missed in between are one with it. An
        interval keeps its beat however late a run is.
        """
        if self.every_seconds is not None:
            every = timedelta(seconds=self.every_seconds)
            return due + (max(floor((now - due) / every), 0) + 1) * every
        try:
            after = max(due, now).astimezone(self._zone())
            return next(CronSim(self.cron or "", after)).astimezone(UTC)
        except CronSimError as error:
            raise ScheduleError(f"{self.cron!r} is no cron expression: {error}") from None
        except StopIteration:
            raise ScheduleError(f"{self.cron!r} never comes") from None

    def _zone(self) -> tzinfo:
        if self.zone == "UTC":
            return UTC  # known even where the machine has no time zones installed
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError):
            raise ScheduleError(f"there is no time zone {self.zone!r} on this machine") from None
