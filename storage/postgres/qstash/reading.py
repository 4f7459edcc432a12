"""Messages as whoever asks after them reads them: themselves, their attempts, and those that are dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.qstash.ending import State
from mailroom.storage.postgres.qstash.stored import Pairs, Stored, pairs, stored
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("reading.sql"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A description of messages. Of each list one has to fit; what is None does not matter."""

    ids: Sequence[int] | None = None
    groups: Sequence[str] | None = None
    queues: Sequence[str] | None = None
    flows: Sequence[str] | None = None
    schedules: Sequence[str] | None = None
    labels: Sequence[str] | None = None
    callers: Sequence[str] | None = None
    urls: Sequence[str] | None = None
    hosts: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt. `ended` WAITING: it is tried again at `next_at`."""

    at: datetime
    seconds: float
    ended: State
    status: int | None
    error: str | None
    headers: Pairs
    body: bytes
    truncated: bool
    next_at: datetime | None

    @property
    def ended_at(self) -> datetime:
        """When it came to its end."""
        return self.at + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """A message that failed for good, with the last answer."""

    dlq_id: str
    died_at: datetime
    message: Stored
    status: int | None
    headers: Pairs
    body: bytes
    error: str | None


async def find(
    source: Source,
    wanted: Wanted,
    most: int,
    *,
    only_open: bool = False,
    after: tuple[datetime, int] | None = None,
) -> list[Stored]:
    """Messages, newest first. `only_open`: those that are neither over nor canceled. `after`: those that are
    older than that one.
    """
    with answering():
        rows = await source.fetch(
            SQL["find"], *_lists(wanted), _list(wanted.hosts), wanted.since, wanted.until, only_open, most,
            *(after or (None, None)),
        )  # fmt: skip
    return [stored(row) for row in rows]


async def attempts(source: Source, ids: Sequence[int]) -> dict[int, list[Tried]]:
    """The attempts at messages, by their ids; the first first."""
    with answering():
        rows = await source.fetch(SQL["attempts"], list(ids))
    found: dict[int, list[Tried]] = {}
    for row in rows:
        found.setdefault(row["message_id"], []).append(
            Tried(
                at=row["at"],
                seconds=row["seconds"],
                ended=State(row["ended"]),
                status=row["status"],
                error=row["error"],
                headers=pairs(row["headers"]),
                body=row["body"] or b"",
                truncated=row["truncated"],
                next_at=row["next_at"],
            )
        )
    return found


async def dead(
    source: Source,
    wanted: Wanted,
    most: int,
    *,
    dlq_ids: Sequence[str] | None = None,
    statuses: Sequence[int] | None = None,
    after: tuple[datetime, str] | None = None,
) -> list[Dead]:
    """Messages that failed for good, those that died last first; `since` and `until` are when they died."""
    ids, *others = _lists(wanted)
    with answering():
        rows = await source.fetch(
            SQL["dead"], _list(dlq_ids), ids, *others, _list(statuses), wanted.since, wanted.until, most,
            *(after or (None, None)),
        )  # fmt: skip
    return [
        Dead(
            dlq_id=row["dlq_id"],
            died_at=row["died_at"],
            message=stored(row),
            status=row["status"],
            headers=pairs(row["answer_headers"]),
            body=row["answer_body"] or b"",
            error=row["error"],
        )
        for row in rows
    ]


def _lists(wanted: Wanted) -> list[list[Any] | None]:
    return [
        _list(one)
        for one in (
            wanted.ids, wanted.groups, wanted.queues, wanted.flows, wanted.schedules, wanted.labels,
            wanted.callers, wanted.urls,
        )
    ]  # fmt: skip


def _list(some: Sequence[Any] | None) -> list[Any] | None:
    return None if some is None else list(some)
