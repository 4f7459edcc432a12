"""Look at jobs: what on-call and the metrics see of the outbox."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.outbox.renamed import RETIRED
from mailroom.storage.postgres.queries import load
from mailroom.storage.texts import printable

SQL = load(Path(__file__).with_name("oncall.sql"))

State = Literal["waiting", "scheduled", "blocked", "running", "retrying", "lost", "dead", "done", "dropped"]
"""`blocked` waits for another of its key; `lost` had a worker whose lease ran out. `done` and `dropped` are
over: of those there is only what is left in the history (`over.py`).
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A description of jobs. What is None does not matter."""

    queue: str | None = None
    name: str | None = None
    state: State | None = None
    bot: str | None = None
    chat: str | None = None
    key: str | None = None
    trace: str | None = None
    error: str | None = None
    """A part of the last error, in any case."""
    since: datetime | None = None
    until: datetime | None = None
    ids: list[int] | None = None

    def __post_init__(self) -> None:
        for name in ("queue", "name", "bot", "chat", "key", "trace", "error"):
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, printable(text))  # as it is kept


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as on-call sees it, in the order of the columns of the view `outbox_seen`."""

    state: State
    id: int
    queue: str
    name: str
    payload: str
    key: str | None
    dedup_key: str | None
    priority: int
    attempts: int
    attempts_max: int
    created_at: datetime
    run_at: datetime
    claimed_at: datetime | None
    worker: str | None
    last_error: str | None
    trace: str | None
    bot: str | None
    chat: str | None
    update_id: int | None
    effect: str | None
    died_at: datetime | None
    traceback: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a job: done, retry, snoozed, lost, dead, requeued, edited or dropped."""

    at: datetime
    kind: str
    attempt: int
    seconds: float | None
    """From the claim to the outcome."""
    worker: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A job with its history; `job` is None once it is over, and the history what is left of it."""

    job: Seen | None
    history: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Depth:
    """How far behind a queue is. Jobs in a worker's hands count until they are over."""

    queue: str
    jobs: int
    oldest_seconds: float
    paused_by: str | None


async def depths(source: Source) -> list[Depth]:
    """All queues that have something due, or are paused."""
    with answering():
        return [Depth(*row) for row in await source.fetch(SQL["depths"], RETIRED)]


async def paused_once(source: Source) -> set[str]:
    """The queues that somebody has paused, now or before."""
    with answering():
        return {row["queue"] for row in await source.fetch(SQL["known"], RETIRED)}


async def counts(source: Source) -> dict[tuple[str, State], int]:
    """How many jobs there are, by queue and state."""
    with answering():
        rows = await source.fetch(SQL["counts"])
    return {(row["queue"], row["state"]): row["jobs"] for row in rows}


async def find(source: Source, wanted: Wanted, most: int) -> list[Seen]:
    """The newest jobs that answer to a description."""
    with answering():
        rows = await source.fetch(
            SQL["find"],
            wanted.queue,
            wanted.name,
            wanted.state,
            wanted.bot,
            wanted.chat,
            wanted.key,
            wanted.trace,
            wanted.error,
            wanted.since,
            wanted.until,
            wanted.ids,
            most,
        )
    return [Seen(*row) for row in rows]


async def show(source: Source, id: int) -> Shown:  # noqa: A002 - what it is called everywhere
    """One job with all that happened to it."""
    found = await find(source, Wanted(ids=[id]), 1)
    with answering():
        rows = await source.fetch(SQL["history"], id)
    return Shown(found[0] if found else None, [Event(*row) for row in rows])
