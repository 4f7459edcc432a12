"""Where a claim begins to look: behind the jobs that earlier claims have taken or passed over.

A claim that began at the oldest entry of the index would walk over all that was deleted since the oldest
snapshot of the database, more and more of it: one forgotten transaction would stop the queue. So a claimer
remembers how far it got. What lies before that mark, it no longer sees: jobs that were committed late, jobs
whose lease ran out, jobs that another's lock hid. For these there is the sweep, which looks everywhere, and
is rare enough to cost a twentieth of the time.
"""

from datetime import UTC, datetime, timedelta

from mailroom.storage.postgres.outbox.job import Priority

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
PRIORITIES = [int(priority) for priority in Priority]

COMMIT_SECONDS = 0.1
"""The mark stays this far behind the clock: a job gets its turn when it is written, and is seen when that is
committed.
"""


class LowWater:
    """The mark of each priority of one queue."""

    def __init__(self) -> None:
        self._marks = dict.fromkeys(PRIORITIES, BEGINNING)

    def marks(self) -> list[datetime]:
        """Where to begin, for each priority in turn."""
        return list(self._marks.values())

    def is_before(self, priority: int, turn_at: datetime) -> bool:
        """Whether a claim from the marks would have missed this job."""
        return turn_at < self._marks[priority]

    def took(self, last: tuple[int, datetime] | None, *, full: bool, now: datetime) -> None:
        """Move on after a claim at `now`, whose last job had that priority and turn.

        A claim goes through one priority after the other: those before its last job have nothing left, and a
        claim that was not filled has left nothing anywhere.
        """
        horizon = now - timedelta(seconds=COMMIT_SECONDS)
        for priority in self._marks:
            if not full or (last is not None and priority < last[0]):
                self._raise(priority, horizon)
            elif last is not None and priority == last[0]:
                self._raise(priority, min(last[1], horizon))

    def _raise(self, priority: int, mark: datetime) -> None:
        self._marks[priority] = max(self._marks[priority], mark)
