"""Write messages: many requests' at once, each with its job, so that one that was accepted is delivered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.qstash.lanes import QUEUE, key_lane, queue_lane
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("publish.sql"))

JOB = "deliver"
"""What the jobs are called."""
DEDUP_SECONDS = 600.0
"""For so long a second message with a deduplication key is the first one."""
CRASHES_MAX = 3
"""How often a process may die with a message in hand, beside the attempts that came to an end. Whoever
delivers it counts; the job's own limit lies one above, and is never met.
"""
SPARE_SECONDS = 5
"""A job may take longer than its call, by what is written before and after it."""
ATTEMPTS_MAX = 32_767

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits that a message brings along for its flow key."""

    parallelism: int | None
    rate: int | None
    period_seconds: int


UNLIMITED = Limits(parallelism=None, rate=None, period_seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to write. `config` is for whoever delivers it."""

    url: str
    method: str
    headers: Pairs
    body: bytes
    config: dict[str, object]
    retries: int
    timeout_seconds: int
    delay_seconds: float = 0.0
    until: datetime | None = None
    """Not before; with a delay as well, the later of the two."""
    labels: tuple[str, ...] = ()
    queue: str | None = None
    flow: str | None = None
    limits: Limits | None = None
    url_group: str | None = None
    endpoint: str | None = None
    schedule: str | None = None
    parent: int | None = None
    caller: str | None = None
    dedup_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a message. A duplicate is the one that was there before."""

    id: int
    born: datetime
    duplicate: bool = False


async def publish(pool: asyncpg.Pool, messages: Sequence[NewMessage]) -> list[Published]:
    """Write messages in a transaction of their own."""
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            return await publish_within(connection, messages)


async def publish_within(connection: Connection, messages: Sequence[NewMessage]) -> list[Published]:
    """The same as part of the transaction that the connection is in: all of them or none."""
    firsts: dict[bytes, int] = {}
    places: list[int] = []
    distinct: list[NewMessage] = []
    for message in messages:
        key = message.dedup_key
        place = len(distinct) if key is None else firsts.setdefault(key, len(distinct))
        if place == len(distinct):
            distinct.append(message)
        places.append(place)
    written = await _write(connection, distinct)
    seen: set[int] = set()
    published = []
    for place in places:
        one = written[place]
        published.append(Published(one.id, one.born, duplicate=one.duplicate or place in seen))
        seen.add(place)
    return published


async def _write(connection: Connection, messages: Sequence[NewMessage]) -> list[Published]:
    rows = await connection.fetch(SQL["publish"], *_columns(messages), DEDUP_SECONDS, QUEUE, JOB)
    unknown = [
        place for place, row in enumerate(rows) if not row["fresh"] and row["holder"] in (None, row["id"])
    ]
    holders = {}
    if unknown:  # written by somebody who committed while we waited for him
        keys = [messages[place].dedup_key for place in unknown]
        found = await connection.fetch(SQL["holders"], keys)
        holders = dict(zip(unknown, found, strict=True))
    fresh = [message for message, row in zip(messages, rows, strict=True) if row["fresh"]]
    await _reach_lanes(connection, fresh, [row["born"] for row in rows if row["fresh"]])
    published = []
    for place, row in enumerate(rows):
        if row["fresh"]:
            published.append(Published(row["id"], row["born"]))
        elif place in holders:
            holder = holders[place]
            published.append(Published(holder["message_id"], holder["born"], duplicate=True))
        else:
            published.append(Published(row["holder"], row["holder_born"], duplicate=True))
    return published


async def _reach_lanes(
    connection: Connection, messages: Sequence[NewMessage], born: Sequence[datetime]
) -> None:
    lanes: dict[str, _Reached] = {}
    for message, moment in zip(messages, born, strict=True):
        # A lane that is looked at too early costs a look; one that is looked at too late, a message's time.
        due = max(moment, message.until) if message.until is not None else moment
        if message.queue is not None:
            _reach(lanes, _Reached(queue_lane(message.queue), True, None, None, 1, due))
        if message.flow is not None:
            limits = message.limits or UNLIMITED
            of_key = limits.parallelism, limits.rate, limits.period_seconds
            _reach(lanes, _Reached(key_lane(message.flow), False, *of_key, due))
    if lanes:
        columns = [list(column) for column in zip(*lanes.values(), strict=True)]
        await connection.execute(SQL["reach_lanes"], *columns)


class _Reached(NamedTuple):
    """A lane that gets messages, in the order of the columns."""

    lane: str
    is_queue: bool
    parallelism: int | None
    rate: int | None
    period_seconds: int
    due: datetime


def _reach(lanes: dict[str, _Reached], reached: _Reached) -> None:
    """The newest message's limits, and the earliest moment."""
    before = lanes.get(reached.lane)
    lanes[reached.lane] = reached if before is None else reached._replace(due=min(before.due, reached.due))


def _columns(messages: Sequence[NewMessage]) -> list[list[object]]:
    rows: list[tuple[object, ...]] = [
        (
            message.url,
            message.method,
            json.dumps(list(message.headers)),
            message.body,
            json.dumps(message.config),
            message.until,
            message.delay_seconds,
            ",".join(message.labels),
            message.queue,
            message.flow,
            message.url_group,
            message.endpoint,
            message.schedule,
            message.parent,
            message.caller,
            message.dedup_key,
            min(message.retries + CRASHES_MAX + 2, ATTEMPTS_MAX),
            float(message.timeout_seconds + SPARE_SECONDS),
        )
        for message in messages
    ]
    return [list(column) for column in zip(*rows, strict=True)]
