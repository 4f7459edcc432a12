"""The jobs of a room under test: one tried by itself, periodic work whose time has come, what waits.

    def test_a_reminder_that_cannot_be_sent_is_tried_again(jobs, outage):
        assert jobs.run(REMIND(Day(), bot="mine")) == Done()
        jobs.happens("remind")
        assert [one.name for one in jobs.waiting] == ["remind.later"]

What a room enqueues anywhere else is done by itself, before the call of the kit returns that it follows from.
"""

from collections.abc import Sequence
from functools import partial

from mailroom.ops.testing.service import Service
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.outcome import Outcome
from mailroom.storage.postgres.outbox.seen import Seen


class Jobs:
    """Those of all its queues."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def run(self, job: NewJob) -> Outcome:
        """What comes of one attempt at a job: `Done`, `Retry`, `Rejected` or `Snoozed`. Whatever follows from
        it is done with the next call of the kit.
        """
        return self._service.run(partial(self._service.under_test.queues.run, job))

    def enqueue(self, *jobs: NewJob) -> None:
        """Have jobs done, and all that follows from them. Raises `JobDiedError`."""
        self._service.run(partial(enqueue, self._service.under_test.services.database, jobs))
        self._service.settle()

    def happens(self, name: str) -> None:
        """The time of a periodic work has come: its job is done. Raises `JobDiedError`."""
        self._service.run_trio(partial(self._service.under_test.happens, name))
        self._service.settle()

    @property
    def waiting(self) -> Sequence[Seen]:
        """Those that wait for their time, oldest first."""
        return [one for one in self._seen() if one.state != "dead"]

    @property
    def dead(self) -> Sequence[Seen]:
        """Those that have failed for good."""
        return [one for one in self._seen() if one.state == "dead"]

    def _seen(self) -> Sequence[Seen]:
        return self._service.run(self._service.under_test.queues.seen)
