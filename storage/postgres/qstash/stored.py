"""A message as whoever delivers it reads it: the rows of a whole claim in one statement."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.qstash.lanes import key_lane, release
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("stored.sql"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The row, in the order of its columns."""

    id: int
    born: datetime
    url: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    config: dict[str, Any]
    retried: int
    queue: str | None
    flow: str | None
    url_group: str | None
    endpoint: str | None
    schedule: str | None
    parent: int | None
    caller: str | None
    not_before: datetime


async def to_deliver(pool: asyncpg.Pool, ids: Sequence[int]) -> dict[int, Stored]:
    """Messages by their ids."""
    with answering():
        rows = await pool.fetch(SQL["to_deliver"], list(ids))
    return {row["id"]: _stored(row) for row in rows}


async def give_back(connection: Connection, ids: Sequence[int]) -> None:
    """Messages whose attempt was not made wait for their flow keys again, and leave the places that they had,
    as part of the caller's transaction.
    """
    if ids:
        rows = await connection.fetch(SQL["returned"], list(ids))
        await release(connection, Counter(key_lane(row["flow"]) for row in rows))


def _stored(row: asyncpg.Record) -> Stored:
    found = dict(row)
    found["headers"] = tuple((name, value) for name, value in json.loads(row["headers"]))
    found["config"] = json.loads(row["config"])
    return Stored(**found)
