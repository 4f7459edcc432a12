"""Who does the jobs of a queue: for each kind a handler.

    handlers = Handlers(DELIVERY, services.bot)

    @handlers.job(DELIVER)
    async def deliver(order: OrderJob, context: JobContext) -> Outcome | None: ...

A payload tells its version by its shape: give new fields a default, and jobs that were enqueued before a
release are run after it. What does not fit any more becomes a dead letter that says what is missing.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.storage.postgres.outbox.claim import Claimer, Claims
from mailroom.storage.postgres.outbox.complete import Besides
from mailroom.storage.postgres.outbox.outcome import Outcome
from mailroom.storage.postgres.schemas import SchemaPool

P = TypeVar("P", bound=BaseModel)
Handler = Callable[[P, JobContext], Awaitable[Outcome | None]]
"""Does the job. None means done; what it raises is tried again later."""


class HandlersError(ValueError):
    """The jobs of a queue cannot be put together so; the message says why. A mistake in the program."""


@dataclass(frozen=True, slots=True)
class Does(Generic[P]):
    """A kind of job, and what does it."""

    kind: Kind[P]
    run: Handler[P]
    within: SchemaPool | None = None
    """The database of the room whose job it is; None where it has none."""


class Handlers:
    """The jobs of one queue, that of `bot`, by the names of their kinds. Those of a room run their statements
    where its tables are, `within` its database, and at its time.
    """

    def __init__(
        self,
        queue: Queue,
        bot: str = "",
        *,
        within: SchemaPool | None = None,
        claims: "Callable[[Claimer], Claims] | None" = None,
        besides: Besides | None = None,
    ) -> None:
        self.queue = queue.of(bot)
        self.claims = claims
        """What takes its jobs, beside what takes those of every queue."""
        self.besides = besides
        """What is written with the end of an attempt."""
        self.limits = queue.limits
        self._room_queue = queue
        self._within = within
        self._by_name: dict[str, Does[Any]] = {}

    def __len__(self) -> int:
        return len(self._by_name)

    def __iter__(self) -> Iterator[Does[Any]]:
        return iter(self._by_name.values())

    def job(self, kind: Kind[P]) -> Callable[[Handler[P]], Handler[P]]:
        """Register the handler of a kind."""

        def register(handler: Handler[P]) -> Handler[P]:
            self._add(Does(kind, handler, self._within))
            return handler

        return register

    def include(self, others: "Iterable[Handlers]") -> None:
        """Take in the jobs that others have for this queue."""
        for other in others:
            if other.queue != self.queue:
                raise HandlersError(f"jobs of the queue {other.queue} cannot be run in {self.queue}")
            for one in other:
                self._add(one)

    def wrap(self, wrapped: Callable[[Does[Any]], Handler[Any]]) -> None:
        """Have what it says done for each kind instead."""
        self._by_name = {name: replace(one, run=wrapped(one)) for name, one in self._by_name.items()}

    def find(self, name: str) -> Does[Any] | None:
        """What is done for jobs of this name; None if that is not known here."""
        return self._by_name.get(name)

    def names(self) -> list[str]:
        """The names that are known here."""
        return sorted(self._by_name)

    def _add(self, one: Does[Any]) -> None:
        name, queue = one.kind.name, one.kind.queue
        if queue.name != self._room_queue.name:
            raise HandlersError(
                f"the jobs {name} are enqueued in {queue.name}, and cannot be run in {self.queue}"
            )
        if name in self._by_name:
            raise HandlersError(f"two jobs of the queue {self.queue} are called {name!r}")
        self._by_name[name] = one
