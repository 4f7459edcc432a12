"""The jobs of a queue: for each name a handler, and the shape of its payload.

    handlers = Handlers("delivery")

    @handlers.job("shop.deliver", DeliverOrder)
    async def deliver(order: DeliverOrder, context: JobContext) -> Outcome | None: ...

    await enqueue(connection, [handlers.new("shop.deliver", DeliverOrder(number=1042))])

A payload tells its version by its shape: give new fields a default, and jobs that were enqueued before a
release are run after it. What does not fit any more becomes a dead letter that says what is missing.
"""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from mailroom.actors.jobs.context import JobContext
from mailroom.storage.postgres.outbox.job import Backoff, JobError, NewJob, Origin, Priority
from mailroom.storage.postgres.outbox.outcome import Outcome

P = TypeVar("P", bound=BaseModel)
Handler = Callable[[P, JobContext], Awaitable[Outcome | None]]
"""Does the job. None means done; what it raises is tried again later."""


class HandlersError(ValueError):
    """The jobs of a queue cannot be put together so; the message says why. A mistake in the program."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a name stands for."""

    name: str
    model: type[BaseModel]
    run: Handler[Any]
    timeout_seconds: float
    attempts_max: int
    backoff: Backoff
    schema: str = ""
    """Where the tables of the room are whose job it is; empty where it has none."""


class Handlers:
    """The jobs of one queue, by name. Those of a room run their statements in its `schema`."""

    def __init__(self, queue: str, *, schema: str = "") -> None:
        self.queue = queue
        self._schema = schema
        self._kinds: dict[str, JobKind] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def job(
        self,
        name: str,
        model: type[P],
        *,
        timeout_seconds: float = 30.0,
        attempts_max: int = 10,
        backoff: Backoff | None = None,
    ) -> Callable[[Handler[P]], Handler[P]]:
        """Register the handler of a job. The patience given here is that of jobs made by `new`."""

        def register(handler: Handler[P]) -> Handler[P]:
            patience = backoff or Backoff()
            kind = JobKind(name, model, handler, timeout_seconds, attempts_max, patience, self._schema)
            try:
                # Refused here what would otherwise be refused when the first one is enqueued.
                NewJob(self.queue, name, timeout_seconds=timeout_seconds, attempts_max=attempts_max,
                       backoff=kind.backoff)  # fmt: skip
            except JobError as error:
                raise HandlersError(f"job {name!r}: {error}") from None
            self._add(kind)
            return handler

        return register

    def include(self, others: "Iterable[Handlers]") -> None:
        """Take in the jobs that others have for this queue."""
        for other in others:
            if other.queue != self.queue:
                raise HandlersError(f"jobs of the queue {other.queue} cannot be run in {self.queue}")
            for kind in other.kinds():
                self._add(kind)

    def find(self, name: str) -> JobKind | None:
        """What a name stands for; None if that is not known here."""
        return self._kinds.get(name)

    def names(self) -> list[str]:
        """The names that are known here."""
        return sorted(self._kinds)

    def kinds(self) -> list[JobKind]:
        """All that is known here."""
        return list(self._kinds.values())

    def new(
        self,
        name: str,
        payload: BaseModel,
        *,
        key: str | None = None,
        dedup_key: str | None = None,
        dedup_seconds: float = 600.0,
        priority: Priority = Priority.NORMAL,
        run_at: datetime | None = None,
        delay_seconds: float = 0.0,
        trace: str | None = None,
        origin: Origin | None = None,
    ) -> NewJob:
        """A job to enqueue."""
        kind = self._kinds.get(name)
        if kind is None:
            raise HandlersError(f"the queue {self.queue} has no job called {name!r}")
        if not isinstance(payload, kind.model):
            raise HandlersError(f"{name!r} takes a {kind.model.__name__}, not a {type(payload).__name__}")
        return NewJob(
            self.queue,
            name,
            _text_of(payload),
            key=key,
            dedup_key=dedup_key,
            dedup_seconds=dedup_seconds,
            priority=priority,
            run_at=run_at,
            delay_seconds=delay_seconds,
            timeout_seconds=kind.timeout_seconds,
            attempts_max=kind.attempts_max,
            backoff=kind.backoff,
            trace=trace,
            origin=origin,
        )

    def _add(self, kind: JobKind) -> None:
        if kind.name in self._kinds:
            raise HandlersError(f"two jobs of the queue {self.queue} are called {kind.name!r}")
        self._kinds[kind.name] = kind


def _text_of(payload: BaseModel) -> str:
    try:
        return payload.model_dump_json(by_alias=True)
    except ValueError:  # half a surrogate pair: only escaped it is a text that Postgres takes
        return json.dumps(payload.model_dump(mode="json", by_alias=True))
