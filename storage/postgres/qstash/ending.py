"""What is written in the transaction that ends attempts at messages, for done, tried again and dead alike.

The attempt's answer, what becomes of the message, its callbacks as messages of their own, its dead letter,
and the places in lanes that are free again: all of it or nothing, and only where the end of the attempt
counted.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.qstash.lanes import key_lane, park, release
from mailroom.storage.postgres.qstash.publish import NewMessage, publish_within
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("ending.sql"))


class State(IntEnum):
    """What became of a message, or of an attempt at it."""

    WAITING = 0
    DELIVERED = 1
    FAILED = 2
    CANCELED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How an attempt at a message went. `ended` WAITING: it is tried again."""

    message_id: int
    ended: State
    at: datetime
    seconds: float
    status: int | None = None
    error: str | None = None
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    truncated: bool = False
    next_at: datetime | None = None
    dlq_id: str | None = None
    """What its dead letter is called, if it failed."""
    callbacks: Sequence[NewMessage] = ()
    """Whom to tell."""


async def write_ends(connection: Connection, attempts: Sequence[Attempt]) -> None:
    """Write all that follows from attempts whose jobs were finished, put back or buried just now, as part of
    the same transaction.
    """
    if not attempts:
        return
    by_id = {attempt.message_id: attempt for attempt in attempts}
    rows = await connection.fetch(SQL["outcomes"], *_columns(attempts))
    canceled = [row["id"] for row in rows if row["state"] == State.CANCELED]
    if canceled:
        await connection.execute(SQL["drop"], canceled)
    dead = [(by_id[row["id"]].dlq_id, row["id"]) for row in rows if row["state"] == State.FAILED]
    if dead:
        await connection.execute(SQL["die"], [one for one, _ in dead], [id_ for _, id_ in dead])
    told = [row for row in rows if row["state"] != State.CANCELED]
    callbacks = [one for row in told for one in by_id[row["id"]].callbacks]
    if callbacks:
        await publish_within(connection, callbacks)
    await park(
        connection, [(row["id"], row["flow"]) for row in rows if not row["state"] and row["flow"] is not None]
    )
    parts = Counter({row["id"]: len(by_id[row["id"]].callbacks) for row in told})
    for row in rows:
        if row["state"] != State.WAITING:
            parts[row["id"] if row["parent"] is None else row["parent"]] -= 1
    freed = await leave(connection, parts)
    for row in rows:
        if row["flow"] is not None:
            freed[key_lane(row["flow"])] += 1
    await release(connection, freed)


async def give_back(connection: Connection, ids: Sequence[int]) -> None:
    """Messages whose attempt was not made wait for their flow keys again, and leave the places that they had,
    as part of the caller's transaction.
    """
    if ids:
        rows = await connection.fetch(SQL["returned"], list(ids))
        await release(connection, Counter(key_lane(row["flow"]) for row in rows))


async def leave(connection: Connection, parts: Counter[int]) -> Counter[str]:
    """Note that so many parts of messages have become unfinished, or are finished; the places in queues that
    are free by it.
    """
    changed = {id_: number for id_, number in sorted(parts.items()) if number}
    if not changed:
        return Counter()
    rows = await connection.fetch(SQL["places"], list(changed), list(changed.values()))
    return Counter({row["lane"]: row["places"] for row in rows})


def _columns(attempts: Sequence[Attempt]) -> list[list[object]]:
    rows: list[tuple[object, ...]] = [
        (
            one.message_id,
            int(one.ended),
            one.at,
            one.seconds,
            one.status,
            one.error,
            json.dumps(list(one.headers)) if one.headers else None,
            one.body or None,
            one.truncated,
            one.next_at,
        )
        for one in attempts
    ]
    return [list(column) for column in zip(*rows, strict=True)]
